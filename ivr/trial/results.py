"""What a trial came to: how many calls went how, where they left their way, and examples of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ivr.content import Content
from ivr.trial.follow import INTENT, LITERAL, Way, follow, listened
from ivr.trial.tape import Tape, idle

LONGER = 1.0  # seconds of listening that count as longer; less is within the estimate
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """One past call, tried both ways."""

    call: str
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


@dataclass(slots=True)
class Group:
    """Calls to which the same happened."""

    told: str
    calls: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, call: str) -> None:
        """Count one more."""
        self.calls += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(call)


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

    def add(self, call: str, inputs: int, judged: Judged) -> None:
        """Count one call."""
        way = judged.way
        self.alike += judged.alike
        self.parted += judged.parted is not None
        self.ended_alike += judged.ended_alike
        self.elsewhere += way.end is not None and not judged.ended_alike
        self.dead += bool(way.dead)
        self.stopped += bool(way.stopped)
        self.inputs += inputs
        self.followed += judged.followed * inputs
        if judged.longer > LONGER:
            self.longer += 1
            self.seconds.append(judged.longer)
        for kind, told in told_of(judged):
            self.groups.setdefault(kind, {}).setdefault(told, Group(told)).add(call)

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
    inputs = sum(not idle(play) for play in tape.plays)
    literal = judge(tape, follow(tape, content, LITERAL), inputs)
    # Where every key was taken in its turn and led the same way, what was meant by it leads there, too.
    if literal.alike and literal.way.straight and not literal.way.dead and unchanged(tape, content):
        return Tried(tape.call, inputs, literal, literal)
    return Tried(tape.call, inputs, literal, judge(tape, follow(tape, content, INTENT), inputs))


def unchanged(tape: Tape, content: Content) -> bool:
    """Say whether every step that the caller answered is the same in both menus."""
    steps = content.tree.steps
    return content.tree.everywhere == tape.plays[0].content.tree.everywhere and all(
        play.content.tree.steps.get(play.before.place) == steps.get(play.before.place) for play in tape.plays[1:]
    )


def judge(tape: Tape, way: Way, inputs: int) -> Judged:
    """Compare a way with the one that the call went."""
    past = tape.way()
    parted = parting(past, way)
    ended_alike = way.end is not None and way.end == tape.end
    before = listened(tape)
    known = before is not None and way.waited is not None and not way.stopped
    return Judged(
        way=way,
        alike=parted is None and ended_alike,
        ended_alike=ended_alike,
        parted=parted,
        longer=(way.waited or 0.0) - (before or 0.0) if known else 0.0,
        followed=1.0 if way.end else min(1.0, way.answered / inputs),
    )


def parting(past: list[str], way: Way) -> tuple[str, str, str] | None:
    """Find where a way leaves the past one: after which mark, to what then, to what now; None where it never does."""
    now = list(way.way)
    at = next((place for place, (a, b) in enumerate(zip(past, now, strict=False)) if a != b), min(len(past), len(now)))
    if at == len(now) and (way.stopped or at == len(past)):
        return None
    after = now[at - 1] if at else "the beginning"
    then = past[at] if at < len(past) else "the end"
    return after, then, now[at] if at < len(now) else "the end"
