"""A call read back whole, and what its end still has to take in.

A caller who hangs up while speaking is told of thrice: by the carrier's word that the call is over, by the request that
brings the recording, by the note that the recording is ready. Each may come late, in any order, or never. So a call
is ended as soon as its end is known, and ended once more where something turns up that the ends before did not have: a
turn whose request was late, another branch that the caller heard, a recording that nobody has taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ivr.codec import decoder
from ivr.engine.effects import KeepRecording
from ivr.engine.inputs import HungUp, LateWords, Recorded
from ivr.engine.tree import Record
from ivr.errors import UnknownCall
from ivr.records import CallRecord, NoteRecord, TurnRecord
from ivr.replay import Played, ends, heard

Closing = tuple[Played, HungUp | LateWords]  # the turn that an end goes on from, and what it is told
SPOKEN = {"", "RecordVerb"}  # the carrier's word for a caller's message; others record whole calls


@dataclass(frozen=True, slots=True)
class Words:
    """A recording that somebody told us of, and how we learned where it was spoken."""

    recording: Recorded
    parent: bytes = b""  # the turn that asked for it; b"" where nobody said


@dataclass(frozen=True)
class Past:
    """One call, everything run again."""

    record: CallRecord
    chain: Sequence[TurnRecord]
    notes: Sequence[NoteRecord]  # in order of time
    played: Mapping[bytes, Played]

    @cached_property
    def ends(self) -> list[TurnRecord]:
        """The ends so far, in their order."""
        return ends(self.chain)

    @cached_property
    def last(self) -> Played:
        """The last turn that the caller heard; UnknownCall where there is none."""
        path = heard(self.chain, self._left[0])
        if not path:
            raise UnknownCall(f"call {self.record.call} has no turn")
        return self.played[path[-1].id]

    @cached_property
    def _left(self) -> tuple[bytes, HungUp | None]:
        """How the caller left by the carrier's own note, with the turn that the note names."""
        said = [json.loads(note.body) for note in self.notes if note.kind == "left"]
        return (bytes.fromhex(said[-1]["parent"]), _hung_up(said[-1]["heard"])) if said else (b"", None)

    def closing(self, left: HungUp) -> Closing | None:
        """Say what the next end goes on from and is told; None where there is nothing to add.

        `left` is how the caller left as far as whoever asks knows.
        """
        last, words = self.last, self.untaken
        own = next((each.recording for each in words if self._spoken_at(last, each)), None)
        given = self._departure(left, own)
        if not self.ends or self._root(self.ends[-1]) != last.record.id:
            return last, given
        if own and not self._took_words(last):
            return last, given
        if not words:
            return None
        late = words[0]
        return self.played[self.ends[-1].id], LateWords(left.at, self._place(late), late.recording)

    def _departure(self, left: HungUp, own: Recorded | None) -> HungUp:
        """Put together how the caller left: the carrier's note, what we were told, a recording of the last turn's."""
        noted = self._left[1] or left
        return HungUp(noted.at, left.recording or own, noted.bridged or left.bridged, noted.seconds or left.seconds)

    @cached_property
    def untaken(self) -> list[Words]:
        """The caller's recordings that no turn has kept, neither one that was heard nor an end."""
        path = [*heard(self.chain, self._left[0]), *self.ends]
        effects = (effect for turn in path for effect in self.played[turn.id].told.effects)
        kept = {effect.sid for effect in effects if isinstance(effect, KeepRecording)}
        found: dict[str, Words] = {}
        for words in (*self._in_turns(), *self._in_notes()):
            sid = words.recording.sid
            if sid and sid not in kept:
                found.setdefault(sid, words)
        return sorted(found.values(), key=lambda each: each.recording.at)

    def _in_turns(self) -> Iterator[Words]:
        """Give recordings that came with a request, in turns that nobody heard too."""
        for played in self.played.values():
            given = played.told.input
            if isinstance(given, Recorded):
                yield Words(given, played.record.parent)

    def _in_notes(self) -> Iterator[Words]:
        """Give recordings that the carrier told us of, beside the turns."""
        for note in self.notes:
            said = json.loads(note.body)
            if note.kind == "left":
                given = _hung_up(said["heard"])
                if given.recording is not None:
                    yield Words(given.recording, bytes.fromhex(said["parent"]))
            elif said.get("RecordingStatus") == "completed" and said.get("RecordingSource", "") in SPOKEN:
                yield Words(_recorded(note, said))

    def _spoken_at(self, last: Played, words: Words) -> bool:
        """Say whether a recording belongs to the document that the caller heard last, as far as can be known."""
        if last.after.ended or not isinstance(last.content.tree.steps.get(last.after.place), Record):
            return False  # a call that we ended ourselves goes nowhere on: such words are kept as late ones
        return words.parent == last.record.id or (not words.parent and words.recording.at >= last.record.at)

    def _took_words(self, last: Played) -> bool:
        """Say whether an end has already gone on with words from this turn."""
        mine = [turn for turn in self.ends if turn.parent == last.record.id]
        return any(isinstance(effect, KeepRecording) for turn in mine for effect in self.played[turn.id].told.effects)

    def _place(self, words: Words) -> str:
        """Say at which step words were spoken: where their turn stood, else the last step that records."""
        asked = self.played.get(words.parent)
        if asked is not None:
            return asked.after.place
        for turn in reversed(heard(self.chain, self._left[0])):
            step = self.played[turn.id].content.tree.steps.get(turn.place)
            if isinstance(step, Record) and turn.at <= words.recording.at:
                return step.id
        return ""

    def _root(self, end: TurnRecord) -> bytes:
        """Name the turn of the caller's that an end goes back to."""
        turns = {turn.id: turn for turn in self.ends}
        while end.parent in turns:
            end = turns[end.parent]
        return end.parent


_hung_up = decoder(HungUp)


def _recorded(note: NoteRecord, said: Mapping[str, str]) -> Recorded:
    seconds = said.get("RecordingDuration", "")
    whole = int(seconds) if seconds.isascii() and seconds.isdigit() else 0
    return Recorded(note.at, said.get("RecordingSid", ""), said.get("RecordingUrl", ""), whole)
