"""What is committed of a turn, and the ids that make a repeat the same turn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from ivr.codec import write_json
from ivr.content import Content
from ivr.engine.inputs import Called, Input, Pressed
from ivr.engine.state import CallState
from ivr.engine.step import ENGINE_VERSION
from ivr.engine.tree import Tree, Value
from ivr.engine.turn import Turn
from ivr.facts.snapshot import Snapshot
from ivr.keys import SecretKey
from ivr.privacy import CallKey, caller_index, wrap
from ivr.records import CallRecord, Entry, NoteRecord, TurnRecord, name_of
from ivr.replay import advance, disguised, known
from ivr.switchboard.standins import standins
from ivr.turns import (
    SIDE,
    Told,
    digest,
    effect_records,
    hidden_digest,
    hide,
    holds_secret,
    is_secret,
    normal,
    without_keys,
)

DRIVE, END = "drive", "end"


@dataclass(frozen=True, slots=True)
class Moment:
    """One request as the switchboard sees it."""

    content: Content  # of the version that the turn is made in
    key: SecretKey  # the call began with it
    call_key: CallKey
    call: str
    parent: bytes
    state: CallState  # before the turn
    heard: Input  # its `at` on the caller's clock
    at: float  # seconds since the epoch, on our clock
    began: float  # of the request: seconds of a clock that only measures spans
    origin: Content | None = None  # of the version that made the state, where the call is taken off it

    @property
    def asked_by(self) -> Tree:
        """Give the menu whose words the caller has answered."""
        return (self.origin or self.content).tree

    def advance(self, facts: Mapping[str, Value]) -> Turn:
        """Run the turn."""
        return advance(self.content, self.origin, self.state, self.heard, facts)


@dataclass(frozen=True, slots=True)
class Notice:
    """What the carrier tells beside the turns."""

    call: str  # the caller's CallSid
    leg: str  # the CallSid that it is about
    kind: str  # status | recording | left
    event: str  # what tells one notice of this kind from the next: a sequence number, a recording with its status
    at: float  # seconds since the epoch
    body: Mapping[str, Any]  # JSON without numbers of people


JOINED = "joined"  # kind of what is told of the conference in which TaskRouter has joined somebody's browser
CONFERENCE = "ConferenceSid"  # in its body


def first_turn(call: str) -> bytes:
    """Name the request for a call's first turn: it has no token yet that could tell which key the call began with."""
    return name_of("first", call)


def end_turn(call: str, number: int) -> bytes:
    """Name the wish for a call's last, silent turn; `number` is above 1 where something turned up after it."""
    return name_of("end", call) if number == 1 else name_of("end", call, str(number))


def drive_turn(moment: Moment) -> bytes:
    """Name a request by the turn before it and what the caller did."""
    if not moment.parent:
        return first_turn(moment.call)
    return moment.key.record_id(DRIVE.encode(), moment.call.encode(), moment.parent, normal(moment.heard))


def side_turn(key: SecretKey, leg: str, document: str) -> bytes:
    """Name the request for what is spoken on a leg, by leg and document."""
    return key.record_id(SIDE.encode(), leg.encode(), document.encode())


def told_of(moment: Moment, turn: Turn, snapshot: Snapshot, row: bytes) -> Told:
    """Tell a turn, secrets left out; `row` is the state after it, as the token writes it."""
    told = Told(
        input=moment.heard,
        reads=turn.reads,
        snapshot=snapshot.hash,
        age=round(moment.at - snapshot.taken, 1),
        events=turn.events,
        answer=digest(row, turn),
    )
    if not moment.asked_by.secrets and not moment.content.tree.secrets:
        return told
    return told_in_secret(moment, turn, replace(told, answer="")) or told


def in_secret(moment: Moment, turn: Turn) -> bool:
    """Say whether a secret was in play: keyed, or held before or after the turn."""
    before, tree = moment.asked_by, moment.content.tree
    if not before.secrets and not tree.secrets:
        return False
    return (
        is_secret(before, moment.state, moment.heard)
        or holds_secret(before, moment.state)
        or holds_secret(tree, turn.state)
    )


