"""The switchboard: open the token, step once, commit, answer.

The step runs before anything is read, and its record is inserted where no record of its id stands. Where one does,
somebody was first with the same request: their facts are taken, the step runs again, and both copies are answered
alike. So the normal path reads no state, and no request needs a lock.

Where nothing can be kept, neither in the database nor on the node's disk, the step runs once more and is told so: what
would promise something takes its `failed` exit. From then on the call is *unrecorded*: its token names no parent, and
nothing of it is kept any more, since a later turn could not be read without the ones that are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter, time
from typing import Protocol

import structlog

from ivr.card import Carried
from ivr.codec import encoder
from ivr.content import Content
from ivr.engine.inputs import Called, Dialed, HungUp, Input, Pressed
from ivr.engine.state import CallState
from ivr.engine.tree import Line, Tree
from ivr.engine.turn import Turn
from ivr.engine.verbs import Hang, Speak, Verb
from ivr.engine.whisper import document_of, speak
from ivr.errors import NothingDurable, NothingPublished, StoreUnavailable, TokenRefused
from ivr.facts.desk import Facts
from ivr.facts.snapshot import Snapshot
from ivr.facts.view import Asking
from ivr.keys import Keyring
from ivr.logs import HERE
from ivr.metrics.counted import TURNS
from ivr.privacy import call_key, key_of, new_seed, tombstones
from ivr.records import CallRecord, Entry, NoteRecord, TurnRecord
from ivr.replay import known
from ivr.switchboard import entries
from ivr.switchboard.carrying import Script, carried
from ivr.switchboard.entries import Moment, Notice
from ivr.switchboard.inquiring import question_of, waits
from ivr.switchboard.ringing import answered, unclear
from ivr.token import START, Envelope, Pretend, Tokens, Vocabulary, starts
from ivr.turns import SIDE, Told, digest, read_told

log = structlog.get_logger()

HOUR = 3600
DAY = 24 * HOUR
LONGEST_CALL = 4 * HOUR  # the carrier ends a call then
LONGEST_NUMBER = 100  # characters of a caller's address; a longer one counts as withheld (ivr/token/longest.py)
UNRECORDED = b"unrecorded turn."  # 16 bytes: the parent of what follows a turn that could not be kept
NOT_OURS = "This number is not in service. Goodbye."  # a call that no line of ours takes has no menu to speak from


class Store(Protocol):
    """What the switchboard asks of the store; every method raises StoreUnavailable where there is no answer in time."""

    @property
    def away(self) -> bool:
        """Whether the database is known to be away."""

    def commit(self, entry: Entry) -> bool:
        """Keep an entry durably: False where its request was there. NothingDurable: nobody takes it."""

    def note(self, note: NoteRecord, marks: Sequence[bytes] = ()) -> bool:
        """Keep a note durably: False where it was there, or a tombstone of its call stands under one of the marks."""

    def asked(self, call: str, request: bytes) -> TurnRecord | None:
        """Find the turn that a request of a call came to."""

    def call(self, call: str) -> CallRecord | None:
        """Find a call."""

    def chain(self, call: str) -> list[TurnRecord]:
        """List the turns of a call, all branches, parents first."""

    def notes(self, call: str) -> list[NoteRecord]:
        """List the notes of a call in order of time."""


class Versions(Protocol):
    """What the switchboard asks of the library; both raise UnknownVersion."""

    def get(self, version: str) -> Content:
        """Find a version."""

    def vocabulary(self, version: str) -> Vocabulary:
        """Find a version's words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller, or an agent, is told next."""

    verbs: tuple[Verb, ...]  # empty where nobody listens any more
    token: str  # of the next request; "" where there is none
    card: Carried | None = None  # goes along to phones that can show it


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg that rings somebody of ours."""

    call: str  # its own CallSid
    parent: str  # the caller's
    target: str = ""  # whom it rings, as the carrier writes it


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read and placed in its call."""

    envelope: Envelope
    call: str
    heard: Input
    at: float  # seconds since the epoch, on our clock
    began: float  # seconds of a clock that only measures spans

    def within(self, version: str) -> Request:
        """Go on in a version."""
        if version == self.envelope.version:
            return self
        return replace(self, envelope=replace(self.envelope, version=version))


