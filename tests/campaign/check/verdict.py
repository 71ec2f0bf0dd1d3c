"""The one checker: lost, doubled, ghosts, and replay, over records, spools, database and the double's history.

    python -m campaign.check EVIDENCE.json

It imports no product code (``evidence.py`` says how it reads); the product's `ivr replay` it runs as a process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from campaign.check import calls, things
from campaign.check.evidence import Evidence

LOST, DOUBLED, GHOST, REPLAY = "lost", "doubled", "ghost", "replay"
SAME = re.compile(r"(\d+) calls with (\d+) turns are the same, (\d+) are not")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    kind: str  # lost | doubled | ghost | replay
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


RULES: tuple[Callable[[Evidence], Iterator[tuple[str, str]]], ...] = (
    calls.turns_and_requests,
    things.calls_end_once,
    things.cases_and_references,
    things.recordings_are_kept,
    things.messages_left_once,
    things.notes_are_kept,
    things.queues_are_empty,
    things.tickets_are_callers,
    things.spools_are_folded,
)


def judge(found: Evidence, *, replay: bool = True) -> list[Finding]:
    """Say all that is wrong."""
    told = [Finding(*each) for rule in RULES for each in rule(found)]
    if replay:
        told += [Finding(REPLAY, what) for what in replayed(found)]
    return told


def replayed(found: Evidence) -> Iterator[str]:
    """Have every turn run again: each must give the same, and none be left out."""
    code, said = found.replay()
    same = SAME.search(said)
    if code or not same:
        yield f"exit code {code}: {said.strip()[-500:]}"
        return
    calls_same, turns, other = map(int, same.groups())
    wanted = (len(found.tables["calls"]), len(found.tables["turns"]), 0)
    if (calls_same, turns, other) != wanted:
        yield f"{calls_same} calls with {turns} turns are the same, {other} are not; there are {wanted[:2]}"


def tell(found: Evidence, findings: list[Finding]) -> str:
    """Say it in one line, with what was looked at."""
    kinds = (LOST, DOUBLED, GHOST, REPLAY)
    counts = ", ".join(f"{sum(each.kind == kind for each in findings)} {kind}" for kind in kinds)
    rows = ", ".join(f"{len(rows)} {table}" for table, rows in found.tables.items())
    lines = sum(1 for _ in found.said("asked"))
    return f"{counts}; looked at {lines} requests, {rows}, {len(found.frames)} records in spools"
