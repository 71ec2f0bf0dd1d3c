"""What must read a call back from its records: its end, and the carrier's request for a fallback."""

from __future__ import annotations

import json
from dataclasses import replace
from time import perf_counter, time

from ivr.codec import decoder
from ivr.engine.inputs import Called, Continued, HungUp, Recorded
from ivr.errors import UnknownCall
from ivr.facts.view import Asking
from ivr.privacy import key_of
from ivr.records import CallRecord, Entry, NoteRecord, TurnRecord
from ivr.replay import Played, heard, play, reel
from ivr.switchboard import entries
from ivr.switchboard.board import DAY, Answer, Board, Request, version_for
from ivr.token import Envelope, Pretend


class Switchboard(Board):
    """A board that can also go on from the last turn that was heard."""

    def end(self, call: str, at: float, recording: Recorded | None = None, *, bridged: bool = False) -> bool:
        """End a call whose caller is gone: one silent turn from the last turn that was heard. False: it had ended.

        What the caller left (a recording that was going on, a ring that was joined) is taken from what is given or else
        from the carrier's own note. UnknownCall where no call has this id; KeyNotHeld where its secret key is gone.
        """
        began = perf_counter()
        record, chain = self.found(call)
        if any(turn.kind == entries.END for turn in chain):
            return False
        notes = self.store.notes(call)
        parent, left = departure(notes, HungUp(at, recording, bridged))
        last = self.last_heard(record, chain, parent)
        left = replace(left, recording=left.recording or last_words(notes, last))
        snapshot = self.facts.snapshot
        request = self.silent(record, last, left, at, began)
        moment = self.moment(
            request, request.envelope.version if record.pretend else version_for(request.envelope, snapshot)
        )
        asking = Asking(call, record.line, moment.heard.at, None, {} if record.pretend else None)
        turn = moment.advance(self.facts.of(moment.content, snapshot, asking))
        told = entries.told_of(moment, turn, snapshot, self.tokens.row(moment.content.hash, turn.state))
        return self.store.commit(Entry(entries.turn_record(moment, entries.end_turn(call), entries.END, turn, told)))

    def fallback(self, call: str, called: Called) -> Answer:
        """Answer the carrier when it could not use our last answer: say it again, from the records.

        Nothing is written: the caller hears the last turn that we know of, once more. A call without records begins.
        """
        record = self.store.call(call)
        if record is None:
            return self.begin(call, called)
        began = perf_counter()
        last = self.last_heard(record, self.store.chain(call), b"")
        pretend = Pretend(last.after.began) if record.pretend else None
        expires = int(time()) + DAY if record.pretend else 0
        key, seed = self.keyring.held(record.key), key_of(record, self.keyring).seed
        version = last.record.version
        envelope = Envelope(key, seed, version, last.record.id, expires, last.after, pretend)
        request = Request(envelope, call, Continued(called.at), called.at, began)
        if last.turn is None:  # a secret was keyed: its words cannot be made again, so the call goes on by itself
            return self.turn(request)
        row = self.tokens.row(version, last.after)
        return self.answer(request, last.record.id, last.turn, row)

    def found(self, call: str) -> tuple[CallRecord, list[TurnRecord]]:
        """Read a call with its turns."""
        record = self.store.call(call)
        if record is None:
            raise UnknownCall(f"no call {call} is known")
        return record, self.store.chain(call)

    def last_heard(self, record: CallRecord, chain: list[TurnRecord], named: bytes) -> Played:
        """Find the last turn that the caller heard, run again."""
        path = heard(chain, named)
        if not path:
            raise UnknownCall(f"call {record.call} has no turn")
        played = {each.record.id: each for each in play(reel(record, chain, self.keyring, self.library.get))}
        return played[path[-1].id]

    def silent(self, record: CallRecord, last: Played, left: HungUp, at: float, began: float) -> Request:
        """Make the request for the silent turn, in the version that the caller heard last."""
        moment_at = last.told.input.at if record.pretend else left.at  # a pretended call has a clock of its own
        key, seed = self.keyring.held(record.key), key_of(record, self.keyring).seed
        envelope = Envelope(key, seed, last.record.version, last.record.id, 0, last.after)
        return Request(envelope, record.call, replace(left, at=round(moment_at, 3)), at, began)


def departure(notes: list[NoteRecord], otherwise: HungUp) -> tuple[bytes, HungUp]:
    """Read how the caller left from the carrier's note, with the turn that the note names; b"" where it named none."""
    left = [note for note in notes if note.kind == "left"]
    if not left:
        return b"", otherwise
    told = json.loads(left[-1].body)
    heard_last: HungUp = decoder(HungUp)(told["heard"])
    recording = heard_last.recording or otherwise.recording
    return bytes.fromhex(told["parent"]), HungUp(heard_last.at, recording, heard_last.bridged or otherwise.bridged)


def last_words(notes: list[NoteRecord], last: Played) -> Recorded | None:
    """Find a recording that ended after the last turn and that no turn took: the request that brought it was lost."""
    taken = set(last.after.values.values())
    for note in notes:
        said = json.loads(note.body) if note.kind == "recording" and note.at >= last.record.at else {}
        if said.get("RecordingStatus") == "completed" and said.get("RecordingSid") not in {None, "", *taken}:
            seconds = said.get("RecordingDuration", "")
            whole = int(seconds) if seconds.isascii() and seconds.isdigit() else 0
            return Recorded(note.at, said["RecordingSid"], said.get("RecordingUrl", ""), whole)
    return None
