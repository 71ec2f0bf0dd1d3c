"""Calls that are really played: a switchboard of this process, whose records are kept here until the call is over.

Nothing of the engine, the seals or the records is another than on the phone; only the clock, the seeds of the calls'
keys and what callers do come from the plan, so that the same plan gives the same calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from time import perf_counter

from ivr.content import Content
from ivr.demo.temper import Temper
from ivr.demo.waits import Wait, waits_of
from ivr.engine.effects import Effect
from ivr.engine.events import Event
from ivr.engine.inputs import Called, Continued, HungUp, Input
from ivr.engine.state import CallState
from ivr.engine.tree import Line, Value
from ivr.engine.verbs import Continue, Enqueue, EnqueueTask, Hang, Refuse
from ivr.facts.desk import Facts
from ivr.facts.numbers import NumberBlocks, write_number
from ivr.facts.snapshot import Living, Snapshot, Snapshots, snapshot_of
from ivr.facts.view import Asking, TurnFacts
from ivr.insight.counting import Heard
from ivr.keys import Keyring
from ivr.privacy import key_of
from ivr.publishing.library import Library
from ivr.records import CallRecord, EffectRecord, Entry, NoteRecord, TurnRecord
from ivr.replay import ends, walked
from ivr.switchboard import Switchboard
from ivr.switchboard.board import Answer, Request
from ivr.token import Envelope
from ivr.turns import read_told

MOST = 40  # turns that anybody has patience for
SPENT = 1000  # where numbers of cases begin
THERE: Mapping[str, Value] = {"able": 4, "present": 4, "free": 0, "waiting": 2}  # in every team that queues


@dataclass(frozen=True, slots=True)
class Part:
    """Who calls, when, and on which line of which version."""

    call: str  # CallSid
    at: float
    number: str | None
    line: Line
    version: str
    seed: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that was to be done outside the call."""

    at: float
    turn: bytes
    parent: bytes
    record: EffectRecord
    effect: Effect


@dataclass(frozen=True, slots=True)
class Played:
    """A call that is over."""

    call: CallRecord
    turns: Sequence[TurnRecord]
    ended: float
    heard: tuple[Heard, ...]
    wanted: tuple[Wanted, ...]
    waits: tuple[Wait, ...]
    turns_heard: int  # as the list of calls counts them

    @property
    def events(self) -> tuple[Event, ...]:
        """Give what happened, first to last."""
        return tuple(event for heard in self.heard for event in heard.events)


@dataclass(slots=True)
class Memory:
    """The records of one call."""

    record: CallRecord | None = None
    turns: dict[bytes, TurnRecord] = field(default_factory=dict)  # by request
    away: bool = False

    def commit(self, entry: Entry) -> bool:
        """Keep an entry: False where its request was there."""
        if entry.turn.request in self.turns:
            return False
        self.turns[entry.turn.request] = entry.turn
        self.record = entry.call or self.record
        return True

    def note(self, note: NoteRecord, marks: Sequence[bytes] = ()) -> bool:
        """Take nothing down: the carrier tells nothing here."""
        del note, marks
        return True

    def asked(self, call: str, request: bytes) -> TurnRecord | None:
        """Find the turn that a request came to."""
        del call
        return self.turns.get(request)

    def call(self, call: str) -> CallRecord | None:
        """Find the call."""
        del call
        return self.record

    def chain(self, call: str) -> list[TurnRecord]:
        """List its turns."""
        del call
        return list(self.turns.values())

    def notes(self, call: str) -> list[NoteRecord]:
        """List what the carrier told."""
        del call
        return []


class Still(Snapshots):
    """What lives, as it was when the call at hand began."""

    def __init__(self) -> None:
        """Nothing lives yet."""
        self.current = snapshot_of(Living(), 0.0)
        self._made: dict[str, Snapshot] = {}

    def show(self, version: str, at: float) -> None:
        """Let this version be in force."""
        made = self._made.setdefault(version, snapshot_of(Living(active=version), 0.0))
        self.current = replace(made, taken=at - 0.2)


class Then(Facts):
    """What was known at the time: no roster of it is kept, so every team had its people."""

    def of(self, content: Content, snapshot: Snapshot, asking: Asking) -> TurnFacts:
        """Give one turn its facts."""
        return Staffed(content, snapshot, self.numbers, asking)


