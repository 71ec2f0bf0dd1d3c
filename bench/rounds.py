"""Paired rounds: the floor is measured beside every case, and a case is the median of its ratios."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from bench.load import Outcome, Plan
from bench.servers import CLIENT_CORE, ROOT, Server

ROUNDS = 5
CALLERS = 16
SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One case beside its floor."""

    name: str
    rates: tuple[float, ...]  # requests per second, by round
    floors: tuple[float, ...]
    failed: int
    client: float  # the largest share of its core that the client used

    @property
    def ratios(self) -> list[float]:
        """Each round's ratio, the smallest first."""
        return sorted(rate / floor for rate, floor in zip(self.rates, self.floors, strict=True))

    @property
    def ratio(self) -> float:
        """Their median."""
        return statistics.median(self.ratios)


@dataclass(frozen=True, slots=True)
class Paced:
    """Latencies at a fixed rate, in milliseconds: medians over the rounds."""

    name: str
    rate: float
    p50: float
    p99: float
    floor_p50: float
    floor_p99: float
    failed: int


def load(server: Server, seconds: float, rate: float = 0.0, callers: int = CALLERS) -> Outcome:
    """Run the client in its own process against one server."""
    plan = Plan(
        base=server.base,
        port=server.port,
        token=server.token,
        account=server.account,
        callers=callers,
        seconds=seconds,
        rate=rate,
        core=CLIENT_CORE,
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=seconds + 30,
    )
    return Outcome(**json.loads(done.stdout))


def throughput(name: str, floor: Server, product: Server, rounds: int = ROUNDS, seconds: float = SECONDS) -> Measured:
    """Measure both in turn, each round in the other order."""
    rates, floors, failed, busy = [], [], 0, 0.0
    for number in range(rounds):
        pair: dict[Server, Outcome] = {}
        for server in in_turn(floor, product, number):
            pair[server] = load(server, seconds)
        rates.append(pair[product].answers / pair[product].seconds)
        floors.append(pair[floor].answers / pair[floor].seconds)
        failed += sum(outcome.failed for outcome in pair.values())
        busy = max(busy, *(outcome.busy for outcome in pair.values()))
    return Measured(name, tuple(rates), tuple(floors), failed, busy)


def paced(name: str, floor: Server, product: Server, rate: float, rounds: int = ROUNDS) -> Paced:
    """Measure latencies at a rate, both in turn."""
    seen: dict[Server, list[tuple[float, float]]] = {floor: [], product: []}
    failed = 0
    for number in range(rounds):
        for server in in_turn(floor, product, number):
            outcome = load(server, SECONDS, rate, callers=64)
            seen[server].append((centile(outcome.latencies, 50), centile(outcome.latencies, 99)))
            failed += outcome.failed
    (p50, p99), (floor_p50, floor_p99) = (medians(seen[server]) for server in (product, floor))
    return Paced(name, rate, p50, p99, floor_p50, floor_p99, failed)


def in_turn(floor: Server, product: Server, number: int) -> Iterator[Server]:
    """Give both, the order changing by round, so that a drift of the machine harms neither."""
    yield from (floor, product) if number % 2 == 0 else (product, floor)


def centile(latencies: list[float], share: int) -> float:
    """Milliseconds below which that share of the answers came."""
    ordered = sorted(latencies)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000


def medians(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """The median of each column."""
    first, second = zip(*pairs, strict=True)
    return statistics.median(first), statistics.median(second)
