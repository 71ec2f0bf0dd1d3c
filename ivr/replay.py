"""Records run again: the way a caller really went, and whether every turn still gives what it gave.

Two turns of one parent are two branches: the caller heard one, the other's answer was lost. The branch that a later
turn names as its parent was heard; of those that nobody names, the one from which the call was ended, else the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ivr.codec import write_json
from ivr.content import Content
from ivr.engine.events import ConsentSpoken, Event
from ivr.engine.inputs import Input, Pressed
from ivr.engine.moving import move
from ivr.engine.state import CallState
from ivr.engine.step import step
from ivr.engine.tree import Value
from ivr.engine.turn import Turn
from ivr.engine.waiting import spoken_beside
from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.privacy import CallKey, key_of
from ivr.records import CallRecord, TurnRecord
from ivr.token import Vocabulary
from ivr.turns import HIDDEN, Told, digest, hidden_digest, hide, holds_secret, read_told

NOTES_CONSENT = 3  # the first version of the engine whose records say that a caller was told of a recording


class NotTheSame(IvrError):
    """A record, run again, gave something else."""


class TurnsMissing(IvrError):
    """A call's records are not whole: a turn that others follow is not there."""


@dataclass(frozen=True, slots=True)
class Played:
    """One record, run again."""

    record: TurnRecord
    told: Told
    before: CallState
    after: CallState
    turn: Turn | None  # None where a secret was keyed and nothing can stand for it: the step cannot be run
    content: Content  # of the version that the turn was made in
    origin: Content | None = None  # of the version that made the state before, where the call was taken off it


@dataclass(frozen=True, slots=True)
class Reel:
    """All of one call that is needed to play it."""

    call: CallRecord
    chain: Sequence[TurnRecord]  # parents first
    key: CallKey
    contents: Mapping[str, Content]  # by hash: the version that the call began with, and those that it was taken to


def reel(call: CallRecord, chain: Sequence[TurnRecord], keyring: Keyring, content: Callable[[str], Content]) -> Reel:
    """Load one call; KeyNotHeld, NotReadable or UnknownVersion where it cannot be played."""
    versions = {call.version, *(turn.version for turn in chain)}
    return Reel(call, chain, key_of(call, keyring), {version: content(version) for version in versions})


def play(reel: Reel) -> Iterator[Played]:
    """Run every turn of a call again, all branches, parents first."""
    states: dict[bytes, CallState] = {b"": CallState(line=reel.call.line)}
    versions = {record.id: record.version for record in reel.chain}
    for record in reel.chain:
        if record.parent not in states:
            continue  # an orphan's parent was lost with its branch
        told = read_told(record, reel.key)
        before = states[record.parent]
        content = reel.contents[record.version]
        made_by = versions.get(record.parent, record.version)
        origin = None if made_by == record.version else reel.contents[made_by]
        if record.kind == "side":
            spoken = Turn(before, spoken_beside(content.tree, before, told.input, told.reads), (), (), {})
            yield Played(record, told, before, before, spoken, content)
            continue
        turn = run(content, origin, before, told)
        after = told.after or (turn.state if turn else before)
        states[record.id] = after
        yield Played(record, told, before, after, turn, content, origin)


def run(content: Content, origin: Content | None, before: CallState, told: Told) -> Turn | None:
    """Run one turn with what it was told; None where a secret was keyed that no other keys can stand for."""
    if told.after is None:
        return advance(content, origin, before, told.input, known(told.reads))
    if not told.answer:
        return None
    turns = list(disguised(content, origin, before, told))
    fitting = (turn for turn in turns if told.answer == hidden_digest(content.tree, turn))
    return next(fitting, turns[0])


def disguised(content: Content, origin: Content | None, before: CallState, told: Told) -> Iterator[Turn]:
    """Run a turn in which a secret was keyed with the keys that stand for it, in two ways.

    Other secrets in the state are hidden first, then they are the same keys: for a question that asks for one again.
    """
    given = replace(told.input, keys=told.standin) if isinstance(told.input, Pressed) else told.input
    for mask in (HIDDEN, told.standin):
        state = hide((origin or content).tree, before, mask)
        yield advance(content, origin, state, given, known(told.reads))


