"""The time machine as people use it: what a caller hears at another time, and why; the calendar."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from publishing.conftest import CONFIG, MENU, at_home

from ivr.commands import calendar, hear
from ivr.commands.publish import command as publish
from ivr.errors import IvrError, NothingPublished
from ivr.store import Store
from ivr.store.calls import Search

DESK = """\
main:
  menu: Welcome.
  keys:
    1: a person -> desk
    2: our address -> address
  failed: bye

desk:
  transfer: desk
  summary: A caller.
  failed: bye

address:
  hang_up: We live in Long Street.

"""


@pytest.fixture
def hotline(tmp_path, monkeypatch):
    """A hotline that is closed at Christmas, published."""
    config = CONFIG.replace("person: bye", "person: main.bye").replace("zone: UTC", "zone: Europe/Copenhagen")
    config = config.replace("hours: 24/7", 'hours: "Mo-Fr 08:00-18:00; PH off", holidays: DK')
    (tmp_path / "menus").mkdir()
    (tmp_path / "config.yaml").write_text(config)
    (tmp_path / "menus" / "main.yaml").write_text(DESK + MENU.partition("\n\n")[2])
    at_home(tmp_path, monkeypatch)
    return tmp_path


def run(word, *options):
    done = CliRunner().invoke(word, list(options), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_what_is_heard_at_christmas_and_why(hotline):
    with pytest.raises(NothingPublished):
        run(hear.command)
    run(publish)
    told = run(hear.command, "--at", "2026-12-25 11:00", "--line", "care", "--keys", "1", "--flag", "storm")
    assert "menu: Welcome." in told
    assert "Goodbye." in told  # the desk is closed
    assert "team desk: holiday" in told
    assert "flags: storm" in told
    assert "when: friday 2026-12-25 11:00 in Europe/Copenhagen" in told
    store = Store("", hotline / "data")
    assert [row.record.pretend for row in store.calls.search(Search(), 9)] == [True]
    store.close()


def test_an_edit_is_heard_before_it_is_published(hotline):
    run(publish)
    path = hotline / "menus" / "main.yaml"
    path.write_text(path.read_text().replace("Long Street", "Short Street"))
    told = json.loads(run(hear.command, "--version", "draft", "--keys", "2 7", "--json", "--from", "withheld"))
    assert "We live in Short Street." in [item["text"] for item in told["heard"]]
    assert told["trouble"].startswith("'7' could not be pressed")
    assert "Short" not in run(hear.command, "--keys", "2")


def test_the_caller_hears_the_last_words_to_their_end(hotline):
    run(publish)
    heard = json.loads(run(hear.command, "--json"))["heard"]
    last = [item for item in heard if item["who"] == "menu"][-1]
    gone = next(item for item in heard if item["verb"] == "hung up")
    assert gone["at"] >= last["at"] + last["seconds"]


def test_the_calendar_of_a_team_is_told(hotline):
    run(publish)
    told = run(calendar.command, "--team", "desk", "--from", "2026-12-24", "--days", "3")
    assert "Fr 2026-12-25  closed  closed by a holiday  [Christmas Day]" in told
    (data,) = json.loads(run(calendar.command, "--from", "2026-03-29", "--days", "1", "--json", "--version", "draft"))
    assert (data["name"], data["days"][0]["hours_in_day"]) == ("desk", 23.0)
    with pytest.raises(IvrError, match="no team"):
        run(calendar.command, "--team", "nobody")
