"""Calls that are over: ended by one silent turn, their outcome written, what nobody heard given up.

A caller who hangs up in a menu sends nothing; the carrier tells us once, and that note can be lost. So calls that have
gone quiet are compared with the carrier's own list, and in the end with the longest that a call may take.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog

from ivr import marks
from ivr.carrier.recordings import CarrierAway
from ivr.engine.tree import Limits, Record, Tree
from ivr.errors import StoreUnavailable, UnknownCall, UnknownVersion
from ivr.keys import Keyring
from ivr.privacy import Erased, key_of
from ivr.records import CallRecord, NoteRecord, TurnRecord
from ivr.replay import ends, walked
from ivr.spool.fold import FOLDED
from ivr.store import Store
from ivr.store.calls import Ending, Quiet, Search
from ivr.store.marks import Found
from ivr.switchboard import Notice
from ivr.traces import TRACES
from ivr.turns import read_told
from ivr.worker.outcome import outcome, talked
from ivr.worker.talkers import agents_of

RECOUNT = 60.0  # seconds after the end before a call's recordings are compared with the carrier's list
AGAIN = 3600.0  # and once more: a recording may take its time
GRACE = 3.0  # seconds between the carrier's word and the end: a last request may still be on its way
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
QUIET = 600.0  # seconds without a turn before we ask the carrier whether a call still goes on
SPARE = 900.0  # seconds beyond the longest talk before a call is over whatever anybody says

log = structlog.get_logger()


class Board(Protocol):
    """What we ask of the switchboard."""

    def end(self, call: str, at: float) -> bool:
        """End a call by a silent turn, or add what has turned up since; False where there was nothing to add."""

    def note(self, notice: Notice) -> bool:
        """Write down what the carrier tells; False where it told so before."""


class Lists(Protocol):
    """What we ask of the carrier; both raise CarrierAway."""

    def going_on(self) -> set[str]:
        """Name the calls that the carrier holds."""

    def recordings(self, call: str) -> list[dict[str, str]]:
        """List the recordings of a call that are ready, in the words of the carrier's form."""


