"""What calls cost, in minor units of one currency: minutes begun by a rate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import format_currency, get_currency_precision

from ivr.insight.words import name, parts
from ivr.settings import Settings


@dataclass(frozen=True, slots=True)
class Rates:
    """What a minute costs, in minor units; a fraction is usual."""

    currency: str = "USD"  # ISO 4217
    toll_free: Decimal = Decimal(0)  # of the caller's line
    agent: Decimal = Decimal(0)  # of an agent's leg

    @property
    def known(self) -> bool:
        """Say whether anything was said of rates."""
        return bool(self.toll_free or self.agent)

    def cost(self, minutes: int, agent_minutes: int) -> int:
        """Give the minor units that minutes cost."""
        return int((self.toll_free * minutes + self.agent * agent_minutes).quantize(Decimal(1), ROUND_HALF_EVEN))

    def show(self, minor: int) -> str:
        """Write minor units as people do: $34.82."""
        return format_currency(
            Decimal(minor).scaleb(-get_currency_precision(self.currency)), self.currency, locale="en"
        )


def rates_of(settings: Settings) -> Rates:
    """Take the rates from the environment."""
    return Rates(settings.currency, settings.toll_free_rate, settings.agent_rate)


@dataclass(frozen=True, slots=True)
class Branch:
    """Everything behind one first choice."""

    step: str  # "" where nothing was chosen
    key: str
    calls: int
    done: int  # contained, or talked with a person
    minutes: int
    agent_minutes: int
    cost: int  # minor units


def branches(counts: Counter[str], rates: Rates) -> list[Branch]:
    """List the branches, the one with most calls first."""
    found = [parts(word, 2) for word in counts if name(word) == "branch"]
    made = []
    for step, key in found:
        calls, done, minutes, agent = (
            counts[f"{kind}/{step}/{key}"] for kind in ("branch", "branch_done", "minutes", "agent_minutes")
        )
        made.append(Branch(step, key, calls, done, minutes, agent, rates.cost(minutes, agent)))
    return sorted(made, key=lambda branch: (-branch.calls, branch.step, branch.key))
