"""The work on cases in both databases: each change once, in the order in which it was made, and none unseen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from rig.tables import with_tables
from samples import ident
from sqlalchemy import event

from ivr.errors import IvrError
from ivr.store import Store
from ivr.store.answers import Answer
from ivr.store.case_filter import Filter
from ivr.store.case_words import MOVES, NEVER, UNSETTLED, CaseChanged, MoveRefused, UnknownCase
from ivr.store.cases import Case, Tally, Telling
from ivr.store.messages import Message


def case(number: int, **more: object) -> Case:
    return Case(
        **{
            "number": f"C{1000 + number}",
            "effect": ident(number),
            "call": f"CA{number}",
            "visit": "v/0",
            "kind": "complaint",
            "team": "complaints",
            "priority": 3,
            "language": "en",
            "at": float(number),
            "private": b"sealed",
        }
        | more
    )


@pytest.fixture
def one(store: Store) -> Case:
    store.cases.create(case(1), 1.0)
    return found(store)


def found(store: Store, number: str = "C1001") -> Case:
    case = store.cases.find(number)
    assert case is not None
    return case


def told(store: Store, number: str = "C1001") -> list[tuple]:
    return [(change.who, change.did, dict(change.detail)) for change in store.cases.history(number)]


def answer(number: int, value: str = "no", of: str = "C1001") -> Answer:
    return Answer(
        effect=ident(number),
        call="CA9",
        step="s",
        question="resolved",
        kind="yes_no",
        value=value,
        person="",
        case=of,
        at=9.0,
    )


def test_of_two_who_change_at_once_the_second_is_told_and_changes_nothing(store: Store, one: Case) -> None:
    store.cases.change(one, {"status": "open"}, Telling("Priya", 5.0))
    with pytest.raises(CaseChanged, match="Priya has changed C1001 in the meantime") as told_so:
        store.cases.change(one, {"status": "closed"}, Telling("Leon", 6.0))
    assert told_so.value.hint
    assert (found(store).status, found(store).revision) == ("open", 1)
    assert told(store) == [("Priya", "changed", {"status": ["new", "open"]})]
    with pytest.raises(UnknownCase):
        store.cases.change(case(7), {"status": "open"}, Telling("Leon", 6.0))


def test_of_many_who_change_at_the_same_moment_one_has_changed(store: Store, one: Case) -> None:
    done: list[str] = []

    def change(who: str) -> None:
        try:
            store.cases.change(one, {"priority": 1}, Telling(who, 5.0))
            done.append(who)
        except CaseChanged:
            pass

    threads = [Thread(target=change, args=(f"p{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert [who for who, _, _ in told(store)] == done


def test_a_change_by_a_person_stands_in_the_audit_trail_and_a_rule_s_does_not(store: Store, one: Case) -> None:
    store.cases.change(one, {"team": "service"}, Telling("Priya", 5.0, shown={"owner": ["", "Priya"]}))
    line = store.audit.latest(1)[0].deed
    assert (line.who, line.did, line.what) == ("Priya", "changed a case", "C1001")
    assert line.detail == {"team": ["complaints", "service"], "owner": ["", "Priya"]}
    assert store.cases.escalate(replace(found(store), due_at=4.0), 5.0)
    assert len(store.audit.latest(9)) == 1


def test_what_is_late_is_seen_to_once_and_is_more_urgent_then(store: Store, one: Case) -> None:
    assert store.cases.unseen_late(10.0) == []
    assert store.cases.to_reckon() == [one]
    assert store.cases.reckoned(one, 9.0)
    assert not store.cases.reckoned(one, 8.0), "it was reckoned already"
    assert store.cases.unseen_late(8.9) == []
    (late,) = store.cases.unseen_late(9.0)
    assert store.cases.escalate(late, 9.0)
    assert not store.cases.escalate(late, 9.0), "another job process was first"
    assert store.cases.unseen_late(99.0) == []
    assert (found(store).priority, found(store).late_at) == (2, 9.0)
    assert told(store) == [("", "late", {"priority": [3, 2]})]


@pytest.mark.parametrize(("status", "late"), [("new", True), ("open", True), ("waiting", False), ("solved", False)])
def test_only_what_we_owe_is_late(store: Store, status: str, late: bool) -> None:
    store.cases.create(case(1, status=status, reckon=False), 1.0)
    store.cases.reckoned(found(store), 5.0)
    made = found(store)
    assert made.late(5.0) == late
    assert (made in store.cases.unseen_late(5.0)) == late
    assert (made in store.cases.search(Filter(late_at=5.0), 9)) == late


def test_merged_numbers_are_names_of_the_first_and_so_are_their_own_other_names(store: Store) -> None:
    for number in (1, 2, 3):
        store.cases.create(case(number), 1.0)
    store.cases.merge(found(store, "C1003"), found(store, "C1002"), Telling("Priya", 5.0))
    store.cases.merge(found(store, "C1002"), found(store, "C1001"), Telling("Leon", 6.0))
    assert [store.cases.meant(f"C100{number}").number for number in (1, 2, 3)] == ["C1001"] * 3
    assert store.cases.names_of("C1001") == ["C1001", "C1002", "C1003"]
    assert [each.number for each in store.cases.search(Filter(), 9)] == ["C1001"]
    assert told(store) == [("Leon", "took in", {"case": ["", "C1002"]})]
    assert told(store, "C1002")[-1] == ("Leon", "merged", {"case": ["", "C1001"]})
    with pytest.raises(MoveRefused, match="one case already"):
        store.cases.merge(found(store, "C1002"), found(store), Telling("Leon", 7.0))
    with pytest.raises(MoveRefused):
        store.cases.merge(found(store), found(store), Telling("Leon", 7.0))


@pytest.mark.parametrize(
    ("double", "kept", "then"),
    [
        ({"status": "open", "due_at": 9.0}, {"status": "solved", "due_at": 5.0}, ("open", 1, 9.0, 2.0)),
        ({"status": "new", "due_at": 9.0}, {"status": "waiting", "due_at": 5.0}, ("open", 1, 9.0, 2.0)),
        ({"status": "open", "due_at": 9.0}, {"status": "open", "due_at": 50.0}, ("open", 1, 9.0, 1.0)),
        ({"status": "open", "due_at": 90.0}, {"status": "open", "due_at": 50.0}, ("open", 1, 50.0, 1.0)),
        ({"status": "waiting", "due_at": 9.0}, {"status": "closed", "due_at": 5.0}, ("open", 1, NEVER, 20.0)),
        ({"status": "waiting", "due_at": 9.0}, {"status": "open", "due_at": 50.0}, ("open", 1, 50.0, 0.0)),
        ({"status": "closed", "due_at": 9.0}, {"status": "solved", "due_at": 5.0}, ("solved", 3, 5.0, 0.0)),
    ],
)
def test_no_work_that_is_to_do_goes_under_in_a_merge(
    store: Store, double: dict[str, Any], kept: dict[str, Any], then: tuple[Any, ...]
) -> None:
    store.cases.create(case(1), 1.0)
    store.cases.create(case(2, priority=1), 1.0)
    for number, values in (("C1001", kept), ("C1002", double)):
        store.cases.change(found(store, number), values | {"reckon": False}, Telling("Priya", 3.0))
    store.cases.merge(found(store, "C1002"), found(store), Telling("Leon", 20.0))
    one = found(store)
    assert (one.status, one.priority, one.due_at, one.owed_at) == then
    assert [each.number for each in store.cases.search(Filter(late_at=30.0), 9)] == (
        ["C1001"] if then[2] < 30 and then[0] == "open" else []
    )


def test_of_two_merges_in_opposite_directions_at_once_one_is_done(store: Store) -> None:
    for number in (1, 2):
        store.cases.create(case(number), 1.0)
    first, second = found(store, "C1001"), found(store, "C1002")
    refused: list[IvrError] = []

    def merge(one: Case, into: Case) -> None:
        try:
            store.cases.merge(one, into, Telling("Priya", 5.0))
        except IvrError as error:
            refused.append(error)

    threads = [Thread(target=merge, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in refused] == [CaseChanged]
    assert sorted(bool(found(store, number).alias_of) for number in ("C1001", "C1002")) == [False, True]


def test_a_merge_of_what_somebody_has_changed_merges_nothing(store: Store, one: Case) -> None:
    store.cases.create(case(2), 1.0)
    store.cases.change(one, {"priority": 1}, Telling("Priya", 5.0))
    with pytest.raises(CaseChanged):
        store.cases.merge(found(store, "C1002"), one, Telling("Leon", 6.0))
    assert found(store, "C1002").alias_of == ""
    assert told(store, "C1002") == []


def test_who_says_in_a_survey_that_nothing_was_solved_has_the_case_opened_again_once(store: Store, one: Case) -> None:
    store.cases.reckoned(one, 5.0)
    store.cases.change(found(store), {"status": "closed"}, Telling("Priya", 5.0))
    store.answers.keep(answer(50, "yes"), 8.0)
    assert found(store).status == "closed"
    for _ in range(2):
        store.answers.keep(answer(51), 9.0)
    opened = found(store)
    assert (opened.status, opened.owed_at, opened.due_at, opened.reckon) == ("open", 9.0, NEVER, True)
    assert told(store)[1:] == [("", "not solved", {"status": ["closed", "open"]})]
    store.answers.keep(answer(52), 10.0)  # being worked on, it is told all the same
    assert (found(store).owed_at, told(store)[-1]) == (9.0, ("", "not solved", {}))
    store.answers.keep(answer(53, of="C9999"), 11.0)


def test_who_is_not_content_is_heard_under_any_name_of_the_case(store: Store) -> None:
    store.cases.create(case(1), 1.0)
    store.cases.create(case(2, call="CA1"), 1.0)
    store.cases.change(found(store), {"status": "solved"}, Telling("Priya", 5.0))
    store.answers.keep(answer(51, of="C1002"), 9.0)
    assert (found(store).status, found(store, "C1002").status) == ("open", "new")


def reply(number: int, direction: str = "in") -> Message:
    return Message(
        id=ident(number),
        direction=direction,
        channel="sms",
        case="C1001",
        call="CA1",
        at=9.0,
        private=b"",
        state="kept",
    )


def test_an_answer_of_the_caller_has_the_case_opened_again_and_ours_has_not(store: Store, one: Case) -> None:
    store.messages.keep(reply(60))
    assert (found(store).status, told(store)) == ("new", []), "we owe an answer already"
    store.cases.change(one, {"status": "waiting"}, Telling("Priya", 5.0))
    store.messages.keep(reply(61, "out"))
    store.messages.keep(reply(62, "note"))
    store.messages.keep(reply(64), answers=False)  # a machine's, or a word such as STOP
    assert found(store).status == "waiting"
    for _ in range(2):
        store.messages.keep(reply(63))
    assert (found(store).status, found(store).owed_at) == ("open", 9.0)
    assert told(store)[1:] == [("", "reply", {"status": ["waiting", "open"]})]


def test_cases_are_found_by_all_that_people_filter_by_page_by_page(store: Store) -> None:
    for number in range(1, 9):
        made = case(
            number,
            kind="doubt" if number % 2 else "complaint",
            owner="p1" if number < 3 else "",
            status="closed" if number == 8 else "open",
            due_at=NEVER if number == 7 else 100.0 - 10 * number,
            reckon=False,
        )
        store.cases.create(made, 1.0)

    def numbers(limit: int = 99, **wanted: object) -> list[int]:
        return [int(each.number[-1]) for each in store.cases.search(Filter(**wanted), limit)]

    assert numbers(statuses=("open",), by_due=True) == [6, 5, 4, 3, 2, 1, 7]
    assert numbers(kind="doubt") == [7, 5, 3, 1]
    assert numbers(owner="p1") == [2, 1]
    assert numbers(owner="", statuses=("open",), by_due=True) == [6, 5, 4, 3, 7]
    assert numbers(team="nobody") == []
    assert numbers(late_at=60.0, by_due=True) == [6, 5, 4]
    assert store.cases.count(Filter(statuses=("open",))) == {"doubt": 4, "complaint": 3}
    assert store.cases.tally("p1", 60.0) == Tally({"doubt": 4, "complaint": 3}, mine=2, nobody=5, late=3)
    assert [store.cases.some(Filter(late_at=60.0), most) for most in (2, 3, 9)] == [2, 3, 3]
    for by_due in (True, False):
        seen: list[str] = []
        after = None
        while page := store.cases.search(Filter(by_due=by_due, after=after), 3):
            seen += [each.number for each in page]
            after = (page[-1].due_at if by_due else page[-1].at, page[-1].number)
        assert len(seen) == len(set(seen)) == 8


def test_every_status_leads_somewhere_and_can_be_opened_again():
    assert {status for after in MOVES.values() for status in after} <= set(MOVES)
    assert all("open" in after for status, after in MOVES.items() if status != "open")


def test_what_is_asked_every_second_and_on_every_page_is_answered_from_an_index(tmp_path: Path) -> None:
    store = Store("", tmp_path)
    with_tables(store)
    asked: list[tuple[str, Any]] = []
    event.listen(store.database.engine, "before_cursor_execute", lambda *all: asked.append((all[2], all[3])))
    store.cases.to_reckon()
    store.cases.unseen_late(9.0)
    store.cases.search(Filter(statuses=UNSETTLED, by_due=True, after=(1.0, "C1")), 50)
    store.cases.tally("p1", 9.0)
    store.cases.some(Filter(late_at=9.0), 100)
    store.cases.search(Filter(), 50)
    store.cases.names_of("C1001")
    plans = []
    for statement, values in [each for each in asked if "FROM cases" in each[0]]:
        with store.database.reading() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.append(" ".join(row[3] for row in rows))
    indexes = [next((word for word in plan.split() if word.startswith("ix_")), plan) for plan in plans]
    assert indexes == [
        "ix_cases_reckon",
        *["ix_cases_to_do"] * 4,
        "ix_cases_at_number",
        "ix_cases_alias_of",
    ]
    store.close()
