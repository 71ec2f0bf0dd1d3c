"""An operator's day on a real server: edit, break, be told, mend, hear, try, publish under load, roll back."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from click.testing import CliRunner
from publishing.conftest import CONFIG
from publishing.test_under_load import SOON, begin
from rig.postgres import Postgres, postgres

from bench.past import PastCalls
from ivr.__main__ import ivr_words
from ivr.errors import MenuRefused
from ivr.node import Node
from tests.rig.server import serving

__all__ = ["postgres"]

MENU = """\
main:
  menu: This is {edition}. How can we help?
  keys:
    {bill}: a bill -> bill
    {move}: moving house -> move
  silence: or stay on the line -> bye
  wrong: bye

bill:
  menu: Bills, says {edition}.
  as: about
  keys:
    1: {{for: a price, value: price}}
    2: {{for: a mistake, value: mistake}}
  silence: bye
  wrong: bye
  then: bye

move:
  say: You keep your contract, says {edition}.
  then: bye

bye:
  hang_up: Goodbye from {edition}.
"""
ENVIRON = (
    "IVR_DATA",
    "DATABASE_URL",
    "PUBLIC_URL",
    "PORT",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "IVR_SECRET_KEYS",
)


def menu(edition, bill=1, move=2):
    return MENU.format(edition=edition, bill=bill, move=move)


class Day:
    """The operator: files, commands, a phone."""

    def __init__(self, server, copy):
        self.server, self.file = server, copy / "menus" / "main.yaml"

    def run(self, *words, code=0):
        done = CliRunner().invoke(ivr_words, words)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.output

    def in_force(self):
        return json.loads(self.run("versions", "--json"))[0]

    @contextmanager
    def under_load(self, callers=3):
        """Callers who call all the time; what each of them heard is counted at the end."""
        done, heard = Event(), Counter()

        def caller():
            while not done.is_set():
                heard[edition_of(finish(begin(self.server)))] += 1

        with ThreadPoolExecutor(callers) as pool:
            running = [pool.submit(caller) for _ in range(callers)]
            try:
                yield heard
            finally:
                done.set()
            for each in running:
                each.result()


def finish(call):
    """Stay silent to the end; everything that was heard."""
    while not call.over:
        call.silence()
    assert call.faults == ()
    return " ".join(call.heard_by())


def edition_of(heard):
    """Give the one edition that was heard."""
    found = {name for name in ("one", "two") if name in heard.replace(".", " ").replace(",", " ").split()}
    assert len(found) == 1, heard
    assert f"Goodbye from {min(found)}." in heard
    return found.pop()


@pytest.fixture(params=["sqlite", "postgresql"])
def day(request, tmp_path, monkeypatch):
    copy = tmp_path / "copy"
    (copy / "menus").mkdir(parents=True)
    (copy / "config.yaml").write_text(CONFIG.replace("person: bye", "person: main.bye"))
    (copy / "menus" / "main.yaml").write_text(menu("one"))
    for name, where in (("IVR_CONFIG", "config.yaml"), ("IVR_MENUS", "menus"), ("IVR_RECORDINGS", "recordings")):
        monkeypatch.setenv(name, str(copy / where))
    url = ""
    if request.param == "postgresql":
        database: Postgres = request.getfixturevalue("postgres")
        url = request.getfixturevalue("stack").enter_context(database.database())
    data = tmp_path / "data"
    data.mkdir()
    with serving(data, (), database_url=url, workers=2) as server:
        for name in ENVIRON:
            monkeypatch.setenv(name, server.environ[name])
        made = Day(server, copy)
        made.run("publish", "--author", "Priya", "--comment", "The first")
        yield made


@pytest.fixture
def stack():
    from contextlib import ExitStack

    with ExitStack() as opened:
        yield opened


def past_calls(server, count):
    """Callers of the last hour, all in the database: a busy machine would leave some in the spool of this node."""
    node = Node(server.settings, answers=False)
    node.start()
    try:
        PastCalls(node.switchboard).many(node.library.get(node.store.versions.active()), count)
    finally:
        node.close()


def live(day, count):
    first = day.in_force()["hash"]
    past_calls(day.server, count)
    break_and_be_told(day, first)
    mend_and_hear(day)
    try_on_past_calls(day, first, count)
    publish_under_load_and_take_it_back(day, first)
    every_turn_is_the_same_again(day)


def break_and_be_told(day, first):
    """Nothing comes into force."""
    day.file.write_text(menu("two", bill=2, move=1).replace("-> bill", "-> bil"))
    told = day.run("check", code=1)
    assert "menus/main.yaml:4:" in told
    assert "did you mean 'bill'" in told
    with pytest.raises(MenuRefused):
        day.run("publish", "--author", "Priya")
    assert day.in_force()["hash"] == first


def mend_and_hear(day):
    day.file.write_text(menu("two", bill=2, move=1))
    assert "fine" in day.run("check")
    heard = day.run("hear", "--version", "draft", "--at", "2026-12-24 17:58", "--keys", "2 1")
    assert "Bills, says two." in heard
    assert "Goodbye from two." in heard


def try_on_past_calls(day, first, count):
    """Exactly those who pressed 1 or 2 in the first menu would come elsewhere; what they meant is still there."""
    tried = json.loads(day.run("try", "--json"))
    assert tried["calls"] == count
    parted = tried["same_keys"]["groups"]["another way"]
    assert {group["told"].partition(":")[0] for group in parted} == {"after main.main"}
    assert tried["same_keys"]["alike"] + tried["same_keys"]["parted"] == count
    assert tried["same_keys"]["parted"] > count / 3
    assert (tried["same_meaning"]["alike"], tried["same_meaning"]["followed"]) == (count, 1.0)
    unchanged = json.loads(day.run("try", first[:12], "--json"))
    assert unchanged["same_keys"]["alike"] == unchanged["same_meaning"]["alike"] == count


def publish_under_load_and_take_it_back(day, first):
    held = [begin(day.server) for _ in range(4)]
    with day.under_load() as load:
        said = day.run("publish", "--author", "Priya", "--comment", "Moving first")
        assert '"a bill" moved from key 1 to key 2' in said
        assert "main.main  (" in said
        time.sleep(SOON)
        assert [edition_of(finish(begin(day.server))) for _ in range(6)] == ["two"] * 6
        assert [edition_of(finish(call)) for call in held] == ["one"] * 4
        late = begin(day.server)
        assert f"version {first[:12]} is in force" in day.run("rollback", "--author", "Bo")
        time.sleep(SOON)
        assert [edition_of(finish(begin(day.server))) for _ in range(6)] == ["one"] * 6
        assert edition_of(finish(late)) == "two"
    assert set(load) == {"one", "two"}
    history = json.loads(day.run("versions", "--json"))
    published = [(switch["author"], switch["comment"]) for switch in history][1:]
    assert published == [("Priya", "Moving first"), ("Priya", "The first")]


def every_turn_is_the_same_again(day):
    """Nothing was dropped: every call of the day is there whole, and each of its turns gives what it gave."""
    assert " 0 are not" in day.run("replay")


def test_an_operators_day(day):
    live(day, 120)


@pytest.mark.campaign
@pytest.mark.parametrize("day", ["sqlite"], indirect=True)
def test_an_operators_day_with_ten_thousand_callers(day):
    live(day, 10_000)
