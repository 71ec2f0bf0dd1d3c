"""One call's story, turn by turn: what was heard, pressed and decided, and how long it took."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ivr.archive.calls import Archive, Seen
from ivr.archive.promises import Promised, promised
from ivr.archive.sounds import Sounds
from ivr.archive.talking import TAPED, taped_told
from ivr.archive.wording import in_a_word, in_words, spoken, voices
from ivr.archive.wrap_ups import Opened
from ivr.archive.wrap_ups import opened as written
from ivr.archive.written import written_down
from ivr.cases import OpenCase, opened
from ivr.codec import NotCodable, encoder
from ivr.content import Content
from ivr.engine.effects import Effect
from ivr.engine.events import Event, WaitEnded
from ivr.engine.tree import Value
from ivr.engine.verbs import Verb
from ivr.errors import UnknownCall, UnknownVersion
from ivr.keys import KeyNotHeld
from ivr.privacy import NotReadable, key_of
from ivr.records import CallRecord, NoteRecord, TurnRecord
from ivr.replay import Played, heard, play, reel, walked
from ivr.store.effects import Wanted
from ivr.store.recordings import Recording
from ivr.talks import Happened, TalkDesk
from ivr.turns import Told, read_told

Library = Callable[[str], Content]


@dataclass(frozen=True, slots=True)
class Scene:
    """One turn of the story."""

    turn: str  # id, hexadecimal
    kind: str  # drive | side | end
    at: float
    since: float  # seconds since the turn before
    took: int  # microseconds from the request until the record was ready
    place: str  # the step that answered
    leg: str  # an agent's leg (CallSid); "" for the caller's own
    did: str  # what the caller did, in words; keys of a secret are never known
    events: tuple[Event, ...]
    wanted: tuple[Effect, ...]  # what is to be done outside the call
    words: tuple[str, ...]  # what was spoken then; () where the version is not on this node
    heard: bool  # False: the answer was lost, another branch went on
    version: str  # that answered: another than before where the call was taken off one
    facts: Mapping[str, Value] = field(default_factory=dict)  # that were read; None where one was unknown
    voices: tuple[str, ...] = ()  # language and voice of what was spoken
    target: str = ""  # of an agent's leg: whom it rang


@dataclass(frozen=True, slots=True)
class Story:
    """One call and everything that belongs to it."""

    call: Seen
    scenes: tuple[Scene, ...]
    notes: tuple[NoteRecord, ...]
    recordings: tuple[Recording, ...]
    cases: tuple[OpenCase, ...]
    effects: tuple[Wanted, ...]
    call_backs: tuple[Promised, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)  # sid of a recording -> its words, as the carrier heard
    wrap_ups: tuple[Opened, ...] = ()  # what agents wrote, drafts too
    talks: tuple[Happened, ...] = ()  # what was asked for during its talks

    @property
    def taped(self) -> frozenset[str]:
        """Name the recordings that are of talks."""
        return frozenset(one.how for one in self.talks if one.what == TAPED)


def story(archive: Archive, call: str, library: Library) -> Story:
    """Tell one call; UnknownCall where nobody knows it. What cannot be read is left out; `call.readable` says so."""
    row = archive.store.calls.find(call)
    if row is None:
        raise UnknownCall(f"no call {call} is known", hint="ivr calls lists the calls that are")
    chain = archive.store.chain(call)
    return Story(
        call=archive.seen(row),
        scenes=tuple(_scenes(archive, row.record, chain, library)),
        notes=tuple(archive.store.notes(call)),
        recordings=tuple(archive.store.recordings.of_call(call)),
        cases=tuple(opened(case, archive.store, archive.keyring) for case in archive.store.cases.of_call(call)),
        effects=tuple(archive.store.effects.of_call(call)),
        call_backs=tuple(
            promised(each, archive.store, archive.keyring) for each in archive.store.call_backs.of_call(call)
        ),
        written=written_down(archive.store, archive.keyring, call),
        wrap_ups=written(archive, call),
        talks=_talks(archive, call),
    )


def _talks(archive: Archive, call: str) -> tuple[Happened, ...]:
    """Read what was asked for during the talks, and what of them was recorded; not the former where no key is here."""
    try:
        asked = TalkDesk(archive.store, archive.keyring).told(call)
    except (KeyNotHeld, NotReadable):
        asked = []
    taped = [line for tape in archive.store.tapes.of_call(call) for line in taped_told(tape)]
    return tuple(sorted((*asked, *taped), key=lambda one: one.at))


def _scenes(archive: Archive, call: CallRecord, chain: Sequence[TurnRecord], library: Library) -> Iterator[Scene]:
    played = _played(archive, call, chain, library)
    told = _told(archive, call, chain)
    way = walked(chain) or heard(chain)
    sure = {turn.id for turn in way} | {turn.id for turn in chain if turn.kind == "side"}
    before, sounds = None, Sounds(library)
    for turn in chain:
        said = told.get(turn.id)
        at = said.input.at if said else turn.at  # on the caller's clock: a pretended call has one of its own
        before = at if before is None else before
        yield Scene(
            turn=turn.id.hex(),
            kind=turn.kind,
            at=at,
            since=max(0.0, at - before),
            took=turn.took,
            place=turn.place,
            leg=turn.leg if turn.leg != call.call else "",
            did=in_words(said.input) if said else in_a_word(turn.heard),
            events=_of_the_last_team(archive, turn, said.events) if said else (),
            wanted=said.effects if said else (),
            words=tuple(word for verb in _verbs(turn, played) for word in spoken(verb, sounds.of(turn.version))),
            heard=turn.id in sure,
            version=turn.version,
            facts=said.reads if said else {},
            voices=tuple(dict.fromkeys(voice for verb in _verbs(turn, played) for voice in voices(verb))),
            target=said.target if said else "",
        )
        before = at


def _of_the_last_team(archive: Archive, turn: TurnRecord, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Name the team that a wait ended with: whoever was sent on waited for another one than their step says.

    The ticket knows it; it has the name of the turn before, which said that the caller waits.
    """
    if not any(isinstance(event, WaitEnded) for event in events):
        return events
    ticket = archive.store.tickets.find(turn.parent)
    if ticket is None:
        return events
    return tuple(replace(event, team=ticket.team) if isinstance(event, WaitEnded) else event for event in events)


