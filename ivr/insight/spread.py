"""Seconds in steps that grow with them, so that counts can be added up and a median is still near.

A step is at most a tenth of where it begins, from ten seconds on: so far a figure read from it may be off.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping


def _steps() -> Iterator[int]:
    at = 0
    while at < 86400:
        yield at
        at += max(1, at // 10)


STEPS = tuple(_steps())  # where each begins: 0, 1, 2 … 20, 22, 24 …


def step_of(seconds: float) -> int:
    """Give the beginning of the step that seconds are in."""
    return STEPS[bisect_right(STEPS, max(0.0, seconds)) - 1]


def width_of(begin: int) -> int:
    """Give how wide a step is."""
    return max(1, begin // 10)


def within(spread: Mapping[int, int], share: float) -> float | None:
    """Give the seconds within which a share of all are: 0.5 is the median. None where nothing was counted.

    Within a step they are taken to be spread evenly.
    """
    wanted = share * sum(spread.values())
    for begin in sorted(spread):
        if spread[begin] >= wanted and spread[begin] > 0:
            return begin + width_of(begin) * wanted / spread[begin]
        wanted -= spread[begin]
    return None
