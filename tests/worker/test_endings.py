"""Calls are ended when the carrier says so, when it does not, and once."""

from __future__ import annotations

import time

from kernel.boards import SECRET

from ivr.carrier.recordings import CarrierAway
from ivr.engine.inputs import Called, Dialed, HungUp, Input, Pressed, Recorded
from ivr.engine.tree import Limits
from ivr.keys import Keyring
from ivr.spool.fold import FOLDED
from ivr.store import Store
from ivr.store.calls import CallRow
from ivr.switchboard import Notice, Switchboard
from ivr.worker.endings import GRACE, QUIET, SPARE, Endings

CALL = "CA" + "1" * 32


class CarrierLists:
    """What the carrier would list."""

    def __init__(self, *calls: str, recordings: tuple[dict[str, str], ...] = ()) -> None:
        self.calls = set(calls)
        self.ready = list(recordings)
        self.away = False

    def going_on(self) -> set[str]:
        return self.calls

    def recordings(self, call: str) -> list[dict[str, str]]:
        if self.away:
            raise CarrierAway("no answer")
        return self.ready


def endings(board: Switchboard, carrier: CarrierLists | None = None) -> Endings:
    return Endings(board.store, Keyring([SECRET]), board, lambda version: board.library.get(version).tree, carrier)


def walk(board: Switchboard, *heard: Input) -> str:
    now = time.time()
    answer = board.begin(CALL, Called(now, "+14155550123", "+18005550100"))
    for each in heard:
        answer = board.drive(answer.token, CALL, each)
    return answer.token


def status(board: Switchboard, word: str = "completed", leg: str = CALL) -> None:
    board.note(Notice(CALL, leg, "status", f"{leg} {word}", time.time(), {"CallStatus": word}))


def row(board: Switchboard) -> CallRow:
    found = board.store.calls.find(CALL)
    assert found is not None
    return found


COMPLAINT = (Pressed(0.0, "1"), Pressed(0.0, "1234"), Recorded(0.0, "RE1", "http://carrier/RE1", 4))


def test_a_call_ends_a_few_seconds_after_the_carrier_says_so(board: Switchboard) -> None:
    walk(board, Pressed(0.0, "4"))
    status(board)
    job = endings(board)
    now = time.time()
    assert job.listen(now) == 0
    assert row(board).ended_at is None
    assert job.listen(now + GRACE) == 1
    assert (row(board).outcome, row(board).turns) == ("left", 3)
    assert job.listen(now + GRACE) == 0


def test_a_call_is_looked_at_once_for_all_of_its_records_that_were_folded_late(board: Switchboard) -> None:
    walk(board, Pressed(0.0, "4"))
    status(board)
    looks: list[str] = []
    job = endings(board)
    job._store = Counting(board.store, looks)
    for number in range(5):
        board.note(Notice(CALL, CALL, FOLDED, f"records {number}", time.time(), {"Records": "1"}))
    assert job.listen(time.time() + GRACE) == 6
    assert row(board).ended_at is not None
    assert looks == [CALL]
    assert job.listen(time.time() + GRACE) == 0


class Counting:
    """A store that writes down whose notes are read."""

    def __init__(self, store: Store, looks: list[str]) -> None:
        self._inner, self._looks = store, looks

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def notes(self, call: str) -> object:
        self._looks.append(call)
        return self._inner.notes(call)


def test_an_agent_who_hangs_up_ends_no_call(board: Switchboard) -> None:
    walk(board)
    status(board, leg="CA" + "9" * 32)
    status(board, word="ringing")
    assert endings(board).listen(time.time() + GRACE) == 2
    assert row(board).ended_at is None


def test_a_caller_who_hangs_up_while_recording_has_a_case_in_the_end(board: Switchboard, store: Store) -> None:
    token = walk(board, *COMPLAINT[:2])
    board.left(token, CALL, HungUp(time.time(), Recorded(time.time(), "RE1", "http://carrier/RE1", 4)))
    endings(board).listen(time.time() + GRACE)
    assert row(board).outcome == "case"
    due = [wanted.record.kind for wanted in store.effects.due(time.time())]
    assert sorted(due) == ["CreateCase", "KeepRecording"]


def test_what_nobody_heard_is_dropped_at_the_end(board: Switchboard, store: Store) -> None:
    before = walk(board, *COMPLAINT[:2])
    lost = board.drive(before, CALL, COMPLAINT[2])
    heard = board.drive(before, CALL, Recorded(0.0, "RE2", "http://carrier/RE2", 9))
    assert lost.token != heard.token
    board.drive(heard.token, CALL, Dialed(0.0, "completed", bridged=True, seconds=30))
    status(board)
    endings(board).listen(time.time() + GRACE)
    assert (row(board).outcome, row(board).talked) in {("talked", 30), ("case", 0)}
    states = sorted(wanted.state for wanted in store.effects.of_call(CALL))
    # The other case is given up; the words of the turn that was not heard are kept by the end all the same.
    assert states == ["dropped", "dropped", "waiting", "waiting", "waiting"]


def test_a_call_whose_end_nobody_told_is_ended_when_the_carrier_does_not_know_it(board: Switchboard) -> None:
    walk(board)
    later = time.time() + QUIET + 1
    assert endings(board, CarrierLists(CALL)).sweep(later) == 0
    assert endings(board).sweep(later) == 0
    assert endings(board, CarrierLists()).sweep(later) == 1
    assert row(board).outcome == "left"


def test_a_call_cannot_last_longer_than_its_limits(board: Switchboard) -> None:
    walk(board)
    later = time.time() + Limits().talk + SPARE + 1
    assert endings(board).sweep(later) == 1
    assert row(board).ended_at is not None
    assert endings(board).sweep(later) == 0


def test_a_call_that_cannot_be_read_keeps_what_it_holds_until_it_can(board: Switchboard, store: Store) -> None:
    token = walk(board, *COMPLAINT)
    del token
    status(board)
    blind = Endings(store, Keyring([("other", b"x" * 32)]), board, lambda version: board.library.get(version).tree)
    blind.listen(time.time() + GRACE)
    assert row(board).outcome == "unknown"
    assert "dropped" not in {wanted.state for wanted in store.effects.of_call(CALL)}
    assert endings(board).retry(time.time() + 1) == 1
    assert row(board).outcome == "case"
    assert {wanted.state for wanted in store.effects.of_call(CALL)} == {"waiting"}


def test_a_status_of_a_call_that_never_began_is_taken(board: Switchboard) -> None:
    status(board)
    assert endings(board).listen(time.time() + GRACE) == 1
