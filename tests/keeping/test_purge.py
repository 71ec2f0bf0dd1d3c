"""What is past its time goes, and nothing before; what is worked on or held stays."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from rig.cases import CALLER
from sqlalchemy import select

from ivr.callers import Callers, Kept
from ivr.cases.work import Asked, Work
from ivr.content import Retention
from ivr.keeping.purge import Keeper, Purge, as_data
from ivr.keeping.times import before
from ivr.marks import AGENT, STEP, mark
from ivr.privacy import Erased, key_of
from ivr.records import Entry
from ivr.store.calls import Ending
from ivr.store.erasures import RETENTION
from ivr.store.holds import Hold
from ivr.store.keeping import Report
from ivr.store.mark_tables import call_marks
from ivr.store.people import Person
from ivr.store.queue_tables import talks, wrap_ups
from ivr.store.shredding import SAID, SLICE
from ivr.store.tables import answers
from tests.keeping.conftest import House
from tests.kernel.hotline import hotline

DAY = 86400.0
CONTENT = replace(
    hotline(),
    keep_recordings=90,
    retention=Retention(calls=400, transcripts=30, cases=1100, messages=500, call_backs=400, callers=1100, exports=7),
)


def purged(house: House, days: float, **more: bool) -> dict[str, int]:
    """Go round so many days after now; what went."""
    purge = Purge(house.store, house.places, house.keyring, lambda: CONTENT, resting=False, **more)
    return {kind: told["gone"] for kind, told in as_data(purge.run(time.time() + days * DAY)).items() if told["gone"]}


def settled(house: House, number: str) -> None:
    """Have a case closed, and its promise kept."""
    case = house.store.cases.find(number)
    Work(house.store, lambda _version: CONTENT).change(case, Asked(status="closed"), "Priya", time.time())
    for promise in house.store.call_backs.of_case(number):
        house.store.call_backs.cancel(promise.effect, "Priya", time.time())


def test_each_kind_goes_at_its_own_time_and_the_key_with_the_last(house: House) -> None:
    call = house.caller("C10021")
    settled(house, "C10021")
    (export := house.settings.recordings / "exports" / "march.csv").parent.mkdir(parents=True)
    export.write_text("+14155550123")
    assert purged(house, 5) == {}
    assert purged(house, 29) == {"exports": 1}
    assert purged(house, 31) == {"transcripts": 1}
    assert (house.settings.recordings / "inbox" / call / "REC10021.wav").exists()
    assert purged(house, 91) == {"recordings": 1}
    assert not (house.settings.recordings / "inbox" / call / "REC10021.wav").exists()
    assert [(one.erasure, one.kind, one.sid) for one in house.store.deletions.waiting()] == [
        (RETENTION, "recording", "REC10021")
    ]
    assert purged(house, 401) == {"call_backs": 1, "calls": 1}
    assert key_of(house.store.call(call), house.keyring)  # its case is still to be read
    assert purged(house, 501) == {"messages": 1}
    assert [one.sid for one in house.store.deletions.waiting() if one.kind == "message"] == ["SMC10021"]
    assert Callers(house.store, house.keyring).kept(CALLER) != Kept()
    assert purged(house, 1101) == {"cases": 1, "calls": 1, "callers": 1}
    with pytest.raises(Erased):
        key_of(house.store.call(call), house.keyring)
    assert purged(house, 3000) == {}
    row = house.store.calls.find(call)
    assert (row.outcome, row.turns, row.record.caller, row.record.private) == ("case", 3, b"", b"")
    assert len(house.store.chain(call)) == 1


def test_texts_that_go_with_their_case_are_deleted_at_the_carrier_too(house: House) -> None:
    """Cases kept shorter than messages: the case takes its messages along."""
    house.caller("C10021")
    settled(house, "C10021")
    short = replace(CONTENT, retention=Retention(cases=365))
    now = time.time()
    purge = Purge(house.store, house.places, house.keyring, lambda: short, resting=False)
    assert as_data(purge.run(now + 366 * DAY))["cases"]["gone"] == 1
    wanted = [(one.erasure, one.sid) for one in house.store.deletions.waiting() if one.kind == "message"]
    assert wanted == [(RETENTION, "SMC10021")]


def test_which_agent_took_a_call_is_forgotten_everywhere(house: House) -> None:
    """Offers and tickets have tests of their own; here are what finds a call by its agent, and notes that are gone."""
    call = house.caller("C10021")
    row, key = house.store.call(call), house.keyring.first
    priya = house.store.people.add(Person("Priya", "agent"), "tests")
    with house.store.database.writing() as connection:
        for person, private in (("p1", b""), ("p2", b""), ("p3", b"sealed")):
            wrote = {"person": person, "rev": 1, "at": row.at, "wrong": False, "private": private}
            connection.execute(wrap_ups.insert().values(call=call, **wrote))
        for kind, value in ((AGENT, priya.id), (STEP, "main")):
            connection.execute(call_marks.insert().values(mark=mark(key, kind, value), at=row.at, call=call))
        talk = {"id": b"t", "call": call, "stage": "over", "person": priya.id, "revision": 1, "began": row.at}
        connection.execute(talks.insert().values(**talk, private=b"sealed"))
    assert purged(house, 401, pretend=True)["agents"] == 4
    assert purged(house, 401)["agents"] == 4
    with house.store.database.reading() as connection:
        assert sorted(connection.execute(select(wrap_ups.c.person)).scalars()) == ["-1", "-2", "p3"]
        assert list(connection.execute(select(call_marks.c.mark)).scalars()) == [mark(key, STEP, "main")]
        assert list(connection.execute(select(talks.c.person)).scalars()) == [""]
    assert "agents" not in purged(house, 402)


def test_what_is_worked_on_and_what_is_held_stays(house: House) -> None:
    call = house.caller("C10021")
    purge = Purge(house.store, house.places, house.keyring, lambda: CONTENT, resting=False)
    late = time.time() + 2000 * DAY
    told = as_data(purge.run(late))
    assert told["calls"] == {"gone": 0, "open": 1, "held": 0}
    assert told["cases"] == {"gone": 0, "open": 1, "held": 0}
    settled(house, "C10021")
    house.store.holds.put(Hold("C10021", "case", "court", "Ada", time.time()))
    assert {name: each["held"] for name, each in as_data(purge.run(late)).items() if each["held"]} == dict.fromkeys(
        ("recordings", "transcripts", "messages", "call_backs", "cases", "calls"), 1
    )
    assert key_of(house.store.call(call), house.keyring)
    house.store.holds.lift("C10021", "Ada")
    assert as_data(purge.run(late))["calls"]["gone"] == 1


def test_a_hold_that_is_set_while_a_round_is_made_is_kept_from_then_on(house: House) -> None:
    calls = [house.caller(number) for number in ("C10021", "C10039")]
    for number in ("C10021", "C10039"):
        settled(house, number)

    class Late(Purge):  # the round rests behind each recording: then somebody sets a hold
        def _sleep(self, began: float) -> None:
            del began
            house.store.holds.put(Hold("C10039", "case", "court", "Ada", time.time()))

    late = time.time() + 2000 * DAY
    told = as_data(Late(house.store, house.places, house.keyring, lambda: CONTENT).run(late))
    assert told["recordings"] == {"gone": 1, "open": 0, "held": 1}
    assert told["transcripts"] == {"gone": 1, "open": 0, "held": 1}
    assert told["calls"] == {"gone": 1, "open": 0, "held": 1}
    assert (house.settings.recordings / "inbox" / calls[1] / "REC10039.wav").exists()
    assert key_of(house.store.call(calls[1]), house.keyring)


def test_who_called_answered_and_worked_is_held_with_the_call(house: House) -> None:
    call = house.caller("C10021")
    settled(house, "C10021")
    row = house.store.call(call)
    with house.store.database.writing() as connection:
        talk = {"id": b"t", "call": call, "stage": "over", "person": "p1", "revision": 1, "began": row.at}
        connection.execute(talks.insert().values(**talk, private=b"sealed"))
        answer = {"effect": b"a", "call": call, "step": "s", "question": "q", "kind": "number", "value": "5"}
        connection.execute(answers.insert().values(**answer, person="p1", at=row.at))
    house.store.holds.put(Hold(call, "call", "court", "Ada", time.time()))
    assert purged(house, 2000) == {}
    assert Callers(house.store, house.keyring).kept(CALLER) != Kept()
    house.store.holds.lift(call, "Ada")
    gone = purged(house, 2000)
    assert (gone["callers"], gone["surveys"], gone["agents"]) == (1, 1, 1)


def test_a_call_that_goes_on_and_one_that_has_just_ended_stay_whatever_is_set(house: House) -> None:
    call = house.caller("C10021", ended=False)
    content = replace(CONTENT, retention=Retention(calls=0))
    now = time.time()
    assert before(content, "calls", now) == now - 5 * 3600
    purge = Purge(house.store, house.places, house.keyring, lambda: content, resting=False)
    assert as_data(purge.run(now + 2 * DAY))["calls"] == {"gone": 0, "open": 0, "held": 0}
    house.store.calls.end(call, Ending(now + 2 * DAY, "case", 1, 0))
    assert as_data(purge.run(now + 2 * DAY + 3600))["calls"] == {"gone": 0, "open": 0, "held": 0}


def test_a_dry_run_counts_the_same_and_touches_nothing(house: House) -> None:
    call = house.caller("C10021")
    settled(house, "C10021")
    told = purged(house, 2000, pretend=True)
    assert told.pop("calls") == 1
    assert told == dict.fromkeys(("recordings", "transcripts", "messages", "call_backs", "cases", "callers"), 1)
    assert key_of(house.store.call(call), house.keyring)
    assert house.store.keeping.reports() == {}
    assert house.store.audit.of("purged what was past its time", "") is None


def test_the_job_process_goes_round_once_a_day_and_says_so(house: House) -> None:
    house.caller("C10021")
    settled(house, "C10021")
    with house.store.database.writing() as connection:  # the clock must be right, so what it left is to be old
        for table in ("calls", "recordings", "transcripts", "cases", "messages", "call_backs", "callers"):
            connection.exec_driver_sql(f"UPDATE {table} SET at = at - {2000 * DAY}")
        connection.exec_driver_sql(f"UPDATE calls SET ended_at = ended_at - {2000 * DAY}")
    house.store.keeping.report(Report("calls", time.time() - DAY, 0, 0, 0))
    keeper = Keeper(Purge(house.store, house.places, house.keyring, lambda: CONTENT, resting=False))
    later = time.time()
    assert keeper.run(later) == 7
    assert keeper.run(later + 3600) == 0
    deed = house.store.audit.of("purged what was past its time", "").deed
    assert (deed.who, deed.detail["recordings"]) == ("the hotline", 1)
    assert house.store.keeping.reports()["cases"].gone == 1


def test_no_transaction_takes_more_than_a_slice(house: House) -> None:
    """A key press waits for the disk behind at most one of them."""
    call = house.caller("C10021")
    (turn,) = house.store.chain(call)
    for number in range(200):
        name = number.to_bytes(16, "big")
        assert house.store.commit(Entry(replace(turn, id=name, request=name, private=b"sealed" * 100)))
    taken = []
    while done := house.store.shredder.slice(SAID, [call]):
        taken.append(done)
    assert max(taken) == SLICE
    assert sum(taken) == 201  # and a note
    assert {each.private for each in house.store.chain(call)} == {b""}
