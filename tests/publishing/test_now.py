"""`--now` on a real server: calls in progress are taken off a version that does harm, on both databases."""

from __future__ import annotations

import time

import pytest
from publishing.conftest import files_of
from publishing.test_under_load import MENU, PRIYA, SOON, edition
from rig.postgres import Postgres, postgres

from ivr.archive.calls import Archive
from ivr.archive.proving import Proving
from ivr.archive.story import story
from ivr.engine.events import Moved
from ivr.keys import Keyring
from ivr.menu.compile import compile_hotline
from ivr.publishing.library import Library
from ivr.publishing.publish import Author, publish, roll_back
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.store import Store
from tests.rig.server import ACCOUNT, TOKEN, serving
from webhooks.noted import noted

__all__ = ["postgres"]

NOW = Author("Priya", "key 1 hurts", now=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request, tmp_path):
    first = compile_hotline(edition("one")).content
    if request.param == "sqlite":
        with serving(tmp_path, (first,), workers=2) as server:
            yield server
        return
    database: Postgres = request.getfixturevalue("postgres")
    with database.database() as url, serving(tmp_path, (first,), database_url=url, workers=2) as server:
        yield server


@pytest.fixture
def store(server):
    opened = Store(server.settings.database_url, server.data)
    yield opened
    opened.close()


def begin(server):
    call = Call(Carrier(ACCOUNT, TOKEN), Plan(f"{server.url}/voice"))
    call.advance()
    return call


def press(call):
    """Press 1; give the words that come of it."""
    return " ".join(item.text for item in call.press("1") if item.spoken)


def finish(call):
    """Press through to the end; give the last words."""
    while not call.over:
        call.press("1")
    assert call.faults == ()
    return call.heard_by()[-1]


def test_calls_in_progress_go_on_at_the_same_step_of_the_new_version(server, store):
    held = [begin(server) for _ in range(4)]
    for call in held[:2]:
        call.press("1")
    keeps = begin(server)
    assert publish(edition("two"), PRIYA, store, server.data).switched  # a usual publish: nobody is moved
    time.sleep(SOON)
    assert finish(keeps) == "Goodbye from one."
    newer = begin(server)
    assert publish(edition("three"), NOW, store, server.data).switched
    time.sleep(SOON)
    assert "This is three." in press(newer)  # the key had answered the version that is gone
    assert finish(newer) == "Goodbye from three."
    assert [finish(call) for call in held] == ["Goodbye from one."] * 4  # theirs was never withdrawn

    keyring = Keyring(server.settings.secret_keys)
    library = Library(server.data, store.versions)
    for call in (*held, keeps, newer):
        proving = Proving(store, keyring, library.get, noted)
        assert proving.prove(store.call(call.sid)) == len(store.chain(call.sid))
    told = story(Archive(store, keyring), newer.sid, library.get)
    assert isinstance(told.scenes[1].events[0], Moved)
    assert len({scene.version for scene in told.scenes}) == 2


def test_a_rollback_takes_calls_along_and_a_step_that_is_gone_leads_to_the_start(server, store):
    good = store.versions.active()
    bad = files_of(MENU.replace("second", "other").replace("{edition}", "two"))
    publish(bad, PRIYA, store, server.data)
    time.sleep(SOON)
    call = begin(server)
    call.press("1")
    assert roll_back(good, NOW, store, server.data)
    time.sleep(SOON)
    assert "This is one." in press(call)
    assert finish(call) == "Goodbye from one."


def test_a_publish_that_was_not_now_can_be_made_so_afterwards(server, store):
    call = begin(server)
    publish(edition("two"), PRIYA, store, server.data)
    assert not publish(edition("two"), NOW, store, server.data).switched
    time.sleep(SOON)
    assert "This is two." in press(call)
    assert finish(call) == "Goodbye from two."
