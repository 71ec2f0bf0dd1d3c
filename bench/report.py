"""The figures as a page: each beside what we must reach and what we aim at."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.rounds import CALLERS, Measured, Paced

MUST = {"key press, SQLite": (0.50, 0.60), "key press, PostgreSQL": (0.45, 0.60)}


@dataclass(slots=True)
class Figures:
    """All that one run saw."""

    machine: list[str]
    rounds: str
    postgresql: str = ""
    throughput: list[Measured] = field(default_factory=list)
    paced: list[Paced] = field(default_factory=list)
    first_answer: float = 0.0  # seconds
    fresh_memory: float = 0.0  # MB
    worked_memory: float = 0.0
    step_small: float = 0.0  # microseconds
    step_large: float = 0.0
    writer: float = 0.0
    library: float = 0.0
    tried: int = 0  # past calls
    trial: float = 0.0  # seconds
    compiled: dict[int, tuple[float, float]] = field(default_factory=dict)  # steps -> seconds of ours, of the C loader


def write(figures: Figures) -> str:
    """Write the page."""
    return "\n".join([*head(figures), *speeds(figures), *latencies(figures), *rest(figures), ""])


def head(figures: Figures) -> Iterator[str]:
    """Say on what and how."""
    yield "# Speeds, as `make bench` saw them"
    yield ""
    yield from (f"- {line}" for line in figures.machine)
    yield f"- PostgreSQL: {figures.postgresql}; it runs beside the client, off the server's core" * bool(
        figures.postgresql
    )
    yield ""
    yield (
        f"F is a Flask view that returns a constant document, under the same gunicorn settings and the same client. "
        f"Server on one core, client on the other; {CALLERS} callers on keep-alive connections walk real calls of "
        f"twenty presses, each request with a token of its own, 28 fields and a checked signature, the private part "
        f"sealed. A ratio is the median of {figures.rounds}, floor and product in turn."
    )
    yield ""


def speeds(figures: Figures) -> Iterator[str]:
    """Throughput."""
    yield "| case | requests/s (median) | F | ratio | must | aim | failed |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for case in figures.throughput:
        must, aim = MUST[case.name]
        rates = f"{statistics.median(case.rates):.0f} | {statistics.median(case.floors):.0f}"
        spread = f"{case.ratios[0]:.2f} to {case.ratios[-1]:.2f}"
        yield f"| {case.name} | {rates} | **{case.ratio:.2f} F** ({spread}) | {must:.2f} | {aim:.2f} | {case.failed} |"
    yield ""
    busiest = max((case.client for case in figures.throughput), default=0.0)
    yield f"The client used at most {busiest:.0%} of its core."
    yield ""


def latencies(figures: Figures) -> Iterator[str]:
    """Open loop."""
    yield "| at a fixed rate | p50 | p99 | F p50 | F p99 | must (p99) | aim | failed |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for case in figures.paced:
        must = max(8.0, 4 * case.floor_p99)
        numbers = f"{case.p50:.1f} ms | {case.p99:.1f} ms | {case.floor_p50:.1f} ms | {case.floor_p99:.1f} ms"
        yield f"| {case.name}, {case.rate:.0f}/s | {numbers} | {must:.1f} ms | 5 ms | {case.failed} |"
    yield ""


def rest(figures: Figures) -> Iterator[str]:
    """What is measured inside one process, and start and memory."""
    yield "| what | seen | must | aim |"
    yield "| --- | --- | --- | --- |"
    yield f"| engine step, 10 steps | {figures.step_small:.1f} us | 40 us | 15 us |"
    yield f"| engine step, 10,000 steps | {figures.step_large:.1f} us | 40 us | 15 us |"
    yield f"| document of one prompt (the library: {figures.library:.0f} us) | {figures.writer:.1f} us | 15 us | 5 us |"
    limits = {1_000: ("1 s", "0.3 s"), 10_000: ("10 s", "4 s")}
    for steps, (ours, loader) in figures.compiled.items():
        must, aim = limits[steps]
        yield f"| check and build, {steps:,} steps (C loader alone: {loader:.2f} s) | {ours:.2f} s | {must} | {aim} |"
    what = f"a draft tried on {figures.tried:,} past calls, by their keys and by what they meant"
    yield f"| {what} | {figures.trial:.1f} s | 30 s | 5 s |"
    yield f"| first answer after start | {figures.first_answer:.2f} s | 1.5 s | 0.8 s |"
    memory = f"{figures.fresh_memory:.0f} MB, {figures.worked_memory:.0f} MB after the load"
    yield f"| memory of a voice worker (proportional share) | {memory} | 80 MB | 60 MB |"