class Endings:
    """Ends calls; one per job process."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        board: Board,
        tree: Callable[[str], Tree],
        carrier: Lists | None = None,
    ) -> None:
        """`tree` is that of a version (UnknownVersion); `carrier` None where no carrier stands behind the account."""
        self._store = store
        self._keyring = keyring
        self._board = board
        self._tree = tree
        self._carrier = carrier

    def listen(self, now: float) -> int:
        """See to what the carrier told since the last time; says how many notes were taken."""
        notes = self._store.told.new(now)
        folded = dict.fromkeys(note.call for note in notes if note.kind == FOLDED)
        for call in folded:  # once for all records of a call: each look at a call is some thirty questions
            self._make_good(call, now)
        taken = [note.id for note in notes if note.kind == FOLDED or self._see_to(note, now)]
        if taken:
            self._store.told.take(taken)
        return len(taken)

    def _see_to(self, note: NoteRecord, now: float) -> bool:
        """Act on one note; False to look at it again."""
        said = json.loads(note.body)
        if note.kind == "recording":
            self._store.recordings.hurry(said.get("RecordingSid", ""), now)
            self._take_in(note.call, said, now)
        elif note.kind == "left" or (note.leg == note.call and said.get("CallStatus") in OVER):
            if now < note.at + GRACE:
                return False
            self.end(note.call, note.at)
        return True

    def _make_good(self, call: str, now: float) -> None:
        """Look again at a call of which turns were folded late: it may have ended without them."""
        row = self._store.calls.find(call)
        if row is None:
            return  # its first turn lies on another node; that will be told, too
        own = [note for note in self._store.notes(call) if note.leg == call]
        over = any(note.kind == "left" or json.loads(note.body).get("CallStatus") in OVER for note in own)
        if row.ended_at is not None or over:
            self.end(call, now)

    def _take_in(self, call: str, said: Mapping[str, str], now: float) -> None:
        """End a call once more whose recording is told of after its end, unless we have it already."""
        if said.get("RecordingStatus") != "completed" or self._store.recordings.find(said.get("RecordingSid", "")):
            return
        row = self._store.calls.find(call)
        if row is not None and row.ended_at is not None:
            self.end(call, now)

    def sweep(self, now: float) -> int:
        """End calls that nobody told us are over, and look for what came after an end; says how many there were."""
        quiet = self._store.calls.quiet(now - QUIET, 500)
        over = [call for call in quiet if now - call.last > self._longest(call)]
        known = self._known_to_the_carrier() if len(over) < len(quiet) else None
        if known is not None:
            over += [call for call in quiet if call not in over and call.call not in known]
        for call in over:
            self.end(call.call, call.last)
        overtaken = self._store.calls.overtaken(500)
        for name in overtaken:
            self.end(name, now)
        return len(over) + len(overtaken) + self._recount(now)

    def _recount(self, now: float) -> int:
        """Compare the recordings of calls that have ended with the carrier's list; says of how many calls.

        What is new there becomes a note, as if the carrier had told us itself.
        """
        due = self._store.calls.to_recount(now, 100) if self._carrier else []
        for row in due:
            call, ended = row.record.call, row.ended_at or now
            try:
                found = self._carrier.recordings(call) if self._carrier else []
            except CarrierAway as error:
                log.warning("carrier_away", reason=str(error))
                return 0  # it is asked again in the next round
            for said in found:
                event = f"{said['RecordingSid']} completed"
                self._board.note(Notice(call, call, "recording", event, now, said))
            self._store.calls.recount(call, ended + AGAIN if now < ended + AGAIN else None)
        return len(due)

    def _longest(self, quiet: Quiet) -> float:
        try:
            limits = self._tree(quiet.version).limits
        except UnknownVersion:
            limits = Limits()
        return limits.talk + SPARE

    def _known_to_the_carrier(self) -> set[str] | None:
        """List the carrier's calls; None where there is no carrier or it does not say."""
        if self._carrier is None:
            return None
        try:
            return self._carrier.going_on()
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
        before = self._store.calls.find(call) if TRACES.on else None
        with TRACES.doing("end", call):
            self._end(call, at)
        if before is not None and before.ended_at is None and (row := self._store.calls.find(call)) is not None:
            told: dict[str, str | int] = {
                "ivr.outcome": row.outcome,
                "ivr.line": row.record.line,
                "ivr.turns": row.turns,
            }
            TRACES.whole(call, row.record.at, row.ended_at or at, told)

    def _end(self, call: str, at: float) -> None:
        self._store.tickets.gone(call, at)
        try:
            self._board.end(call, at)
            ending = self._ending(call)
        except StoreUnavailable:
            raise
        except UnknownCall:
            return  # its first request never became a turn
        except Erased:
            return  # how it ended was written before; nobody can read it any more
        except Exception:
            # Whatever is wrong with one call must not keep the others open. What it holds stays held, for `retry`.
            log.exception("call_not_ended", call=call)
            self._store.calls.end(call, Ending(at, "unknown", 0, 0))
            return
        self._store.calls.end(call, ending)
        self._store.effects.decide(call, at)

    def _ending(self, call: str) -> Ending:
        record = self._store.call(call)
        if record is None:
            raise UnknownCall(f"no call {call} is known")
        chain = self._store.chain(call)
        path = walked(chain)
        key = key_of(record, self._keyring)
        events = [event for turn in path for event in read_told(turn, key).events]
        at, turns = ends(chain)[0].at, sum(turn.kind != "end" for turn in path) + 1
        recount = at + RECOUNT if self._may_have_spoken(record, path) else None
        return Ending(
            at,
            outcome(events),
            turns,
            talked(events),
            recount,
            marks.language_of(events, self._tree(record.version), record.line),
            marks.path_text(marks.choices_of(events)),
            Found(marks.of_call(self._keyring.held(record.key), events, agents_of(self._store, call, chain, key))),
        )

    def _may_have_spoken(self, record: CallRecord, path: Sequence[TurnRecord]) -> bool:
        """Say whether the carrier may hold words of the caller's: a step that records was reached."""
        steps = self._tree(record.version).steps
        return not record.pretend and any(isinstance(steps.get(turn.place), Record) for turn in path)
