"""What becomes of calls, effects, cases, recordings and notes after the call path has committed them."""

from __future__ import annotations

from samples import call, effect, first, ident, note, turn

from ivr.records import Entry
from ivr.store import Store
from ivr.store.calls import Ending, Search
from ivr.store.cases import Case
from ivr.store.recordings import Fetched, Recording


def case(number: str, effect_number: int, visit: str = "v/0") -> Case:
    return Case(
        number=number,
        effect=ident(effect_number),
        call="CA1",
        visit=visit,
        kind="complaint",
        team="complaints",
        priority=2,
        language="en",
        at=1.0,
        private=b"sealed",
    )


def states(store: Store) -> dict[bytes, str]:
    return {wanted.record.id: wanted.state for wanted in store.effects.of_call("CA1")}


def test_effects_of_the_branch_nobody_heard_are_never_released(store: Store) -> None:
    store.commit(first(1))
    store.commit(Entry(turn(2, parent=1, effects=(effect(20),))))
    store.commit(Entry(turn(3, parent=1, effects=(effect(30),))))
    assert store.effects.release(5.0) == 0
    store.commit(Entry(turn(4, parent=3)))
    assert store.effects.release(5.0) == 1
    assert states(store) == {ident(20): "held", ident(30): "waiting"}
    store.effects.decide("CA1", 6.0)
    assert states(store) == {ident(20): "dropped", ident(30): "waiting"}
    assert store.effects.release(7.0) == 0


def test_the_end_of_a_call_confirms_its_last_turn_and_itself(store: Store) -> None:
    store.commit(first(1, effects=(effect(10),)))
    store.commit(Entry(turn(2, parent=1, kind="end", effects=(effect(20),))))
    assert store.effects.release(5.0) == 2
    assert [wanted.record.id for wanted in store.effects.due(5.0)] == [ident(10), ident(20)]
    store.effects.handed_on([ident(10)], 60.0)
    assert [wanted.record.id for wanted in store.effects.due(5.0)] == [ident(20)]


def test_the_end_of_a_call_drops_nothing_that_was_heard(store: Store) -> None:
    store.commit(first(1, effects=(effect(10),)))
    store.commit(Entry(turn(2, parent=1, kind="end", effects=(effect(20),))))
    store.effects.decide("CA1", 6.0)
    assert states(store) == {ident(10): "waiting", ident(20): "waiting"}
    assert store.effects.release(7.0) == 0


def test_effects_of_a_pretended_call_are_shown_and_not_done(store: Store) -> None:
    store.commit(Entry(turn(1, kind="end", effects=(effect(10),)), call(pretend=True)))
    store.effects.release(5.0)
    assert states(store) == {ident(10): "pretended"}
    assert store.effects.due(9.0) == []


def test_a_case_is_made_once_and_its_effect_settled_with_it(store: Store) -> None:
    store.commit(first(1, kind="end", effects=(effect(10), effect(11, 1))))
    store.effects.release(5.0)
    assert store.cases.create(case("C1001-2", 10), 6.0)
    assert store.cases.create(case("C1001-2", 10), 7.0)
    assert not store.cases.create(case("C1001-2", 11, "v/1"), 8.0)
    assert states(store) == {ident(10): "sent", ident(11): "failed"}
    failed = store.effects.find(ident(11))
    assert failed is not None
    assert "C1001-2" in failed.reason
    assert store.cases.of_call("CA1") == [case("C1001-2", 10)]
    assert store.cases.find("C1001-2") == case("C1001-2", 10)
    assert store.cases.find("C1002-1") is None


def test_two_numbers_of_one_visit_are_one_case(store: Store) -> None:
    store.cases.create(case("C1001-2", 10), 6.0)
    store.cases.create(case("C1002-1", 11), 6.0)
    store.cases.create(case("C1003-9", 12, "w/0"), 6.0)
    assert [(c.number, c.alias_of) for c in store.cases.of_call("CA1")] == [
        ("C1001-2", ""),
        ("C1002-1", "C1001-2"),
        ("C1003-9", ""),
    ]
    page = store.cases.latest(2)
    assert [c.number for c in page] == ["C1003-9", "C1002-1"]
    assert [c.number for c in store.cases.latest(2, (page[-1].at, page[-1].number))] == ["C1001-2"]


