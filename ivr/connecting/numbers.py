"""What the hotline's numbers are to be told at the carrier: shown first, then carried out. The same again does nothing.

A number is found by how it is written. What the account has beside the lines of config.yaml is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ivr.carrier.numbers import OwnNumber
from ivr.connecting.plan import KEEP, LEAVE, UPDATE, Step
from ivr.engine.tree import Tree
from ivr.retries import RETRIES
from ivr.settings import Settings

NUMBER = "number"
ABSENT, LED = "absent", "led"  # not the account's; something else at the carrier takes its calls
# what the carrier would obey in place of the addresses
LEADERS = ("trunk_sid", "voice_application_sid")
TEXT_LEADER = "sms_application_sid"


class Carrier(Protocol):
    """What is asked of the account."""

    def all(self) -> list[OwnNumber]:
        """List its numbers."""

    def change(self, sid: str, fields: Mapping[str, str]) -> None:
        """Change one."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What the carrier is to ask."""

    public_url: str
    fallback_url: str  # of the static fallback; "" is our own

    def of(self, number: OwnNumber) -> dict[str, str]:
        """Say what a number is to be told, in the words of the carrier's library."""
        fallback = self.fallback_url or f"{self.public_url}/voice/fallback"
        fields = {
            "voice_url": f"{self.public_url}/voice{RETRIES}",
            "voice_method": "POST",
            "voice_fallback_url": fallback + RETRIES,
            "voice_fallback_method": "GET" if self.fallback_url else "POST",  # files take no POST
            "status_callback": f"{self.public_url}/voice/status{RETRIES}",
            "status_callback_method": "POST",
        }
        if number.takes_texts:
            texts = f"{self.public_url}/sms{RETRIES}"
            fields |= {"sms_url": texts, "sms_method": "POST", "sms_fallback_url": texts, "sms_fallback_method": "POST"}
        return fields


def addresses(settings: Settings) -> Addresses:
    """Take the addresses from the environment."""
    return Addresses(settings.public_url, settings.fallback_url)


def lead_numbers(carrier: Carrier, tree: Tree, wanted: Addresses, *, apply: bool) -> list[Step]:
    """Bring every line's number to what is wanted, or only say how."""
    lines = sorted({line.number for line in tree.lines.values()})
    account = carrier.all()
    own = {one.number: one for one in account}
    steps = [step for line in lines for step in _line(carrier, line, own.get(line), wanted, apply=apply)]
    return steps + [Step(LEAVE, NUMBER, one.number) for one in account if one.number not in lines]


def _line(carrier: Carrier, line: str, found: OwnNumber | None, wanted: Addresses, *, apply: bool) -> Iterator[Step]:
    if found is None:
        yield Step(ABSENT, NUMBER, line)
        return
    asked = wanted.of(found)
    if leaders := _leaders(found, asked):
        yield Step(LED, NUMBER, line, tuple(leaders))
        return
    other = {name: value for name, value in asked.items() if found.fields.get(name) != value}
    yield Step(UPDATE if other else KEEP, NUMBER, line, tuple(other))
    if other and apply:
        carrier.change(found.sid, other)


def _leaders(found: OwnNumber, asked: Mapping[str, str]) -> Sequence[str]:
    """Name what takes the number's calls or messages in place of the addresses."""
    names = [*LEADERS, *([TEXT_LEADER] if "sms_url" in asked else [])]
    return [name for name in names if found.fields.get(name)]