class Board:
    """One process's way from requests to answers; safe for threads."""

    def __init__(self, library: Versions, keyring: Keyring, facts: Facts, store: Store) -> None:
        """Take what a turn needs."""
        self.library = library
        self.keyring = keyring
        self.facts = facts
        self.store = store
        self.tokens = Tokens(keyring, library.vocabulary)
        self.script: Script | None = None  # of whoever answers the carrier: what was answered is noted with each turn

    def begin(self, call: str, called: Called) -> Answer:
        """Take a new call with the version in force; NothingPublished where there is none."""
        began = perf_counter()
        version = self.facts.snapshot.living.active
        if version is None:
            raise NothingPublished
        tree = self.library.get(version).tree
        line = line_of(tree, called.to)
        if line is None:
            voice = tree.voices.get(tree.language, "")
            return Answer((Speak(NOT_OURS, "en-US", voice if tree.language == "en-US" else ""), Hang()), "")
        envelope = Envelope(self.keyring.first, b"", version, b"", 0, CallState(line=line.id))
        return self.first(Request(envelope, call, called, called.at, began))

    def drive(self, token: str, call: str, heard: Input, seconds: float | None = None) -> Answer:
        """Move a call by one turn; `seconds` since it began, on the caller's clock, count in pretended calls alone."""
        began = perf_counter()
        if starts(token):
            envelope = self.tokens.open(token, START, time())
            if not isinstance(heard, Called):
                raise TokenRefused("a start token takes nothing but a new call")
            return self.first(Request(envelope, call, on_clock(heard, envelope.pretend, seconds), heard.at, began))
        envelope = self.tokens.open(token, call, time())
        return self.turn(Request(envelope, call, on_clock(heard, envelope.pretend, seconds), heard.at, began))

    def first(self, request: Request) -> Answer:
        """Answer a call's first request; a repeat takes the key, the version and the facts of the first copy."""
        envelope, called = request.envelope, request.heard
        assert isinstance(called, Called)  # noqa: S101 - both ways here have made sure
        if called.number and len(called.number) > LONGEST_NUMBER:
            called = replace(called, number=None)
        seeded = replace(request, envelope=replace(envelope, seed=new_seed()), heard=called)
        return self.turn(seeded)

    def turn(self, request: Request, *, lost: bool = False) -> Answer:
        """Run one turn and commit it, or take the turn that stands there already; `lost`: nothing can be kept."""
        lost = lost or request.envelope.parent == UNRECORDED
        snapshot = self.facts.snapshot
        moment = self.moment(request, version_for(request.envelope, snapshot))
        pretend = request.envelope.pretend
        facts = self.facts.of(moment.content, snapshot, self.asking(request, moment.state.line, lost=lost))
        if moment.origin is None and waits(moment):
            name = entries.drive_turn(moment)
            if self.known(request.call, name):  # somebody has asked for this turn already
                return self.again(request, name)
            chain = [] if pretend is None else self.store.chain(request.call)
            moment = replace(moment, heard=self.facts.inquiries.ask(question_of(moment, facts, pretend, chain)))
        if unclear(moment):
            moment = self.with_answered(moment)
        turn = moment.advance(facts)
        if lost:
            row = self.tokens.row(moment.content.hash, turn.state)
            TURNS.add(perf_counter() - request.began, entries.DRIVE, "unkept")
            return self.answer(request.within(moment.content.hash), UNRECORDED, turn, row)
        record, answer = self.written(request, moment, turn, snapshot)
        try:
            return self.settled(request, entries.entry_of(moment, record, pretend=pretend is not None), answer)
        except NothingDurable:
            log.error("turn_not_kept", call=request.call, place=turn.state.place)  # noqa: TRY400 - said by the store
            return self.turn(request, lost=True)

    def settled(self, request: Request, entry: Entry, answer: Answer) -> Answer:
        """Keep a turn and give its answer, or the answer of the turn that its request came to before."""
        if self.store.commit(entry):
            return new(request, answer)
        try:
            return self.again(request, entry.turn.request)
        except StoreUnavailable:
            # The database went between its no and our look. What we made is kept on the disk, as a node does that
            # cannot see the others: a branch beside theirs, or the very same turn.
            return new(request, answer) if self.store.commit(entry) else self.again(request, entry.turn.request)

    def asking(self, request: Request, line: str, *, lost: bool) -> Asking:
        """Say for whom facts are looked up."""
        pretend = request.envelope.pretend
        called = request.heard if isinstance(request.heard, Called) else None
        return Asking(
            request.call,
            line,
            request.heard.at,
            called.number if called else None,
            None if pretend is None else pretend.facts,
            called.verified if called else None,
            reached=not (lost or self.store.away),
            lost=lost,
        )

    def known(self, call: str, name: bytes) -> bool:
        """Tell whether a request has come to a turn already; not, where nobody can say."""
        try:
            return self.store.asked(call, name) is not None
        except StoreUnavailable:
            return False

    def moment(self, request: Request, version: str) -> Moment:
        """Gather what a turn in this version is made of."""
        envelope = request.envelope
        if HERE.call == request.call:
            HERE.turn = envelope.parent
        return Moment(
            content=self.library.get(version),
            key=envelope.key,
            call_key=call_key(envelope.key, envelope.seed),
            call=request.call,
            parent=envelope.parent,
            state=envelope.state,
            heard=request.heard,
            at=request.at,
            began=request.began,
            origin=None if version == envelope.version else self.library.get(envelope.version),
        )

    def with_answered(self, moment: Moment) -> Moment:
        """Say who answered, of those rung together; without the database nobody can tell: all of them have passed."""
        assert isinstance(moment.heard, Dialed)  # noqa: S101 - `unclear` has looked
        try:
            passed = answered(moment, self.store.chain(moment.call))
        except StoreUnavailable:
            passed = ()
        return replace(moment, heard=replace(moment.heard, passed=passed))

    def written(self, request: Request, moment: Moment, turn: Turn, snapshot: Snapshot) -> tuple[TurnRecord, Answer]:
        """Make a turn's record and its answer."""
        name = entries.drive_turn(moment)
        row = self.tokens.row(moment.content.hash, turn.state)
        told = entries.told_of(moment, turn, snapshot, row)
        named = entries.turn_name(moment, name, turn, told)
        answer = self.answer(request.within(moment.content.hash), named, turn, row)
        if self.script and request.envelope.pretend is None and not entries.in_secret(moment, turn):
            told = replace(told, document=self.script(answer.verbs, answer.token, answer.card))
        return entries.turn_record(moment, name, entries.DRIVE, turn, told), answer

    def answer(self, request: Request, name: bytes, turn: Turn, row: bytes) -> Answer:
        """Say what a turn of this name says, with the token of the state after it."""
        envelope = request.envelope
        tree = self.library.get(envelope.version).tree
        card = carried(tree, request.call, turn.state, turn.verbs, envelope.key)
        return Answer(turn.verbs, self.next_token(request, name, turn.state, row), card)

    def next_token(self, request: Request, name: bytes, state: CallState, row: bytes) -> str:
        """Seal the state after a turn that has this name."""
        before = request.envelope
        expires = before.expires or expiry(self.library.get(before.version).tree, state.began)
        after = Envelope(before.key, before.seed, before.version, name, expires, state, before.pretend)
        return self.tokens.seal(after, request.call, row)

    def again(self, request: Request, name: bytes) -> Answer:
        """Answer a repeat as the first copy was answered."""
        theirs = self.store.asked(request.call, name)
        if theirs is None:
            raise StoreUnavailable("a turn that stands there cannot be found")
        if not request.envelope.parent:
            request = self.joined(request, theirs)
        moment = self.moment(request, theirs.version)
        told = with_keys(read_told(theirs, moment.call_key), request.heard)
        turn = replace(moment, heard=told.input).advance(known(told.reads))
        row = self.tokens.row(theirs.version, turn.state)
        TURNS.add(perf_counter() - request.began, entries.DRIVE, "repeated")
        return self.answer(request.within(theirs.version), theirs.id, turn, row)

    def joined(self, request: Request, theirs: TurnRecord) -> Request:
        """Put a repeat of the first request in the call that the first copy began."""
        call = self.store.call(request.call)
        if call is None:
            raise StoreUnavailable("a call that stands there cannot be found")
        envelope = replace(
            request.envelope,
            key=self.keyring.held(call.key),
            seed=key_of(call, self.keyring).seed,
            version=theirs.version,
            state=CallState(line=call.line),
        )
        return replace(request, envelope=envelope)

    def side(self, token: str, leg: Leg, heard: Input, seconds: float | None = None) -> Answer:
        """Speak on an agent's leg: `Continued` asks for the whisper, keys or silence for what follows it."""
        began = perf_counter()
        envelope = self.tokens.open(token, leg.parent, time())
        at = heard.at
        heard = on_clock(heard, envelope.pretend, seconds)
        moment = self.moment(Request(envelope, leg.parent, heard, at, began), envelope.version)
        verbs = speak(moment.content.tree, moment.state, heard)
        name = entries.side_turn(envelope.key, leg.call, document_of(heard))
        turn = Turn(moment.state, verbs, (), (), {})
        told = Told(heard, {}, "", 0.0, (), digest(b"", turn), target=leg.target)
        record = replace(entries.turn_record(moment, name, SIDE, turn, told), leg=leg.call)
        if not self.keeps(record, began):
            theirs = self.store.asked(leg.parent, name)
            if theirs is None:
                raise StoreUnavailable("a turn that stands there cannot be found")
            first = read_told(theirs, moment.call_key).input
            verbs = speak(moment.content.tree, moment.state, first)
        return Answer(verbs, token)

    def keeps(self, record: TurnRecord, began: float) -> bool:
        """Keep what was spoken beside a call's turns: False where it was spoken before; True also where nobody can.

        `began` is when its request came, on the clock that only measures spans.
        """
        outcome = "unkept"
        try:
            if record.parent != UNRECORDED:
                outcome = "new" if self.store.commit(Entry(record)) else "repeated"
        except NothingDurable:
            pass
        TURNS.add(perf_counter() - began, SIDE, outcome)
        return outcome != "repeated"

    def note(self, notice: Notice) -> bool:
        """Write down what the carrier tells beside the turns; False where it told so before."""
        return self.store.note(entries.note_record(notice), tombstones(self.keyring, notice.call))

    def left(self, token: str, call: str, heard: HungUp) -> bool:
        """Write down that the caller hung up, and what they left: a recording, a ring that was joined."""
        envelope = self.tokens.open(token, call, time())
        body = {"parent": envelope.parent.hex(), "heard": encoder(HungUp)(heard)}
        return self.note(Notice(call, call, "left", envelope.parent.hex(), heard.at, body))

    def start_token(self, version: str, line: str, pretend: Pretend) -> str:
        """Seal the start of a pretended call."""
        envelope = Envelope(self.keyring.first, b"", version, b"", int(time()) + DAY, CallState(line=line), pretend)
        return self.tokens.seal(envelope, START)


