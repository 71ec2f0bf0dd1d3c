"""What a node's processes hold, looked at while it works: memory, file handles, threads; and how it grows."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rig.node import Node, command_line

ROLES = {b"webhooks.gunicorn": "voice", b"console.gunicorn": "pages", b"worker": "jobs"}  # by a word of the command
ALIKE = 10


@dataclass(frozen=True, slots=True)
class Vitals:
    """One process at one moment."""

    role: str
    pid: int
    memory: int  # kB that are no file's: what of it is shared with others does not hang on whether those live
    handles: int
    threads: int


def vitals(node: Node) -> list[Vitals]:
    """Look at every process of a node; one that has just ended is left out."""
    found = []
    for pid in node.tree():
        role = next((role for word, role in ROLES.items() if word in command_line(pid)), "the rest")
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            threads = int(status.partition("Threads:")[2].split()[0])
            handles = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        except (FileNotFoundError, ProcessLookupError, IndexError):
            continue
        found.append(Vitals(role, pid, rolled_up(pid, "Anonymous:"), handles, threads))
    return found


def proportional(pid: int) -> int:
    """Memory of a process in kB, what is shared counted once for all; 0 when it is gone."""
    return rolled_up(pid, "Pss:")


def rolled_up(pid: int, what: str) -> int:
    """Give one kind of a process's memory in kB; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(what)), 0)


@dataclass(frozen=True, slots=True)
class Slope:
    """A line through points, and how sure its rise is."""

    rise: float
    error: float  # standard error of the rise

    @property
    def surely(self) -> float:
        """The rise that is exceeded with a probability of 97.5 %."""
        return self.rise - 1.96 * self.error


def slope(points: Sequence[tuple[float, float]]) -> Slope:
    """Lay a line through points by least squares.

    Looks at one process that follow each other are alike: so many of them count as one.
    """
    rise, start = statistics.linear_regression(*zip(*points, strict=True))
    mean = statistics.fmean(x for x, _ in points)
    spread = sum((x - mean) ** 2 for x, _ in points)
    left = sum((y - start - rise * x) ** 2 for x, y in points)
    return Slope(rise, math.sqrt(ALIKE * left / (len(points) - 2) / spread))
