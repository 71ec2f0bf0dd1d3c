"""What a trial came to: how many calls went how, where they left their way, and examples of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ivr.content import Content
from ivr.trial.follow import INTENT, LITERAL, Course, Way, follow, listened
from ivr.trial.recall import Knowledge
from ivr.trial.tape import Tape

LONGER = 1.0  # seconds of listening that count as longer; less is within the estimate
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """One past call, tried both ways."""

    call: str
    line: str
    at: float  # seconds since the epoch
    flags: tuple[str, ...]  # that were read and on
    inputs: int
    same_keys: Judged
    same_meaning: Judged


@dataclass(frozen=True, slots=True)
class Judged:
    """One call in the other menu, beside what it was."""

    way: Way
    alike: bool  # it went the same way to the same end
    ended_alike: bool  # it ended where it ended
    parted: tuple[str, str, str] | None  # where it left its way: after what, to what then, to what now
    longer: float  # seconds that the caller would have listened longer; negative: shorter
    followed: float  # share of the caller's inputs


@dataclass(frozen=True, slots=True)
class Example:
    """One call to listen to."""

    call: str
    line: str
    at: float
    flags: tuple[str, ...]
    keys: tuple[str, ...]  # that lead there in the menu that was tried


@dataclass(slots=True)
class Group:
    """Calls to which the same happened."""

    told: str
    calls: int = 0
    examples: list[Example] = field(default_factory=list)

    def add(self, tried: Tried, judged: Judged) -> None:
        """Count one more."""
        self.calls += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(Example(tried.call, tried.line, tried.at, tried.flags, judged.way.keys))


@dataclass(slots=True)
class Tally:
    """All calls, counted one way."""

    alike: int = 0
    parted: int = 0
    ended_alike: int = 0
    elsewhere: int = 0
    dead: int = 0
    longer: int = 0
    stopped: int = 0
    inputs: int = 0
    followed: float = 0.0
    seconds: list[float] = field(default_factory=list)
    groups: dict[str, dict[str, Group]] = field(default_factory=dict)

    def add(self, tried: Tried, judged: Judged) -> None:
        """Count one call."""
        way = judged.way
        self.alike += judged.alike
        self.parted += judged.parted is not None
        self.ended_alike += judged.ended_alike
        self.elsewhere += way.end is not None and not judged.ended_alike
        self.dead += bool(way.dead)
        self.stopped += bool(way.stopped)
        self.inputs += tried.inputs
        self.followed += judged.followed * tried.inputs
        if judged.longer > LONGER:
            self.longer += 1
            self.seconds.append(judged.longer)
        for kind, told in told_of(judged):
            self.groups.setdefault(kind, {}).setdefault(told, Group(told)).add(tried, judged)

    @property
    def share(self) -> float:
        """Give the share of all inputs that was followed, 0 to 1."""
        return self.followed / self.inputs if self.inputs else 1.0

    def largest(self, kind: str) -> list[Group]:
        """List what happened, the most frequent first."""
        return sorted(self.groups.get(kind, {}).values(), key=lambda group: (-group.calls, group.told))


PARTED, DEAD, LONG, STOPPED = "another way", "dead key", "longer", "not followed"


def told_of(judged: Judged) -> Iterator[tuple[str, str]]:
    """Say what happened to a call that is worth an example."""
    if judged.parted:
        after, then, now = judged.parted
        yield PARTED, f"after {after}: {then} then, {now} now"
    for step in dict.fromkeys(judged.way.dead):
        yield DEAD, f"at {step}"
    if judged.longer > LONGER:
        yield LONG, f"to {judged.way.end.step if judged.way.end else judged.way.way[-1]}"
    if judged.way.stopped:
        yield STOPPED, f"at {judged.way.at or 'the beginning'}: {judged.way.stopped}"


def try_call(tape: Tape, content: Content) -> Tried:
    """Try one past call by its keys and by what they meant."""
    known, before = Knowledge(tape), listened(tape)
    course = Course(tape, content, known)
    literal = judge(tape, follow(course, LITERAL), before)
    # Where every key was taken in its turn and led the same way, what was meant by it leads there, too.
    if literal.alike and literal.way.straight and not literal.way.dead and unchanged(tape, content):
        return _tried(tape, known, literal, literal)
    return _tried(tape, known, literal, judge(tape, follow(course, INTENT), before))


def _tried(tape: Tape, known: Knowledge, same_keys: Judged, same_meaning: Judged) -> Tried:
    flags = tuple(name for name in known.all if name.startswith("flag.") and known.agreed(name) == (True,))
    at = tape.plays[0].told.input.at
    return Tried(tape.call, tape.line, at, flags, len(tape.deeds), same_keys, same_meaning)


def unchanged(tape: Tape, content: Content) -> bool:
    """Say whether every step that the caller answered is the same in both menus."""
    steps = content.tree.steps
    return content.tree.everywhere == tape.plays[0].content.tree.everywhere and all(
        play.content.tree.steps.get(play.before.place) == steps.get(play.before.place) for play in tape.plays[1:]
    )


def judge(tape: Tape, way: Way, before: float | None) -> Judged:
    """Compare a way with the one that the call went, in which the caller listened for so long."""
    parted = parting(tape.way, way)
    ended_alike = way.end is not None and way.end == tape.end
    known = before is not None and way.waited is not None and not way.stopped
    return Judged(
        way=way,
        alike=parted is None and ended_alike,
        ended_alike=ended_alike,
        parted=parted,
        longer=(way.waited or 0.0) - (before or 0.0) if known else 0.0,
        followed=1.0 if way.end else way.answered / len(tape.deeds),
    )


def parting(past: Sequence[str], way: Way) -> tuple[str, str, str] | None:
    """Find where a way leaves the past one: after which mark, to what then, to what now; None where it never does."""
    now = way.way
    at = next((place for place, (a, b) in enumerate(zip(past, now, strict=False)) if a != b), min(len(past), len(now)))
    if at == len(now) and (way.stopped or at == len(past)):
        return None
    after = now[at - 1] if at else "the beginning"
    then = past[at] if at < len(past) else "the end"
    return after, then, now[at] if at < len(now) else "the end"
