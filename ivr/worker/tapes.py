"""Talks are recorded: begun when the two are joined, on the caller's leg, and stopped when the caller goes on alone.

Whatever is asked of the carrier was written down before. What nobody heard an answer to is looked up in the carrier's
list of that leg's recordings, and begun again only where it is not there.
"""

from __future__ import annotations

import time
from typing import Protocol

import structlog

from ivr.carrier.legs import CannotBeCalled
from ivr.carrier.recordings import CarrierAway
from ivr.carrier.rooms import TAPED, Tape
from ivr.engine.events import ConsentGiven, ConsentRefused, ConsentSpoken
from ivr.handover.talk import GOES_ON, PAUSED
from ivr.keys import KeyNotHeld
from ivr.privacy import NotReadable, key_of
from ivr.replay import lineage
from ivr.retries import RETRIES
from ivr.talks import TalkDesk
from ivr.tapes import ASKED, AWAY, NO, RUNNING, TOO_SHORT, UNTOLD, WANTED, TalkTape
from ivr.turns import read_told
from ivr.worker.recordings import LATE, told
from ivr.worker.talks import Wiring

SOON = 0.5  # seconds until it is looked at again whether what was paused before it began may begin
LATER = 3.0  # … after the carrier did not answer
DOUBT = 12.0  # seconds after which a recording that was asked for is looked up: no request of ours takes as long
SPEECH = frozenset({ConsentSpoken, ConsentGiven, ConsentRefused})

log = structlog.get_logger()


class Recorder(Protocol):
    """What is asked of the carrier: every method raises CarrierAway, or CannotBeCalled for what it refuses."""

    def record(self, leg: str, told_at: str) -> str:
        """Begin to record a leg: the RecordingSid."""

    def begun(self, leg: str) -> list[Tape]:
        """List the recordings of a leg that were begun by a request like ours."""

    def tape(self, tape: Tape, status: str) -> None:
        """Pause or stop a recording."""


class Taping:
    """Records talks; one per job process, several at work over one store."""

    def __init__(self, wiring: Wiring, recorder: Recorder) -> None:
        """Take talks from the store, and ask the carrier by `recorder`."""
        self._store = wiring.store
        self._keyring = wiring.keyring
        self._content = wiring.content
        self._told_at = f"{wiring.public_url}/voice/recording{RETRIES}"
        self._talks = TalkDesk(wiring.store, wiring.keyring)
        self._recorder = recorder

    def run(self, now: float) -> int:
        """See to every talk that is to be recorded, or is; says how many there were."""
        for ticket in self._store.tapes.talking():
            if self._content(ticket.version).tree.teams[ticket.team].record:
                self._store.tapes.want(TalkTape(ticket.offer, ticket.call, ticket.id, ticket.id, now, now))
        due = self._store.tapes.due(now)
        for tape, goes_on in due:
            try:
                self._see_to(tape, goes_on=goes_on)
            except CarrierAway as away:
                self._put_off(tape, str(away))
            except CannotBeCalled as refused:
                self._end(self._store.tapes.find(tape.id) or tape, str(refused))
        return len(due)

    def _see_to(self, tape: TalkTape, *, goes_on: bool) -> None:
        """Do what one tape wants now."""
        if tape.state == ASKED:
            self._look_up(tape, goes_on=goes_on)
        elif not goes_on:
            self._stop(tape)
        elif tape.state == WANTED:
            self._begin(tape)

    def _begin(self, tape: TalkTape) -> None:
        """Say that a recording is being asked for, then ask: of two job processes, one does."""
        why_not = self._untold(tape)
        if why_not:
            self._end(tape, why_not)
            return
        if self._paused(tape):  # before anything was recorded: a card number is being told
            self._store.tapes.change(tape, due=time.time() + SOON)
            return
        if not self._store.tapes.change(tape, state=ASKED, due=time.time() + DOUBT):
            return
        asked = self._store.tapes.find(tape.id) or tape
        sid = self._recorder.record(tape.call, self._told_at)
        self._store.tapes.change(asked, state=RUNNING, sid=sid, since=time.time(), due=time.time())
        if self._paused(tape):  # asked for while the carrier was beginning: nothing was in its list to be paused then
            self._recorder.tape(Tape(sid, tape.call, GOES_ON), PAUSED)

    def _paused(self, tape: TalkTape) -> bool:
        """Tell whether the agent wants nothing recorded now."""
        talk = self._talks.open_of(tape.call)
        return talk is not None and talk.recording == PAUSED

    def _look_up(self, tape: TalkTape, *, goes_on: bool) -> None:
        """Find what was asked for without an answer; where it is not there, it is asked for again."""
        known = {other.sid for other in self._store.tapes.of_call(tape.call)}
        found = [one.sid for one in self._recorder.begun(tape.call) if one.sid not in known]
        if found:
            self._store.tapes.change(tape, state=RUNNING, sid=found[0], since=time.time(), due=time.time())
        elif goes_on:
            self._store.tapes.change(tape, state=WANTED, due=time.time())
        else:
            self._end(tape, tape.reason or TOO_SHORT)

    def _stop(self, tape: TalkTape) -> None:
        """Stop what is being recorded; the carrier has stopped by itself where the caller has hung up."""
        for one in self._recorder.begun(tape.call) if tape.sid else ():
            if one.sid == tape.sid and one.status in TAPED:
                self._recorder.tape(one, "stopped")
        self._end(tape, tape.reason if tape.sid else tape.reason or TOO_SHORT)

    def _end(self, tape: TalkTape, why: str) -> None:
        """Look after a tape no more, and have fetched what there is of it."""
        now = time.time()
        ready = tape.sid and told(self._store.notes(tape.call), tape.sid)
        if self._store.tapes.end(tape, why, now, now if ready else now + LATE) and not tape.sid:
            log.warning("talk_not_recorded", call=tape.call, why=why)

    def _put_off(self, tape: TalkTape, why: str) -> None:
        """Try again later; the story says what is not recorded meanwhile."""
        fresh = self._store.tapes.find(tape.id)
        if fresh is None:
            return
        if not fresh.reason:
            log.warning("talk_not_recorded_yet", call=tape.call, why=why)
        self._store.tapes.change(fresh, reason=fresh.reason or AWAY, due=time.time() + LATER)

    def _untold(self, tape: TalkTape) -> str:
        """Say why this caller may not be recorded; "" for whoever was told, and has not said no since."""
        call, chain = self._store.call(tape.call), self._store.chain(tape.call)
        said: list[type] = []
        try:
            key = key_of(call, self._keyring) if call else None
            turns = {turn.id: turn for turn in chain}
            for name in lineage(chain, tape.turn) if key else ():
                said += [type(event) for event in reversed(read_told(turns[name], key).events)] if key else []
        except (KeyNotHeld, NotReadable):
            return UNTOLD
        last = next((kind for kind in said if kind in SPEECH), None)
        if last is None:
            return UNTOLD
        return NO if last is ConsentRefused else ""
