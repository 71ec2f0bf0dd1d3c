"""What came of a call: cases with their conversations, recordings with their words, answers, agents and their notes.

Each is what the job process and the pages make of the same effect (``ivr/worker/deeds.py``, ``ivr/desk``), long done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from random import Random

from ivr.archive.wrap_ups import OUTCOMES, Written, sealed_for
from ivr.demo.batch import Batch
from ivr.demo.cast import Cast
from ivr.demo.journeys import Journey
from ivr.demo.texts import ANSWERED, NOTED, REPLIED, SAID, drawn
from ivr.demo.waits import Wait, ticket_row
from ivr.engine.effects import CreateCase, Effect, KeepAnswer, KeepRecording, RequestCallBack, SendMessage
from ivr.keys import SecretKey
from ivr.marks import AGENT, mark, word_marks
from ivr.messages import Said, seal
from ivr.privacy import CallKey, caller_index
from ivr.store.case_words import CLOSED, NEVER, NEW, OPEN, SOLVED, WAITING
from ivr.store.material import Judged
from ivr.switchboard.transcribing import seal_words

DAY = 86_400.0
DUE = 2 * DAY  # after which most cases were to be answered
SETTLED = 21 * DAY  # an older case is done, but for a few
USUAL = 3  # the priority of who waits, where no step says another
WRONG = 0.04  # of the calls that an agent took: the menu sent them to the wrong team
STATUSES = (NEW, NEW, OPEN, OPEN, WAITING, SOLVED, CLOSED)


@dataclass(frozen=True, slots=True)
class File:
    """The one wav that every recording of the demo is."""

    path: str  # below the folder of recordings
    sha256: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Deed:
    """One effect that was done."""

    at: float
    turn: bytes
    parent: bytes
    ordinal: int
    id: bytes
    effect: Effect
    private: bytes


@dataclass(slots=True)
class Aftermath:
    """Writes what came of calls into a batch; one per process."""

    key: SecretKey
    cast: Cast
    file: File
    until: float  # the end of the history: later nothing has happened

    def write(self, batch: Batch, call: Call, deeds: Sequence[Deed]) -> None:
        """Write what came of one call."""
        agent = self._took(batch, call)
        case = ""
        for deed in deeds:
            match deed.effect:
                case CreateCase():
                    case = self._case(batch, call, deed, deed.effect)
                case KeepRecording():
                    self._recording(batch, call, deed, deed.effect)
                case KeepAnswer():
                    self._answer(batch, call, deed, agent, case)
                case RequestCallBack():
                    self._call_back(batch, call, deed, case)
                case SendMessage():
                    self._message(batch, call, deed, case)

    def _took(self, batch: Batch, call: Call) -> str:
        """Say which agent talked to the caller, with what they noted; "" where nobody did."""
        chance, person = call.chance, self.cast.who(call.journey.team, call.chance) if call.journey.team else None
        offer = chance.randbytes(16) if person else b""
        self._wait(batch, call, (person.id if person else "", offer))
        if person is None:
            return ""
        leg, began = f"CA{chance.getrandbits(128):032x}", call.ended - call.journey.talked
        ticket = next((wait.turn for wait in reversed(call.waits) if wait.met), b"")
        row = (offer, ticket, call.name, person.id, person.phone, began, "taken", leg, call.ended)
        batch["offers"].append(row)
        batch["call_marks"].append((mark(self.key, AGENT, person.id), call.at, call.name))
        if chance.random() < 0.65:
            self._wrap_up(batch, call, person.id)
        return person.id

    def _wait(self, batch: Batch, call: Call, taken: tuple[str, bytes]) -> None:
        """Write the tickets of a caller who waited; `taken` says who took the call, by which offer."""
        way = call.journey
        of = (call.name, call.at, way.version, way.line, call.key)
        batch["tickets"].extend([ticket_row(wait, of, taken) for wait in call.waits])

    def _wrap_up(self, batch: Batch, call: Call, person: str) -> None:
        chance = call.chance
        notes = drawn(NOTED, chance)
        at = round(min(self.until, call.ended + chance.uniform(10, 90)), 3)
        private = sealed_for(call.key, call.name, person, Written(notes))
        judged = Judged(chance.choice(("solved", "solved", "solved", *OUTCOMES)), chance.random() < WRONG)
        batch["wrap_ups"].append((call.name, person, 1, at, at, judged.outcome, judged.wrong, private))
        call.judged = (judged,)
        call.words.update(_words(self.key, notes))

    def _case(self, batch: Batch, call: Call, deed: Deed, made: CreateCase) -> str:
        chance, owner = call.chance, self.cast.who(made.team, call.chance) or self.cast.anybody(call.chance)
        age = self.until - deed.at
        status = CLOSED if age > SETTLED and chance.random() < 0.985 else chance.choice(STATUSES)
        rounds = 0 if status == NEW else chance.randrange(1, 4)
        due = round(deed.at + DUE, 3) if status in {NEW, OPEN} else NEVER
        late = due if due < self.until else None
        visit = f"{deed.parent.hex()}/{deed.ordinal}"
        common = (made.number, deed.id, call.name, visit, made.kind, made.team, made.priority, made.language, deed.at)
        batch["cases"].append((*common, deed.private, status, rounds, owner.id if rounds else "", due, late))
        at = deed.at
        for number in range(rounds):
            at = round(min(self.until, at + chance.uniform(0.05, 0.9) * DAY), 3)
            after = status if number == rounds - 1 else OPEN
            detail = f'{{"status": ["{OPEN if number else NEW}", "{after}"]}}'
            batch["case_changes"].append((made.number, number + 1, at, owner.name, "changed", detail))
            self._written(batch, call, made, at, owner.name)
        return made.number

    def _written(self, batch: Batch, call: Call, made: CreateCase, at: float, author: str) -> None:
        """Write one round of a conversation: a note of ours, or an answer by SMS and now and then a reply to it."""
        chance, drawn_ = call.chance, call.chance.random()
        if call.number is None or drawn_ < 0.4:
            said = Said(drawn(NOTED[:-1], chance))
            self._piece(batch, call, made.number, at, ("note", "note", "kept", author, said))
            return
        said = Said(drawn(ANSWERED, chance), call.number, call.called)
        self._piece(batch, call, made.number, at, ("out", "sms", "delivered", author, said))
        if drawn_ > 0.75:
            later = round(min(self.until, at + chance.uniform(60, 7200)), 3)
            said = Said(drawn(REPLIED, chance), call.number, call.called)
            self._piece(batch, call, made.number, later, ("in", "sms", "kept", "", said))

    def _piece(self, batch: Batch, call: Call, case: str, at: float, how: tuple[str, str, str, str, Said]) -> None:
        direction, channel, state, author, said = how
        name = call.chance.randbytes(16)
        other = b"" if direction == "note" or not said.address else caller_index(self.key, said.address.lower())
        row = (name, direction, channel, case, call.name, at, seal(call.key, name, said), state, other, author)
        batch["messages"].append((*row, call.journey.language, at))

    def _recording(self, batch: Batch, call: Call, deed: Deed, made: KeepRecording) -> None:
        file, at = self.file, deed.at
        row = (made.sid, call.name, deed.id, "kept", file.path, file.sha256, made.seconds, file.size, at, at)
        batch["recordings"].append(row)
        if call.chance.random() < 0.7:
            text = drawn(SAID, call.chance)
            private = seal_words(call.key, made.sid, text)
            batch["transcripts"].append((made.sid, call.name, "completed", private, round(at + 40, 3)))
            call.words.update(_words(self.key, text))

    def _answer(self, batch: Batch, call: Call, deed: Deed, agent: str, case: str) -> None:
        made = deed.effect
        assert isinstance(made, KeepAnswer)  # noqa: S101 - `write` has looked
        row = (deed.id, call.name, made.step, made.question, made.kind, made.value, case, agent, deed.at)
        batch["answers"].append(row)

    def _call_back(self, batch: Batch, call: Call, deed: Deed, case: str) -> None:
        made = deed.effect
        assert isinstance(made, RequestCallBack)  # noqa: S101 - `write` has looked
        done = made.first_at < self.until
        kept = next((wait for wait in reversed(call.waits) if wait.keeps_place and wait.team == made.team), None)
        joined, priority = (round(call.at + kept.after, 3), kept.priority) if kept else (made.first_at, USUAL)
        times = (made.first_at, made.first_at, joined, priority, deed.turn, b"")
        changed = made.first_at if done else deed.at
        last = (changed, made.zone, made.language, case, deed.private, int(done), deed.at)
        batch["call_backs"].append((deed.id, call.name, made.team, "done" if done else "waiting", *times, *last))

    def _message(self, batch: Batch, call: Call, deed: Deed, case: str) -> None:
        made = deed.effect
        assert isinstance(made, SendMessage)  # noqa: S101 - `write` has looked
        said = Said(made.text, made.to, call.called if made.by == "sms" else "")
        self._piece(batch, call, case, deed.at, ("out", made.by, "delivered", "", said))


@dataclass(slots=True)
class Call:
    """One call that is being written down."""

    name: str  # CallSid
    at: float
    ended: float
    number: str | None
    called: str
    key: CallKey
    journey: Journey
    chance: Random
    waits: tuple[Wait, ...] = ()  # each under the name of this call's own turn
    words: set[int] = field(default_factory=set)
    judged: tuple[Judged, ...] = ()


@lru_cache(maxsize=65_536)
def _words(key: SecretKey, text: str) -> frozenset[int]:
    return frozenset(word_marks(key, text))


def renamed(effect: Effect, number: str, names: dict[str, str]) -> Effect:
    """Give what a copied way wants its own names, as far as rows show them."""
    match effect:
        case CreateCase():
            return replace(effect, number=number)
        case KeepRecording():
            return replace(effect, sid=names[effect.sid])
        case SendMessage() if effect.case:
            return replace(effect, text=effect.text.replace(effect.case, number))
    return effect
