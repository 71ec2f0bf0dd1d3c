"""What must read a call back from its records: its end, and the carrier's request for a fallback."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter, time

from ivr.engine.inputs import Called, Continued, HungUp, Recorded
from ivr.errors import UnknownCall
from ivr.facts.view import Asking
from ivr.metrics.counted import TURNS
from ivr.privacy import key_of
from ivr.records import CallRecord, Entry
from ivr.replay import Played, play, reel
from ivr.switchboard import entries
from ivr.switchboard.board import DAY, Answer, Board, Request, version_for
from ivr.switchboard.past import Closing, Past
from ivr.token import Envelope, Pretend


class Switchboard(Board):
    """A board that can also go on from the last turn that was heard."""

    def end(self, call: str, at: float, recording: Recorded | None = None, *, bridged: bool = False) -> bool:
        """End a call whose caller is gone: one silent turn from the last turn that was heard.

        What the caller left (a recording that was going on, a ring that was joined) is taken from what is given or else
        from the carrier's own notes. Where the call had ended, only what has turned up since then is taken in, by a
        further end. False: there was nothing to add. UnknownCall where no call has this id; KeyNotHeld where its secret
        key is gone.
        """
        added, more = False, True
        while more and self.add_end(past := self.past(call), HungUp(at, recording, bridged), at):
            added, more = True, bool(past.untaken)  # one end takes one recording
        return added

    def add_end(self, past: Past, left: HungUp, at: float) -> bool:
        """Add one end; False where there is nothing to add, or somebody was first with it."""
        began = perf_counter()
        closing = past.closing(left)
        if closing is None:
            return False
        before = past.ends[-1].at + 0.001 if past.ends else 0.0  # ends stand in the order of their times
        record, snapshot = past.record, self.facts.snapshot
        request = self.silent(record, closing, round(max(at, before), 3), began)
        moment = self.moment(
            request, request.envelope.version if record.pretend else version_for(request.envelope, snapshot)
        )
        asking = Asking(record.call, record.line, moment.heard.at, None, {} if record.pretend else None)
        turn = moment.advance(self.facts.of(moment.content, snapshot, asking))
        told = entries.told_of(moment, turn, snapshot, self.tokens.row(moment.content.hash, turn.state))
        name = entries.end_turn(record.call, len(past.ends) + 1)
        added = self.store.commit(Entry(entries.turn_record(moment, name, entries.END, turn, told)))
        TURNS.add(perf_counter() - began, entries.END, "new" if added else "repeated")
        return added

    def fallback(self, call: str, called: Called) -> Answer:
        """Answer the carrier when it could not use our last answer: say it again, from the records.

        Nothing is written: the caller hears the last turn that we know of, once more. A call without records begins.
        """
        record = self.store.call(call)
        if record is None:
            return self.begin(call, called)
        request, last = self.standing(record, called.at)
        if last.turn is None:  # a secret was keyed: its words cannot be made again, so the call goes on by itself
            return self.turn(request)
        row = self.tokens.row(last.record.version, last.after)
        return self.answer(request, last.record.id, last.turn, row)

    def token_of(self, call: str, at: float) -> str:
        """Seal once more the state after the last turn that was heard, for a caller whose leg we moved ourselves."""
        record = self.store.call(call)
        if record is None:
            raise UnknownCall(f"no call {call} is known")
        request, last = self.standing(record, at)
        return self.next_token(request, last.record.id, last.after, self.tokens.row(last.record.version, last.after))

    def standing(self, record: CallRecord, at: float) -> tuple[Request, Played]:
        """Say where a call stands, from its records: a request that would go on from the last turn that was heard."""
        began = perf_counter()
        last = self.past(record.call).last
        pretend = Pretend(last.after.began) if record.pretend else None
        expires = int(time()) + DAY if record.pretend else 0
        key, seed = self.keyring.held(record.key), key_of(record, self.keyring).seed
        envelope = Envelope(key, seed, last.record.version, last.record.id, expires, last.after, pretend)
        return Request(envelope, record.call, Continued(at), at, began), last

    def past(self, call: str) -> Past:
        """Read a call back."""
        record = self.store.call(call)
        if record is None:
            raise UnknownCall(f"no call {call} is known")
        chain = self.store.chain(call)
        tape = reel(record, chain, self.keyring, self.library.get)
        return Past(record, chain, self.store.notes(call), {each.record.id: each for each in play(tape)})

    def silent(self, record: CallRecord, closing: Closing, at: float, began: float) -> Request:
        """Make the request for a silent turn, in the version of the turn that it goes on from."""
        last, given = closing
        moment_at = last.told.input.at if record.pretend else given.at  # a pretended call has a clock of its own
        key, seed = self.keyring.held(record.key), key_of(record, self.keyring).seed
        envelope = Envelope(key, seed, last.record.version, last.record.id, 0, last.after)
        return Request(envelope, record.call, replace(given, at=round(moment_at, 3)), at, began)
