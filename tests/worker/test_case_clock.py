"""The clock of cases over real databases: due times reckoned from config.yaml, late ones seen to, people's changes."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.cases.clock import Clock
from ivr.cases.work import Asked, Work
from ivr.content import Content, Kind, Schedule
from ivr.engine.tree import Tree
from ivr.errors import UnknownVersion
from ivr.store import Store
from ivr.store.case_words import NEVER, CaseChanged, MoveRefused, UnknownCase
from ivr.store.cases import Case
from ivr.store.people import Person

ZONE = ZoneInfo("Europe/Copenhagen")
DAYS = Schedule("Mo-Fr 08:00-18:00; PH off", "Europe/Copenhagen", "DK")
KINDS = {"complaint": Kind("complaint", "C", due="2 days", dues={"1": "4 hours"}), "praise": Kind("praise", "P")}
VERSION = "v" * 64
CONTENT = Content(
    VERSION,
    Tree("x", "en-US", {}, {}, {}, {}, {}, {}, {}),
    {"complaints": DAYS, "service": Schedule("", "Europe/Copenhagen")},
    KINDS,
    {},
    {},
)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


FRIDAY = at("2026-11-27 15:00")


def content(version: str) -> Content:
    if version != VERSION:
        raise UnknownVersion
    return CONTENT


@pytest.fixture
def work(store: Store) -> Work:
    store.versions.switch(VERSION, "tests", "", 1.0)
    return Work(store, content)


def opened(store: Store, number: str = "C10021", **more: object) -> Case:
    values = {"kind": "complaint", "team": "complaints", "priority": 3, "at": FRIDAY} | more
    made = Case(
        number=number, effect=number.encode(), call="CA1", visit=number, language="en", private=b"sealed", **values
    )
    assert store.cases.create(made, FRIDAY)
    return made


def read(store: Store, number: str = "C10021") -> Case:
    case = store.cases.find(number)
    assert case is not None
    return case


def due(store: Store, number: str = "C10021") -> str:
    found = read(store, number).due_at
    return "never" if found >= NEVER else datetime.fromtimestamp(found, ZONE).strftime("%a %d %H:%M")


def test_the_clock_reckons_each_case_once_and_sees_to_what_is_late_once(store: Store, work: Work) -> None:
    opened(store)
    opened(store, "C10039", priority=1)
    opened(store, "P10010", kind="praise")
    opened(store, "X10010", kind="gone")
    clock = Clock(store, content)
    assert clock.run(FRIDAY) == 4
    assert [due(store, number) for number in ("C10021", "C10039", "P10010", "X10010")] == [
        "Tue 01 18:00",
        "Mon 30 09:00",
        "never",
        "never",
    ]
    assert clock.run(FRIDAY) == 0
    assert clock.run(at("2026-11-30 09:00")) == 1
    assert [change.did for change in store.cases.history("C10039")] == ["late"]
    assert Clock(store, content).run(at("2026-11-30 10:00")) == 0
    assert clock.run(at("2026-12-01 18:00")) == 1
    assert read(store).priority == 2


def test_without_a_version_nothing_is_due_and_nothing_breaks(store: Store) -> None:
    opened(store)
    assert Clock(store, content).run(FRIDAY) == 1
    assert due(store) == "never"


def test_what_people_change_is_reckoned_at_once(store: Store, work: Work) -> None:
    priya = store.people.add(Person("Priya", "agent"), "tests")
    case = work.change(opened(store), Asked(owner=priya.id), "Leon", FRIDAY)
    assert (case.status, case.owner) == ("open", priya.id)
    case = work.change(case, Asked(priority=1), "Leon", FRIDAY)
    assert due(store) == "Mon 30 09:00"
    case = work.change(case, Asked(team="service"), "Leon", FRIDAY)
    assert due(store) == "Fri 27 19:00"  # four hours around the clock
    case = work.change(case, Asked(due=date(2026, 12, 3)), "Leon", FRIDAY)
    assert due(store) == "Fri 04 00:00"  # the end of the day that was promised
    same = Asked(owner=priya.id, priority=1, team="service", due=date(2026, 12, 3), status="open")
    assert work.change(case, same, "Leon", FRIDAY) == case
    told = [dict(change.detail) for change in store.cases.history("C10021")]
    assert told == [
        {"status": ["new", "open"], "owner": ["", "Priya"]},
        {"priority": [3, 1]},
        {"team": ["complaints", "service"]},
        {"due": ["2026-11-27", "2026-12-03"]},
    ]


def test_the_clock_begins_anew_when_we_owe_an_answer_again(store: Store, work: Work) -> None:
    case = work.change(opened(store), Asked(status="waiting"), "Leon", FRIDAY)
    assert Clock(store, content).run(at("2027-01-01 00:00")) == 0, "while we wait for the caller, nothing is late"
    case = work.change(case, Asked(status="open"), "Leon", at("2026-12-07 12:00"))
    assert due(store) == "Wed 09 18:00"
    case = work.change(case, Asked(status="solved"), "Leon", at("2026-12-08 12:00"))
    assert not case.late(at("2027-01-01 00:00"))


def test_a_late_case_is_late_once_though_its_priority_is_changed(store: Store, work: Work) -> None:
    clock = Clock(store, content)
    opened(store)
    assert clock.run(FRIDAY) == 1
    late = at("2026-12-05 12:00")
    assert clock.run(late) == 1
    work.change(read(store), Asked(priority=3), "Leon", late)
    assert clock.run(late) == 0
    assert read(store).priority == 3


def test_a_late_case_that_is_given_more_time_can_be_late_again(store: Store, work: Work) -> None:
    clock = Clock(store, content)
    opened(store, priority=1)
    assert clock.run(FRIDAY) == 1
    first = at("2026-11-30 09:00")
    assert (due(store), clock.run(first)) == ("Mon 30 09:00", 1)
    case = work.change(read(store), Asked(priority=3), "Leon", first)
    assert (due(store), case.late_at) == ("Tue 01 18:00", None)
    assert clock.run(first) == 0
    assert clock.run(at("2026-12-01 18:00")) == 1
    assert read(store).priority == 2


def test_a_move_that_is_none_and_a_number_that_is_none_are_refused_in_words(store: Store, work: Work) -> None:
    case = work.change(opened(store), Asked(status="closed"), "Leon", FRIDAY)
    with pytest.raises(MoveRefused, match="C10021 is closed, and cannot become waiting") as told:
        work.change(case, Asked(status="waiting"), "Leon", FRIDAY)
    assert "open" in told.value.hint
    with pytest.raises(MoveRefused, match="9 is no priority"):
        work.change(case, Asked(priority=9), "Leon", FRIDAY)
    with pytest.raises(UnknownCase, match="C99999"):
        work.merge("C99999", case, "Leon", FRIDAY)
    opened(store, "C10039")
    assert work.merge(" c10039 ", case, "Leon", FRIDAY).number == "C10021"
    with pytest.raises(MoveRefused, match="another name of C10021"):
        work.change(read(store, "C10039"), Asked(status="open"), "Leon", FRIDAY)
    with pytest.raises(CaseChanged, match="Leon has changed C10021"):
        work.change(case, Asked(status="open"), "Priya", FRIDAY)
