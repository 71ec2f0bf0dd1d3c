"""What people ask of the records: which calls, what happened, which cases."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from kernel.boards import SECRET, board_over, publish
from kernel.hotline import hotline
from kernel.two_calls import CALL, CALLER, OTHER, two_calls
from rig.tables import with_tables

from ivr.__main__ import ivr_words
from ivr.archive.times import NotATime, month_of, read_time, show_span, show_time
from ivr.callers import Callers, Kept
from ivr.engine.inputs import Called, Continued, Pressed
from ivr.engine.verbs import Ring
from ivr.errors import UnknownCall
from ivr.keys import Keyring
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.case_words import MoveRefused, UnknownCase
from ivr.store.people import Person
from ivr.store.tables import metadata
from ivr.switchboard import Leg
from ivr.switchboard.transcribing import Transcribing, WrittenDown
from ivr.token import Pretend

GONE = "CA" + "3" * 32


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hotline with one call that left a complaint and one that goes on."""
    monkeypatch.setenv("IVR_DATA", str(tmp_path))
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "t" * 32)
    monkeypatch.setenv("IVR_SECRET_KEYS", f"{SECRET[0]}:{base64.b64encode(SECRET[1]).decode()}")
    store = Store("", tmp_path)
    with_tables(store)
    two_calls(store, tmp_path)
    store.close()
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(ivr_words, words)


def rows(*words: str) -> list[dict]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


@pytest.mark.usefixtures("data")
def test_calls_are_listed_the_latest_first_with_their_numbers() -> None:
    found = rows("calls")
    assert [(row["call"], row["caller"], row["outcome"]) for row in found] == [
        (OTHER, None, ""),
        (CALL, CALLER, "case"),
    ]
    text = run("calls").output
    assert CALLER in text
    assert "withheld" in text
    assert "going on" in text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--number", CALLER], [CALL]),
        (["--number", "+14155550199"], []),
        (["--open"], [OTHER]),
        (["--outcome", "case"], [CALL]),
        (["--line", "nowhere"], []),
        (["--since", "1h", "--limit", "1"], [OTHER]),
        (["--until", "1h"], []),
    ],
)
@pytest.mark.usefixtures("data")
def test_calls_are_found_by_what_one_knows_of_them(words: list[str], found: list[str]) -> None:
    assert [row["call"] for row in rows("calls", *words)] == found


@pytest.mark.usefixtures("data")
def test_a_story_tells_what_was_heard_pressed_and_promised() -> None:
    text = run("story", CALL).output
    for part in (CALLER, "Welcome.", "pressed 1", "spoke for 4 s", "Your reference is", "hung up", "recording RE1"):
        assert part in text
    told = json.loads(run("story", CALL, "--json").output)
    number = told["cases"][0]["number"]
    assert f"case {number}: complaint" in text
    assert told["cases"][0]["said"]["fields"] == {"account": "1234"}
    assert [turn["kind"] for turn in told["turns"]] == ["drive"] * 4 + ["end"]
    assert all(turn["heard"] for turn in told["turns"])
    assert told["turns"][1]["events"][0]["is"] == "Chose"


@pytest.mark.usefixtures("data")
def test_a_call_nobody_knows_is_said_to_be_unknown() -> None:
    assert isinstance(run("story", GONE).exception, UnknownCall)


@pytest.mark.usefixtures("data")
def test_a_call_is_named_by_a_beginning_that_no_other_has() -> None:
    assert run("story", CALL[:5]).output == run("story", CALL).output
    several = run("story", "CA").exception
    assert isinstance(several, UnknownCall)
    assert str(several) == "several calls begin with CA"
    for nobodys in ("", CALL[:5].lower(), "CA1%", "C_1"):
        assert isinstance(run("story", nobodys).exception, UnknownCall)


@pytest.mark.usefixtures("data")
def test_a_story_ends_with_what_the_carrier_said_in_words() -> None:
    text = run("story", CALL).output
    assert ": the call is over\n" in text
    assert "recording RE1: waiting, 4 s, not fetched yet" in text


@pytest.mark.usefixtures("data")
def test_cases_are_listed_with_what_was_said() -> None:
    (case,) = rows("cases")
    assert (case["kind"], case["call"], case["fields"], case["recordings"]) == (
        "complaint",
        CALL,
        {"account": "1234"},
        ["RE1"],
    )
    assert rows("cases", case["number"]) == [case]
    assert case["number"] in run("cases").output
    assert run("cases", "C9999-9").exit_code == 1


