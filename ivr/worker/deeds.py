"""What an effect comes to: a case, a recording, an answer, a call back, a message. Done twice, each counts once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from ivr.archive.promises import place_kept
from ivr.codec import NotCodable, loads
from ivr.engine.effects import (
    AskBySms,
    CreateCase,
    Effect,
    KeepAnswer,
    KeepRecording,
    RequestCallBack,
    SendMessage,
    Staff,
    SubmitLater,
)
from ivr.errors import StoreUnavailable
from ivr.keys import KeyNotHeld, Keyring
from ivr.logs import concerning
from ivr.privacy import NotReadable, key_of, open_effect
from ivr.store import Store
from ivr.store.answers import Answer
from ivr.store.call_backs import CallBack
from ivr.store.cases import Case
from ivr.store.effects import Wanted
from ivr.store.polls import Poll
from ivr.store.recordings import Fetched, Recording
from ivr.traces import TRACES
from ivr.worker.orders import ORDERS, StaffDeeds
from ivr.worker.recordings import LATE, Inbox, pause, told
from ivr.worker.submitting import LateSubmits
from ivr.worker.talkers import who_talked
from ivr.worker.writing import Writing

log = structlog.get_logger()

USUAL = 3  # the priority of who waits, where no step says another


class Deeds:
    """Everything the job process does outside of calls."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        inbox: Inbox,
        late: LateSubmits | None = None,
        writing: Writing | None = None,
    ) -> None:
        """Read and write here; without `late` or `writing` what callers left to be submitted or written waits."""
        self._staff = StaffDeeds(store, inbox.recordings, inbox.depot)
        self._store = store
        self._keyring = keyring
        self._inbox = inbox
        self._late = late
        self._writing = writing

    def do(self, effect: bytes) -> str:
        """Do what one effect wants; says what became of it. StoreUnavailable: try again."""
        wanted = self._store.effects.find(effect)
        if wanted is None or wanted.state != "waiting":
            return "" if wanted is None else wanted.state
        with TRACES.doing(f"effect {wanted.record.kind}", wanted.call, wanted.turn):
            try:
                opened = self._open(wanted)
            except (KeyNotHeld, NotReadable, NotCodable) as error:
                self._store.effects.settle(effect, "failed", time.time(), str(error))
                log.error("effect_failed", kind=wanted.record.kind, why=str(error))  # noqa: TRY400 - the reason is all
                return "failed"
            return self._done(wanted, opened)

    def _done(self, wanted: Wanted, opened: Effect) -> str:
        if isinstance(opened, Staff):
            return self._staff.do(wanted, opened)
        return DEEDS[type(opened)](self, wanted, opened) if type(opened) in DEEDS else wanted.state

    def _open(self, wanted: Wanted) -> Effect:
        call = self._store.call(wanted.call)
        if call is None:
            raise NotReadable(f"no record of call {wanted.call}")
        found: Effect = loads(Effect, open_effect(wanted.record, key_of(call, self._keyring)))
        return found

    def create_case(self, wanted: Wanted, opened: CreateCase) -> str:
        """Open a case, once for a visit."""
        turn = self._store.turn(wanted.call, wanted.turn)
        parent, at = (turn.parent, turn.at) if turn else (b"", 0.0)
        made = Case(
            number=opened.number,
            effect=wanted.record.id,
            call=wanted.call,
            visit=f"{parent.hex()}/{wanted.record.ordinal}",
            kind=opened.kind,
            team=opened.team,
            priority=opened.priority,
            language=opened.language,
            at=at,
            private=wanted.record.private,
        )
        return "sent" if self._store.cases.create(made, time.time()) else "failed"

    def expect_recording(self, wanted: Wanted, opened: KeepRecording) -> str:
        """Have a recording fetched, now or when it must be ready."""
        now = time.time()
        ready = told(self._store.notes(wanted.call), opened.sid)
        recording = Recording(
            sid=opened.sid,
            call=wanted.call,
            effect=wanted.record.id,
            state="waiting",
            path="",
            sha256="",
            seconds=opened.seconds,
            size=0,
            reason="",
            attempts=0,
            due_at=now if ready else now + LATE,
            at=now,
        )
        self._store.recordings.expect(recording, now)
        return "sent"

    def keep_answer(self, wanted: Wanted, opened: KeepAnswer) -> str:
        """Keep what a caller answered to a question of a survey."""
        made = Answer(
            effect=wanted.record.id,
            call=wanted.call,
            step=opened.step,
            question=opened.question,
            kind=opened.kind,
            value=opened.value,
            case=opened.case,
            person=who_talked(self._store, self._keyring, wanted.call),
            at=self._told_at(wanted),
        )
        self._store.answers.keep(made, time.time())
        return "sent"

    def poll(self, wanted: Wanted, opened: AskBySms) -> str:
        """Ask a caller by SMS after the call."""
        turn = self._store.turn(wanted.call, wanted.turn)
        if turn is None or self._writing is None:
            return wanted.state
        poll = Poll(
            id=wanted.record.id,
            call=wanted.call,
            version=turn.version,
            step=opened.step,
            question=opened.question,
            met=opened.met,
            language=opened.language,
            case=opened.case,
            person=who_talked(self._store, self._keyring, wanted.call),
            other=b"",
            at=turn.at,
        )
        why_not = self._writing.polling.begin(poll, time.time())
        self._store.effects.settle(wanted.record.id, "failed" if why_not else "sent", time.time(), why_not)
        return "failed" if why_not else "sent"

    def promise(self, wanted: Wanted, opened: RequestCallBack) -> str:
        """Write down a promise to call back; who gave up a place in the queue for it keeps that place."""
        kept = place_kept(self._store.tickets.of_call(wanted.call), opened.team)
        made = CallBack(
            effect=wanted.record.id,
            call=wanted.call,
            turn=wanted.turn,
            team=opened.team,
            first_at=opened.first_at,
            zone=opened.zone,
            language=opened.language,
            case=opened.case,
            private=wanted.record.private,
            at=self._told_at(wanted),
            # Who gave up a place in the queue for it keeps that place; anybody else has waited since the first time.
            joined_at=kept.joined_at if kept else opened.first_at,
            priority=kept.priority if kept else USUAL,
            skills=kept.skills if kept else (),
            due_at=opened.first_at,
            changed_at=self._told_at(wanted),
        )
        self._store.call_backs.keep(made, time.time())
        return "sent"

    def _told_at(self, wanted: Wanted) -> float:
        """Say when the caller said so."""
        turn = self._store.turn(wanted.call, wanted.turn)
        return turn.at if turn else 0.0

    def submit(self, wanted: Wanted, opened: SubmitLater) -> str:
        """Send what a caller left for another system."""
        if self._late is None:
            return wanted.state
        call, turn = self._store.call(wanted.call), self._store.turn(wanted.call, wanted.turn)
        if call is None or turn is None:
            raise StoreUnavailable("a turn that stands there cannot be found")
        state, reason = self._late.send(call, turn, opened)
        self._store.effects.settle(wanted.record.id, state, time.time(), reason)
        return state

    def write(self, wanted: Wanted, opened: SendMessage) -> str:
        """Write a message."""
        return self._writing.write(wanted, opened, time.time()) if self._writing else wanted.state

    def fetch(self, sid: str) -> Fetched:
        """Try once to get a recording."""
        recording = self._store.recordings.find(sid)
        wanted = self._store.effects.find(recording.effect) if recording else None
        if recording is not None and self._store.tapes.find(recording.effect):  # of a talk: no step has asked for it
            kept = KeepRecording(sid, "", "talk", 0)
            return self._inbox.fetch(recording.call, kept, told(self._store.notes(recording.call), sid))
        if recording is None or wanted is None:
            return Fetched("absent", reason="nothing asks for it")
        try:
            opened = self._open(wanted)
        except (KeyNotHeld, NotReadable, NotCodable) as error:
            return Fetched("waiting", reason=str(error))
        if not isinstance(opened, KeepRecording):
            return Fetched("absent", reason="nothing asks for it")
        with TRACES.doing("recording", recording.call, wanted.turn):
            return self._inbox.fetch(recording.call, opened, told(self._store.notes(recording.call), sid))

    def settle(self, sid: str, attempt: int, fetched: Fetched) -> None:
        """Write down what an attempt (counted from 1) brought, and when the next one is due."""
        self._store.recordings.settle(sid, fetched, time.time() + pause(attempt))
        recording = self._store.recordings.find(sid) if fetched.state != "kept" else None
        if recording is not None:
            wanted = self._store.effects.find(recording.effect)
            told = {"state": fetched.state, "attempt": attempt, "why": fetched.reason}
            with concerning(recording.call, wanted.turn if wanted else b""):
                log.warning("recording_not_fetched", recording=sid, **told)


DEEDS: Mapping[type[Any], Callable[[Deeds, Wanted, Any], str]] = {
    CreateCase: Deeds.create_case,
    KeepRecording: Deeds.expect_recording,
    KeepAnswer: Deeds.keep_answer,
    AskBySms: Deeds.poll,
    RequestCallBack: Deeds.promise,
    SubmitLater: Deeds.submit,
    SendMessage: Deeds.write,
}
# kinds of effects that the job process does
DONE = (*(kind.__name__ for kind in DEEDS), *ORDERS)