class Staffed(TurnFacts):
    """Facts in which somebody is always there."""

    def queue(self, team: str, what: str) -> Value:
        """Look up how a team's queue stands."""
        return THERE.get(what.partition(".")[0]) if self.content.tree.teams[team].waits else None


class Block(NumberBlocks):
    """The numbers of cases that a day may spend, of each series the same."""

    def __init__(self) -> None:
        """Spend none yet."""
        self.open(0, 0)

    def open(self, first: int, count: int) -> None:
        """Begin a day's."""
        self._first, self._last = SPENT + first, SPENT + first + count
        self._next: dict[str, int] = {}

    def take(self, series: str) -> str | None:
        """Take a number; None where the day has no more."""
        number = self._next.get(series, self._first)
        if number >= self._last:
            return None
        self._next[series] = number + 1
        return write_number(series, number)

    def spent(self) -> dict[str, int]:
        """Say with which number each series would go on."""
        return dict(self._next)


class Stage:
    """Plays calls; one per process."""

    def __init__(self, data: Path, keyring: Keyring) -> None:
        """Take versions from the node's disk."""
        self.library = Library(data)
        self.keyring = keyring
        self.numbers = Block()
        self._still = Still()
        self._facts = Then(self._still, self.numbers)

    def play(self, part: Part, chance: Random) -> Played:
        """Let somebody call, walk through the menu and be gone."""
        memory = Memory()
        board = Switchboard(self.library, self.keyring, self._facts, memory)
        self._still.show(part.version, part.at)
        answer, at = self._begun(board, part), part.at
        temper = Temper(chance, self.library.get(part.version).tree)
        asked: dict[bytes, CallState] = {}  # the turns after which the caller waits
        for _ in range(MOST):
            if not answer.verbs or isinstance(answer.verbs[-1], Hang | Refuse):
                break
            envelope = board.tokens.open(answer.token, part.call, at)
            given: Input | None
            if isinstance(answer.verbs[-1], Continue):
                given = Continued(at)
            else:
                if isinstance(answer.verbs[-1], Enqueue | EnqueueTask):
                    asked[envelope.parent] = envelope.state
                given, spent = temper.deed(answer.verbs, envelope.state)
                at = round(at + spent, 3)
            if given is None:
                break
            answer = board.turn(Request(envelope, part.call, replace(given, at=at), at, perf_counter()))
        ended = round(at + chance.uniform(0.5, 3.0), 3)
        board.add_end(board.past(part.call), HungUp(ended), ended)
        return self._read(memory, ended, asked, chance)

    def _begun(self, board: Switchboard, part: Part) -> Answer:
        state = CallState(line=part.line.id)
        envelope = Envelope(self.keyring.first, part.seed, part.version, b"", 0, state)
        called = Called(part.at, part.number, part.line.number)
        return board.turn(Request(envelope, part.call, called, part.at, perf_counter()))

    def _read(self, memory: Memory, ended: float, asked: Mapping[bytes, CallState], chance: Random) -> Played:
        """Read a call back; what its answers took is drawn, since this process's own speed would be chance."""
        record = memory.record
        assert record is not None  # noqa: S101 - a call begins with its record
        chain = [replace(turn, took=int(chance.lognormvariate(7.6, 0.4))) for turn in memory.turns.values()]
        key = key_of(record, self.keyring)
        path = walked(chain)
        told = [(turn, read_told(turn, key)) for turn in path]
        heard = tuple(Heard(each.input.at, turn.id, turn.parent, each.events) for turn, each in told)
        tree = self.library.get(record.version).tree
        return Played(
            call=record,
            turns=chain,
            ended=ends(chain)[0].at if ends(chain) else ended,
            heard=heard,
            wanted=tuple(
                Wanted(turn.at, turn.id, turn.parent, *two)
                for turn, each in told
                for two in _pairs(turn.effects, each.effects)
            ),
            waits=tuple(waits_of(heard, asked, tree, record.at)),
            turns_heard=sum(turn.kind != "end" for turn in path) + 1,
        )


def _pairs(records: Sequence[EffectRecord], effects: Sequence[Effect]) -> Iterator[tuple[EffectRecord, Effect]]:
    yield from zip(records, effects, strict=True)
