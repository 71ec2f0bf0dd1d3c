"""A publish and a rollback while calls are going on, on a real server: nothing is dropped, nothing is mixed."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from publishing.conftest import files_of

from ivr.menu.compile import compile_hotline
from ivr.publishing.publish import Author, publish, roll_back
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.store import Store
from tests.rig.server import ACCOUNT, TOKEN, serving

MENU = """\
main:
  menu: This is {edition}.
  keys:
    1: the next question -> second
  failed: bye

second:
  menu: It is still {edition}.
  keys:
    1: the end of {edition} -> bye
  failed: bye

bye:
  hang_up: Goodbye from {edition}.
"""
PRIYA = Author("Priya", "")
SOON = 2.0  # seconds after which every worker answers with it


def edition(name):
    return files_of(MENU.replace("{edition}", name))


@pytest.fixture
def server(tmp_path):
    first = compile_hotline(edition("one")).content
    with serving(tmp_path, (first,), workers=2) as server:
        yield server


def begin(server):
    carrier = Carrier(ACCOUNT, TOKEN, status=f"{server.url}/voice/status")
    call = Call(carrier, Plan(f"{server.url}/voice"))
    call.advance()
    return call


def finish(call):
    """Press through to the end; give the one edition that was heard."""
    call.press("1")
    call.press("1")
    assert call.over
    assert call.faults == ()
    heard = " ".join(call.heard_by())
    assert "Goodbye from" in heard, heard
    editions = {name for name in ("one", "two") if name in heard.replace(".", " ").replace(",", " ").split()}
    assert len(editions) == 1, heard
    return editions.pop()


def test_calls_in_progress_keep_their_version_and_new_ones_get_the_new(server):
    store = Store(server.settings.database_url, server.data)
    done, heard = Event(), Counter()

    def caller():
        while not done.is_set():
            heard[finish(begin(server))] += 1

    try:
        first = store.versions.active()
        held = [begin(server) for _ in range(6)]
        with ThreadPoolExecutor(3) as callers:
            try:
                running = [callers.submit(caller) for _ in range(3)]
                assert publish(edition("two"), PRIYA, store, server.data).switched
                time.sleep(SOON)
                assert [finish(begin(server)) for _ in range(8)] == ["two"] * 8  # both workers
                assert [finish(call) for call in held] == ["one"] * 6
                late = begin(server)
                assert roll_back(first, Author("Bo", ""), store, server.data)
                time.sleep(SOON)
                assert [finish(begin(server)) for _ in range(8)] == ["one"] * 8
                assert finish(late) == "two"
            finally:
                done.set()
            for each in running:
                each.result()
        assert heard["one"] > 0
        assert heard["two"] > 0
    finally:
        store.close()