def new(request: Request, answer: Answer) -> Answer:
    """Count a turn that nobody had made before."""
    TURNS.add(perf_counter() - request.began, entries.DRIVE, "new")
    return answer


def line_of(tree: Tree, to: str) -> Line | None:
    """Find the line with this number, else the default one."""
    lines = tree.lines.values()
    exact = (line for line in lines if line.number == to)
    return next(exact, next((line for line in lines if line.default), None))


def version_for(envelope: Envelope, snapshot: Snapshot) -> str:
    """Say in which version a call goes on: its own, unless that was withdrawn. Nothing moves what has ended."""
    if envelope.pretend or not envelope.parent or envelope.state.ended:
        return envelope.version
    return snapshot.living.moved.get(envelope.version, envelope.version)


def expiry(tree: Tree, began: float) -> int:
    """Say until when a call's tokens hold: the longest call plus an hour."""
    return int(began) + max(LONGEST_CALL, tree.limits.call + tree.limits.talk) + HOUR


def on_clock(heard: Input, pretend: Pretend | None, seconds: float | None) -> Input:
    """Put an input on the caller's clock, to the millisecond."""
    at = round(heard.at if pretend is None else pretend.began + (seconds or 0.0), 3)
    return heard if at == heard.at else replace(heard, at=at)


def with_keys(told: Told, heard: Input) -> Told:
    """Put a secret back from a repeat's own keys: the record leaves it out."""
    if told.after is None or not isinstance(told.input, Pressed) or not isinstance(heard, Pressed):
        return told
    return replace(told, input=replace(told.input, keys=heard.keys))
