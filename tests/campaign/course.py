"""A campaign's course: faults at random over a system that runs, driven by the carrier's double; gives the evidence."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from campaign.check.calls import APART
from campaign.street import Budget, Street
from campaign.weather import Climate, Weather
from campaign.world import World


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of it."""

    steps: int
    seconds: float  # at most, without what is left to be done afterwards
    streets: int = 8
    callers: int = 12  # of each street
    climate: Climate = field(default_factory=Climate)
    calm: int = 0  # steps afterwards that nothing befalls: their turns stand in no doubt


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it."""

    steps: int
    seconds: float
    weather: dict[str, int]
    lines: Counter[str]  # of the history
    left: dict[str, int]  # what was still to be done when we waited no longer
    evidence: Path

    def tell(self) -> str:
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.weather.items()))
        return (
            f"{self.steps} steps in {self.seconds:.0f} s ({self.steps / self.seconds:.0f}/s), "
            f"{self.lines['over']} calls, {self.lines['asked']} requests, {self.lines['rest']} by REST; {faults}"
        )


def run(made: World, plan: Plan) -> Run:
    """Take the steps, let everything be well again and come to its end, and stop the nodes."""
    began, budget = time.monotonic(), Budget(plan.steps, plan.seconds)
    streets = [Street(made.carrier, made.city, budget, callers=plan.callers) for _ in range(plan.streets)]
    queue = Street(made.carrier, made.city, budget, callers=6, queue=True)
    made.office.befalls = queue.lock
    weather = Weather(made.place, plan.climate, budget)
    for thread in (*streets, queue, weather):
        thread.start()
    told = began
    while not budget.over:
        time.sleep(0.2)
        if time.monotonic() - told > 30:
            told = time.monotonic()
            say(f"{budget.done} steps after {told - began:.0f} s")
    weather.stop()
    made.heal()
    seconds = time.monotonic() - began
    for street in (*streets, queue):
        street.join(180)
        assert not street.is_alive(), "a street came to no end"
    failures = [thread.failure for thread in (*streets, queue, weather) if thread.failure is not None]
    if failures:
        raise failures[0]
    made.settle(say)
    if plan.calm:
        in_calm(made, plan.calm)
        made.settle(say)
    left = made.left()
    for node in made.nodes:
        node.stop()
    steps = budget.done + sum(weather.counts.values())
    return Run(steps, seconds, weather.counts, made.history.counts, left, made.evidence())


def in_calm(made: World, steps: int) -> None:
    """Walk a few more calls, so long after the last fault that the checker lays nothing of them to it."""
    time.sleep(2 * APART)
    budget = Budget(steps, 60.0)
    budget.more = False
    street = Street(made.carrier, made.city, budget, callers=2)
    street.start()
    street.join(180)
    assert not street.is_alive(), "a street came to no end"
    if street.failure is not None:
        raise street.failure


def say(line: str) -> None:
    """Tell how far it is; pytest shows it with -s."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()