def test_calls_are_found_by_what_is_known_of_them_page_by_page(store: Store) -> None:
    for number in range(10):
        sid = f"CA{number}"
        made = call(sid, at=float(number // 2), line="a" if number % 2 else "b", caller=bytes([number % 3]))
        store.commit(Entry(turn(number, call=sid, at=float(number)), made))
    seen, after = [], None
    while page := store.calls.search(Search(after=after), 3):
        seen += [row.record.call for row in page]
        after = (page[-1].record.at, page[-1].record.call)
    assert seen == [f"CA{number}" for number in reversed(range(10))]
    assert [row.record.call for row in store.calls.search(Search(line="a", since=1.0, until=3.0), 9)] == ["CA5", "CA3"]
    assert len(store.calls.search(Search(callers=[b"\x00", b"\x01"]), 99)) == 7
    store.calls.end("CA3", Ending(9.0, "talked", 5, 60))
    ended = store.calls.search(Search(outcome="talked"), 9)
    assert [(row.record.call, row.ended_at, row.turns, row.talked) for row in ended] == [("CA3", 9.0, 5, 60)]
    assert len(store.calls.search(Search(open=True), 99)) == 9
    assert store.calls.find("CA3") == ended[0]
    assert store.calls.find("CA99") is None


def test_open_calls_that_went_silent_are_found(store: Store) -> None:
    store.commit(Entry(turn(1, at=100.0), call(at=100.0)))
    store.commit(Entry(turn(2, parent=1, at=500.0)))
    store.commit(Entry(turn(3, call="CA2", at=100.0), call("CA2", at=100.0)))
    store.commit(Entry(turn(4, call="CA3", at=100.0), call("CA3", at=100.0)))
    store.calls.end("CA3", Ending(9.0, "talked", 5, 60))
    assert [(quiet.call, quiet.last) for quiet in store.calls.quiet(400.0, 9)] == [("CA2", 100.0)]
    assert [quiet.call for quiet in store.calls.quiet(600.0, 9)] == ["CA2", "CA1"]


def test_a_recording_waits_until_it_is_kept(store: Store) -> None:
    wanted = Recording("RE1", "CA1", ident(10), "waiting", "", "", 4, 0, "", 0, 60.0, 1.0)
    store.commit(first(1, kind="end", effects=(effect(10, kind="KeepRecording"),)))
    store.recordings.expect(wanted, 2.0)
    store.recordings.expect(wanted, 3.0)
    assert states(store) == {ident(10): "sent"}
    assert store.recordings.due(5.0) == []
    store.recordings.hurry("RE1", 5.0)
    assert [one.sid for one in store.recordings.due(5.0)] == ["RE1"]
    store.recordings.handed_on(["RE1"], 600.0)
    assert store.recordings.due(599.0) == []
    store.recordings.settle("RE1", Fetched("waiting", reason="404"), 10.0)
    assert store.recordings.due(9.0) == []
    kept = Fetched("kept", "inbox/CA1/RE1.wav", "a" * 64, 4, 1000)
    store.recordings.settle("RE1", kept, 10.0)
    store.recordings.settle("RE1", Fetched("waiting", reason="late"), 11.0)
    found = store.recordings.find("RE1")
    assert found is not None
    assert (found.state, found.path, found.attempts, found.reason) == ("kept", "inbox/CA1/RE1.wav", 1, "")
    assert store.recordings.of_call("CA1") == [found]


def test_a_note_is_taken_once(store: Store) -> None:
    store.note(note(1, at=1.0))
    store.note(note(2, at=2.0))
    assert [n.id for n in store.told.new(1.5)] == [ident(1)]
    store.told.take([ident(1)])
    assert [n.id for n in store.told.new(5.0)] == [ident(2)]