def told_in_secret(moment: Moment, turn: Turn, told: Told) -> Told | None:
    """Tell a turn in which a secret was in play, so that it can be run again without; None where none was."""
    if not in_secret(moment, turn):
        return None
    before, tree = moment.asked_by, moment.content.tree
    secret = is_secret(before, moment.state, moment.heard)
    answer, after = hidden_digest(tree, turn), hide(tree, turn.state)
    if not secret:
        again = advance(moment.content, moment.origin, hide(before, moment.state), moment.heard, known(turn.reads))
        return replace(told, answer=answer) if alike(tree, again, turn) else replace(told, after=after)
    count = len(moment.heard.keys) if isinstance(moment.heard, Pressed) else 0
    told = replace(told, input=without_keys(moment.heard), after=after)
    for keys in standins(before, moment.state, count):
        shown = replace(told, answer=answer, standin=keys)
        if any(alike(tree, again, turn) for again in disguised(moment.content, moment.origin, moment.state, shown)):
            return shown
    return told


def alike(tree: Tree, one: Turn, other: Turn) -> bool:
    """Say whether two turns are the same but for their secrets."""
    known_of_both = (one.verbs, one.events, one.effects, one.reads) == (
        other.verbs,
        other.events,
        other.effects,
        other.reads,
    )
    return known_of_both and hide(tree, one.state) == hide(tree, other.state)


def turn_name(moment: Moment, request: bytes, turn: Turn, told: Told) -> bytes:
    """Name a turn by its request and the digest of what it came to; without the key that digest tells nothing."""
    came_to = told.answer or hidden_digest(moment.content.tree, turn)
    return moment.key.record_id(b"turn", request, came_to.encode())


def turn_record(moment: Moment, request: bytes, kind: str, turn: Turn, told: Told) -> TurnRecord:
    """Write the record of a turn, under its name."""
    key = moment.call_key
    name = turn_name(moment, request, turn, told)
    return TurnRecord(
        id=name,
        request=request,
        call=moment.call,
        leg=moment.call,
        parent=moment.parent,
        kind=kind,
        version=moment.content.hash,
        engine=ENGINE_VERSION,
        at=moment.at,
        took=int((perf_counter() - moment.began) * 1e6),
        place=turn.state.place,
        heard=type(moment.heard).__name__,
        private=key.seal(name, write_json(told)),
        seed=key.name,
        effects=effect_records(turn.effects, name, moment.key, key) if turn.effects else (),
    )


def call_record(moment: Moment, called: Called, *, pretend: bool) -> CallRecord:
    """Write the record of a call, with its first turn."""
    told = json.dumps({"from": called.number, "to": called.to}).encode()
    return CallRecord(
        call=moment.call,
        line=moment.state.line,
        version=moment.content.hash,
        at=moment.at,
        pretend=pretend,
        caller=caller_index(moment.key, called.number) if called.number else b"",
        key=moment.key.id,
        seed=moment.call_key.name,
        wrapped=wrap(moment.key, moment.call, moment.call_key.seed),
        private=moment.call_key.seal(moment.call.encode(), told),
    )


def note_record(notice: Notice) -> NoteRecord:
    """Write down what moves nothing."""
    return NoteRecord(
        id=name_of("note", notice.call, notice.leg, notice.kind, notice.event),
        call=notice.call,
        leg=notice.leg,
        kind=notice.kind,
        at=notice.at,
        body=json.dumps(notice.body, ensure_ascii=False, sort_keys=True),
    )


def entry_of(moment: Moment, record: TurnRecord, *, pretend: bool) -> Entry:
    """Put together what is committed at once."""
    if not moment.parent and isinstance(moment.heard, Called):
        return Entry(record, call_record(moment, moment.heard, pretend=pretend))
    return Entry(record)
