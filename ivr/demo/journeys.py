"""Ways through the menu, played once each and gone by many: what a call without turns of its own is told from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from ivr import marks
from ivr.codec import dumps
from ivr.content import Content, Schedule
from ivr.demo.callers import Town
from ivr.demo.plan import Day
from ivr.demo.stage import Part, Played, Stage
from ivr.demo.versions import Reign, in_force
from ivr.demo.waits import Wait
from ivr.engine.effects import Effect
from ivr.engine.events import Talked
from ivr.engine.tree import Line
from ivr.facts.hours import OPEN, status
from ivr.insight.counting import Heard
from ivr.worker.outcome import outcome, talked

HOUR = 3600
Which = tuple[str, str, tuple[bool, ...]]  # version, line, and which schedules are open


@dataclass(frozen=True, slots=True)
class Journey:
    """One way."""

    version: str
    line: str
    began: float
    seconds: float
    turns: int  # as the list of calls counts them
    heard: tuple[Heard, ...]
    deeds: tuple[tuple[float, Effect, str], ...]  # seconds since the beginning, what is wanted, as JSON
    outcome: str
    talked: int
    waits: tuple[Wait, ...]
    team: str  # that talked to the caller last; "" for none
    language: str
    path: str
    marks: frozenset[int]


def journey_of(played: Played, stage: Stage, line: Line) -> Journey:
    """Tell a played call as a way."""
    key, events, began = stage.keyring.held(played.call.key), played.events, played.call.at
    teams = [event.team for event in events if isinstance(event, Talked)]
    tree = stage.library.get(played.call.version).tree
    return Journey(
        version=played.call.version,
        line=line.id,
        began=began,
        seconds=played.ended - began,
        turns=played.turns_heard,
        heard=played.heard,
        deeds=tuple((one.at - began, one.effect, dumps(Effect, one.effect)) for one in played.wanted),
        outcome=outcome(events),
        talked=talked(events),
        waits=played.waits,
        team=teams[-1] if teams else "",
        language=marks.language_of(events, tree, line.id),
        path=marks.path_text(marks.choices_of(events)),
        marks=frozenset(marks.of_call(key, events)),
    )


def which(content: Content, line: Line, at: float) -> Which:
    """Name the circumstances of a call: alike for all calls of an hour."""
    return _which(content.hash, line.id, at // HOUR * HOUR, tuple(content.schedules.values()))


@lru_cache(maxsize=1024)
def _which(version: str, line: str, at: float, schedules: tuple[Schedule, ...]) -> Which:
    return version, line, tuple(status(schedule, at) == OPEN for schedule in schedules)


def circumstances(days: list[Day], reigns: list[Reign]) -> Iterator[tuple[Which, float, Content, Line]]:
    """List all circumstances of a history, each with the first hour that has them."""
    seen: set[Which] = set()
    for day in days:
        content = in_force(reigns, day)
        for hour in range(int((day.ends - day.begins) // HOUR)):
            at = day.begins + hour * HOUR
            for line in callable_lines(content):
                found = which(content, line, at)
                if found not in seen:
                    seen.add(found)
                    yield found, at, content, line


def callable_lines(content: Content) -> list[Line]:
    """List the lines that the public calls, the busiest first."""
    return sorted((line for line in content.tree.lines.values() if not line.staff), key=lambda line: not line.default)


def played_ways(stage: Stage, town: Town, place: tuple[float, Content, Line], count: int) -> list[Journey]:
    """Play so many ways in the same circumstances."""
    at, content, line = place
    chance = Random(f"{town.seed} ways {content.hash} {line.id} {at}")
    stage.numbers.open(0, 10 * count)
    ways = []
    for number in range(count):
        call = f"CA{chance.getrandbits(128):032x}"
        who = town.number(town.fresh(chance.random())) if number % 25 else None
        part = Part(call, at + chance.randrange(HOUR), who, line, content.hash, chance.randbytes(16))
        ways.append(journey_of(stage.play(part, chance), stage, line))
    return ways
