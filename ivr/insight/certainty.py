"""How sure a number is, and whether two differ: ranges that hold in 19 of 20 cases, in plain words.

Shares by Wilson's interval; the difference of two by Newcombe's (Statistics in Medicine 17, 1998, method 10); medians
by their order statistics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt

from ivr.insight.spread import within

Z = 1.96
FEWEST = 20  # calls of which a share or a median says something


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def enough(self) -> bool:
        """Say whether it says something."""
        return self.whole >= FEWEST

    @property
    def value(self) -> float:
        """Give the share; 0 of none."""
        return self.part / self.whole if self.whole else 0.0

    def interval(self) -> tuple[float, float]:
        """Give the range that the true share is in."""
        if not self.whole:
            return 0.0, 1.0
        count, middle = self.whole, self.value + Z * Z / (2 * self.whole)
        reach = Z * sqrt(self.value * (1 - self.value) / count + Z * Z / (4 * count * count))
        whole = 1 + Z * Z / count
        return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


@dataclass(frozen=True, slots=True)
class Difference:
    """What is between two numbers: `more` in all likelihood from `low` to `high`."""

    more: float
    low: float
    high: float
    calls: int  # of the smaller side

    @property
    def sure(self) -> bool:
        """Say whether there is any difference at all."""
        return self.low > 0 or self.high < 0

    @property
    def needed(self) -> int:
        """Guess how many calls of each side would tell, if the difference is what it looks like."""
        if not self.more:
            return 0
        return ceil(self.calls * ((self.high - self.low) / 2 / abs(self.more)) ** 2)


def between(before: Share, after: Share) -> Difference:
    """Compare two shares."""
    (low, high), (low_after, high_after) = before.interval(), after.interval()
    more = after.value - before.value
    down = sqrt((after.value - low_after) ** 2 + (high - before.value) ** 2)
    up = sqrt((high_after - after.value) ** 2 + (before.value - low) ** 2)
    return Difference(more, more - down, more + up, min(before.whole, after.whole))


def between_medians(before: Mapping[int, int], after: Mapping[int, int]) -> Difference | None:
    """Compare two medians of seconds; None where a side has too few."""
    sides = [_median(before), _median(after)]
    if sides[0] is None or sides[1] is None:
        return None
    (at, low, high), (then, low_after, high_after) = sides[0], sides[1]
    more = then - at
    down = sqrt((then - low_after) ** 2 + (high - at) ** 2)
    up = sqrt((high_after - then) ** 2 + (at - low) ** 2)
    return Difference(more, more - down, more + up, min(sum(before.values()), sum(after.values())))


def _median(spread: Mapping[int, int]) -> tuple[float, float, float] | None:
    """Give a median and the range that it is in."""
    count = sum(spread.values())
    if count < FEWEST:
        return None
    off = Z / 2 / sqrt(count)
    found = within(spread, 0.5), within(spread, max(0.0, 0.5 - off)), within(spread, min(1.0, 0.5 + off))
    return None if None in found else (found[0] or 0.0, found[1] or 0.0, found[2] or 0.0)