def _verbs(turn: TurnRecord, played: Mapping[bytes, Played]) -> tuple[Verb, ...]:
    """Give the words of a turn that was run again; () where it cannot be."""
    shown = played[turn.id].turn if turn.id in played else None
    return shown.verbs if shown else ()


def _played(
    archive: Archive, call: CallRecord, chain: Sequence[TurnRecord], library: Library
) -> Mapping[bytes, Played]:
    """Run the call again; {} where its key or its version is not here."""
    try:
        return {one.record.id: one for one in play(reel(call, chain, archive.keyring, library))}
    except (KeyNotHeld, NotReadable, NotCodable, UnknownVersion):
        return {}


def _told(archive: Archive, call: CallRecord, chain: Sequence[TurnRecord]) -> dict[bytes, Told]:
    """Read what the turns tell; {} where the key is not here."""
    try:
        key = key_of(call, archive.keyring)
        return {turn.id: read_told(turn, key) for turn in chain}
    except (KeyNotHeld, NotReadable, NotCodable):
        return {}


_events = encoder(tuple[Event, ...])
_wanted = encoder(tuple[Effect, ...])


def scene_data(scene: Scene) -> dict[str, Any]:
    """Lay a scene out for JSON."""
    made = {name: getattr(scene, name) for name in Scene.__slots__}
    made |= {"facts": dict(scene.facts), "voices": list(scene.voices), "words": list(scene.words)}
    return made | {"events": _events(scene.events), "wanted": _wanted(scene.wanted)}


def note_data(note: NoteRecord) -> dict[str, Any]:
    """Lay a note out for JSON."""
    return {"leg": note.leg, "kind": note.kind, "at": note.at, "said": json.loads(note.body)}


def wrap_up_data(one: Opened) -> dict[str, Any]:
    """Lay out for JSON what an agent wrote."""
    row, said = one.row, one.said
    made = {"agent": one.name, "outcome": row.outcome, "wrong_option": row.wrong, "saved_at": row.saved_at}
    return made | {"notes": said.notes if said else None, "answers": dict(said.answers) if said else None}
