"""Calls that are over: ended by one silent turn, their outcome written, what nobody heard given up.

A caller who hangs up in a menu sends nothing; the carrier tells us once, and that note can be lost. So calls that have
gone quiet are compared with the carrier's own list, and in the end with the longest that a call may take.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from ivr.carrier.recordings import CarrierAway
from ivr.engine.tree import Limits
from ivr.errors import IvrError, StoreUnavailable, UnknownCall, UnknownVersion
from ivr.keys import Keyring
from ivr.privacy import key_of
from ivr.records import NoteRecord, TurnRecord
from ivr.store import Store
from ivr.store.calls import Ending, Quiet, Search
from ivr.turns import read_told
from ivr.worker.outcome import outcome, talked

GRACE = 3.0  # seconds between the carrier's word and the end: a last request may still be on its way
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
QUIET = 600.0  # seconds without a turn before we ask the carrier whether a call still goes on
SPARE = 900.0  # seconds beyond the longest talk before a call is over whatever anybody says

log = structlog.get_logger()


class Board(Protocol):
    """What we ask of the switchboard."""

    def end(self, call: str, at: float) -> bool:
        """End a call by one silent turn; False where it had ended."""


class Endings:
    """Ends calls; one per job process."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        board: Board,
        limits: Callable[[str], Limits],
        going_on: Callable[[], set[str]] | None = None,
    ) -> None:
        """`limits` are those of a version; `going_on` asks the carrier for its calls, where there is a carrier."""
        self._store = store
        self._keyring = keyring
        self._board = board
        self._limits = limits
        self._going_on = going_on

    def listen(self, now: float) -> int:
        """See to what the carrier told since the last time; says how many notes were taken."""
        notes = self._store.told.new(now)
        taken = [note.id for note in notes if self._see_to(note, now)]
        if taken:
            self._store.told.take(taken)
        return len(taken)

    def _see_to(self, note: NoteRecord, now: float) -> bool:
        """Act on one note; False to look at it again."""
        said = json.loads(note.body)
        if note.kind == "recording":
            self._store.recordings.hurry(said.get("RecordingSid", ""), now)
        elif note.kind == "left" or (note.leg == note.call and said.get("CallStatus") in OVER):
            if now < note.at + GRACE:
                return False
            self.end(note.call, note.at)
        return True

    def sweep(self, now: float) -> int:
        """End calls that nobody told us are over; says how many."""
        quiet = self._store.calls.quiet(now - QUIET, 500)
        over = [call for call in quiet if now - call.last > self._longest(call)]
        known = self._known_to_the_carrier() if len(over) < len(quiet) else None
        if known is not None:
            over += [call for call in quiet if call not in over and call.call not in known]
        for call in over:
            self.end(call.call, call.last)
        return len(over)

    def _longest(self, quiet: Quiet) -> float:
        try:
            limits = self._limits(quiet.version)
        except UnknownVersion:
            limits = Limits()
        return limits.talk + SPARE

    def _known_to_the_carrier(self) -> set[str] | None:
        """List the carrier's calls; None where there is no carrier or it does not say."""
        if self._going_on is None:
            return None
        try:
            return self._going_on()
        except CarrierAway as error:
            log.warning("carrier_away", reason=str(error))
            return None

    def retry(self, now: float) -> int:
        """Try again those calls that could not be ended before; says how many there were."""
        unknown = self._store.calls.search(Search(outcome="unknown", until=now), 1000)
        for row in unknown:
            self.end(row.record.call, row.ended_at or now)
        return len(unknown)

    def end(self, call: str, at: float) -> None:
        """End one call and write how it ended; StoreUnavailable leaves it as it was."""
        try:
            self._board.end(call, at)
            ending = self._ending(call)
        except StoreUnavailable:
            raise
        except UnknownCall:
            return  # its first request never became a turn
        except Exception:
            # Whatever is wrong with one call must not keep the others open. What it holds stays held, for `retry`.
            log.exception("call_not_ended", call=call)
            self._store.calls.end(call, Ending(at, "unknown", 0, 0))
            return
        self._store.calls.end(call, ending)
        self._store.effects.release(at)
        self._store.effects.drop(call, at)

    def _ending(self, call: str) -> Ending:
        record = self._store.call(call)
        if record is None:
            raise UnknownCall(f"no call {call} is known")
        path = heard(self._store.chain(call))
        key = key_of(record, self._keyring)
        events = [event for turn in path for event in read_told(turn, key).events]
        return Ending(path[-1].at, outcome(events), len(path), talked(events))


def heard(chain: Sequence[TurnRecord]) -> list[TurnRecord]:
    """Follow a call that has ended back from its end: the turns that its caller heard, first to last."""
    turns = {turn.id: turn for turn in chain}
    turn = next((turn for turn in chain if turn.kind == "end"), None)
    if turn is None:
        raise IvrError("the call has not ended")
    path = [turn]
    while (turn := turns.get(path[-1].parent)) is not None:
        path.append(turn)
    return path[::-1]