def test_without_the_key_nothing_said_is_shown(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_SECRET_KEYS", "k2:" + base64.b64encode(b"y" * 32).decode())
    assert [row["readable"] for row in rows("calls")] == [False, False]
    story = run("story", CALL).output
    assert CALLER not in story
    assert "not readable" in story
    assert rows("cases")[0]["fields"] is None


def test_times_are_read_as_people_write_them() -> None:
    assert read_time("2h", 10_000.0) == 2800.0
    assert read_time("2026-11-24", 0.0) == read_time("2026-11-24T01:00+01:00", 0.0)
    assert show_time(read_time("2026-11-24T18:00", 0.0), "Europe/Copenhagen") == "2026-11-24 19:00:00 CET"
    assert show_span(61.4) == "1:01"
    with pytest.raises(NotATime, match="soon"):
        read_time("soon", 0.0)


def test_a_pretended_call_is_told_on_its_own_clock_with_what_the_agent_heard(data: Path) -> None:
    store = Store("", data)
    board = board_over(store, data)
    publish(board, hotline())
    call, leg, now = "CA" + "4" * 32, "CA" + "5" * 32, time.time()
    pretend = Pretend(began=now - 86_400.0)
    token = board.start_token(store.versions.active() or "", "care", pretend)
    answer = board.drive(token, call, Called(now, CALLER, "+18005550100"), 0.0)
    answer = board.drive(answer.token, call, Pressed(now, "0"), 9.0)
    while not any(isinstance(verb, Ring) for verb in answer.verbs):
        answer = board.drive(answer.token, call, Continued(now), 9.0)
    board.side(answer.token, Leg(leg, call), Continued(now + 1), 13.0)
    board.side(answer.token, Leg(leg, call), Pressed(now + 2, "1"), 15.0)
    store.close()
    told = json.loads(run("story", call, "--json").output)
    began = told["turns"][0]["at"]
    assert [round(turn["at"] - began) for turn in told["turns"]] == [0, 9, *[9] * (len(told["turns"]) - 4), 13, 15]
    assert told["turns"][-2]["words"] == ["[whisper]"]  # that hotline's phrases are their own names
    assert told["turns"][-1]["words"]


@pytest.mark.usefixtures("data")
def test_a_case_is_moved_on_given_shown_and_found_from_the_command_line() -> None:
    (case,) = rows("cases", "--status", "new")
    number = case["number"]
    store = Store("", read_settings().data)
    store.people.add(Person("Priya", "agent"), "tests")
    assert run("cases", "move", number, "--owner", "Priya", "--due", "2026-01-05").output.startswith(
        f"{number} is open"
    )
    assert [row["owner"] for row in rows("cases", "--late", "--owner", "Priya")] == ["Priya"]
    assert "late: 2026-01-0" in run("cases").output
    assert (
        rows("cases", "--owner", "nobody") == rows("cases", "--status", "closed") == rows("cases", "--kind", "x") == []
    )
    assert run("cases", "move", number, "--status", "open").output == f"{number} is as it was\n"
    assert isinstance(run("cases", "move", number, "--status", "new").exception, MoveRefused)
    assert isinstance(run("cases", "show", "C99999").exception, UnknownCase)
    shown = json.loads(run("cases", "show", number, "--json").output)
    assert [change["detail"] for change in shown["history"]] == [
        {"status": ["new", "open"], "owner": ["", "Priya"], "due": ["", "2026-01-05"]}
    ]
    text = run("cases", "show", number.lower()).output
    for words in ("owner: Priya", "status new -> open", "account 1234"):
        assert words in text
    store.close()


@pytest.mark.usefixtures("data")
def test_doubles_are_merged_from_the_command_line() -> None:
    (case,) = rows("cases")
    store = Store("", read_settings().data)
    kept = store.cases.find(case["number"])
    assert kept is not None
    store.cases.create(replace(kept, number="C20014", effect=b"2", visit="w/0"), 1.0)
    assert run("cases", "merge", "C20014", case["number"]).output == f"C20014 is another name of {case['number']} now\n"
    assert [row["alias_of"] for row in rows("cases", "C20014")] == [case["number"]]
    assert json.loads(run("cases", "show", "C20014", "--json").output)["numbers"] == [case["number"], "C20014"]
    assert [row["number"] for row in rows("cases", "--status", "to-do")] == [case["number"]]
    assert isinstance(run("cases", "merge", "C20014", "C20014").exception, MoveRefused)
    store.close()


def test_calls_and_callers_of_an_earlier_release_are_found_when_they_are_marked(data: Path) -> None:
    store = Store("", data)
    keyring = Keyring([SECRET])
    assert Transcribing(store.call, store.transcripts.keep, keyring).hear(
        WrittenDown(CALL, "RE1", "completed", "The lamp flickers", 1.0)
    )
    Callers(store, keyring).keep(CALLER, Kept(name="Ida Holm"))
    with store.database.writing() as connection:  # as an earlier release left them
        for table in ("call_marks", "call_words", "caller_words"):
            connection.execute(metadata.tables[table].delete())
        connection.execute(metadata.tables["calls"].update().values(language="", path=""))
    store.close()
    asked = (("--words", "LAMP"), ("--name", "holm"), ("--path", "1"), ("--language", "en-US"))
    assert [rows("calls", *words) for words in asked] == [[], [], [], []]
    assert "1 calls and 1 callers marked, 0 not readable" in run("reindex").output
    assert [[row["call"] for row in rows("calls", *words)] for words in asked] == [[CALL]] * 4
    assert run("reindex").exit_code == 0


def test_a_month_is_one_that_has_a_month_after_it():
    assert month_of("2026-12", "UTC") == (1796083200.0, 1798761600.0)
    assert month_of("9999-11", "UTC") is not None
    assert month_of("9999-12", "UTC") is None
