"""Which lines have had too much of whom, as the snapshot carries it: one text, cheap to compare and to look into.

A line for each: the hotline's line, whom it has had enough of (the keyed index of a number in hexadecimal, callers who
show none, everybody), the rule, and until when (seconds since the epoch). ``ivr/store/guards.py`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

EVERYBODY = "everybody"


def over(text: str, line: str, who: Iterable[str], at: float) -> str | None:
    """Name the rule by which a line takes no more from these at this time; None where it does."""
    enough = _enough(text)
    found = (enough.get((line, each), ("", 0.0)) for each in (*who, EVERYBODY))
    return next((rule for rule, until in found if at < until), None)


# The text of a snapshot stays the same object until something changes.
@lru_cache(maxsize=2)
def _enough(text: str) -> Mapping[tuple[str, str], tuple[str, float]]:
    found: dict[tuple[str, str], tuple[str, float]] = {}
    for line, who, rule, until in (each.split() for each in text.splitlines()):
        found[line, who] = max(found.get((line, who), ("", 0.0)), (rule, float(until)), key=lambda one: one[1])
    return found