def advance(
    content: Content, origin: Content | None, state: CallState, given: Input, facts: Mapping[str, Value]
) -> Turn:
    """Run one turn; `origin` is the version that made the state, where that was withdrawn."""
    if origin is None:
        return step(content.tree, state, given, facts)
    return move(content.tree, origin.tree, state, given, facts)


def known(reads: Mapping[str, Value]) -> dict[str, Value]:
    """Leave out what was unknown."""
    return {name: value for name, value in reads.items() if value is not None}


def heard(chain: Sequence[TurnRecord], named: bytes = b"") -> list[TurnRecord]:
    """Give the turns that the caller heard, first to last; `named` is a turn that a note names."""
    children: dict[bytes, list[TurnRecord]] = {}
    followed = {record.parent for record in chain if record.kind != "end"}
    ended = {record.parent for record in chain if record.kind == "end"}  # by what was known then
    sure = set(lineage(chain, named))
    for record in chain:
        if record.kind == "drive":
            children.setdefault(record.parent, []).append(record)
    path: list[TurnRecord] = []
    at = b""
    while at in children:
        branches = children[at]
        path.append(max(branches, key=lambda one: (one.id in sure, one.id in followed, one.id in ended, one.at)))
        at = path[-1].id
    return path


def ends(chain: Sequence[TurnRecord]) -> list[TurnRecord]:
    """List a call's ends in their order: one, and a further one for all that turned up after it. The last counts."""
    return sorted((turn for turn in chain if turn.kind == "end"), key=lambda turn: (turn.at, turn.id))


def walked(chain: Sequence[TurnRecord]) -> list[TurnRecord]:
    """Follow a call that has ended back from its end: the turns that its caller heard, first to last, and the end."""
    turns = {turn.id: turn for turn in chain}
    last = ends(chain)[-1:]
    return [turns[name] for name in lineage(chain, last[0].id)][::-1] if last else []


def lineage(chain: Sequence[TurnRecord], name: bytes) -> Iterator[bytes]:
    """Name a turn and all that came before it, back to the first."""
    turns = {turn.id: turn for turn in chain}
    while name in turns:
        yield name
        name = turns[name].parent


def check(reel: Reel) -> int:
    """Compare every turn with its record: how many were compared. NotTheSame names the first that differs.

    TurnsMissing names a turn that is not there: what follows it can be run by nobody, and proves nothing.
    """
    count = 0
    there = {b"", *(record.id for record in reel.chain)}
    for record in reel.chain:
        if record.parent not in there:
            raise TurnsMissing(
                f"turn {record.parent.hex()} is not there, and turn {record.id.hex()} came after it",
                hint="where it lies in the spool of another node, let that node run first",
            )
    words = {version: Vocabulary(content.tree) for version, content in reel.contents.items()}
    for played in play(reel):
        if played.turn is not None:
            compare(played, played.turn, words[played.record.version])
            count += 1
    return count


def compare(played: Played, turn: Turn, words: Vocabulary) -> None:
    """Compare one turn with its record; NotTheSame says in what they differ."""
    told, place = played.told, f"turn {played.record.id.hex()} at {played.before.place or 'the start'}"
    if events_of(turn, played.record) != told.events:
        raise NotTheSame(f"{place}: other events")
    if turn.effects != told.effects:
        raise NotTheSame(f"{place}: other effects")
    if told.answer and told.answer != answer_of(played, turn, words):
        raise NotTheSame(f"{place}: another state or other words")


def events_of(turn: Turn, record: TurnRecord) -> tuple[Event, ...]:
    """Give what a turn noted, without what the engine that made the record did not note yet."""
    known = record.engine >= NOTES_CONSENT
    return turn.events if known else tuple(one for one in turn.events if not isinstance(one, ConsentSpoken))


def answer_of(played: Played, turn: Turn, words: Vocabulary) -> str:
    """Digest what a turn gave, as its record does."""
    tree = played.content.tree
    if played.record.kind == "side":
        return digest(b"", turn)
    secret = played.told.after is not None or holds_secret((played.origin or played.content).tree, played.before)
    if secret or holds_secret(tree, turn.state):
        return hidden_digest(tree, turn)
    return digest(write_json(words.row(turn.state)), turn)
