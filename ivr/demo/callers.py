"""Who calls: numbers with their names, and those who call again within a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ivr.demo.plan import Day
from ivr.demo.texts import FIRST_NAMES, LAST_NAMES

AGAIN = 0.17  # of the calls: the same caller within the seven days before
WITHHELD = 0.04
NAMED = 0.05  # of the callers: staff keep a name
MOST_NAMED = 100_000
SPREAD = 10_000_000
_MASK = 2**64 - 1
STEP = 7_368_787  # has no divisor in common with SPREAD: every caller has a number of their own


@dataclass(frozen=True, slots=True)
class Town:
    """Everybody who might call."""

    seed: int
    size: int

    @property
    def named(self) -> int:
        """Count those whose names staff keep."""
        return min(int(self.size * NAMED), MOST_NAMED)

    def number(self, caller: int) -> str:
        """Give a caller's number."""
        return f"+452{(caller * STEP + 1_234_567) % SPREAD:07d}"

    def name(self, caller: int) -> str:
        """Give a caller's name."""
        chance = Random(f"{self.seed} name {caller}")
        return f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"

    def fresh(self, drawn: float) -> int:
        """Give the caller of a draw from 0 to 1; some call more often than others."""
        return int(self.size * drawn**1.35)

    def caller_of(self, days: Sequence[Day], day: Day, call: int) -> tuple[int | None, bool]:
        """Say who makes a call of a day, None where the number is withheld, and whether they call again.

        Every process says the same.
        """
        how, who, back = (self._draw(day.first + call, what) for what in range(3))
        if how < WITHHELD:
            return None, False
        other = days[max(0, day.number - 1 - int(back * 6))]
        if how < WITHHELD + AGAIN and other.calls and other is not day:
            return self.fresh(self._draw(other.first + int(who * other.calls), 1)), True
        return self.fresh(who), False

    def _draw(self, call: int, what: int) -> float:
        """Draw without drawing anything before it (splitmix64): from 0 to 1, the same for the same call."""
        mixed = (self.seed * 0x9E3779B97F4A7C15 + call * 3 + what + 1) * 0x9E3779B97F4A7C15 & _MASK
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
        return (mixed ^ mixed >> 31) / (_MASK + 1)
