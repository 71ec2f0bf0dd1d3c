"""Phone numbers and addresses of a past call, each with a made-up one that stands for it wherever it is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.engine.inputs import Called, Found, Input, Pressed
from ivr.engine.tree import Value

NUMBER = "+14155550123"  # of a caller who never was
NAME = "Anna Example"
EMAIL = "anna@example.org"
MADE_UP = {"caller.name": NAME, "caller.email": EMAIL}
CALL_BACK = "call_back."  # facts of this room name the number of whoever is called back


@dataclass(slots=True)
class Numbers:
    """The made-up numbers of one call: what differs stays different, what is the same stays the same."""

    made: dict[str, str] = field(default_factory=dict)  # as facts name them: digits, + first where a country is told

    def taught(self, real: Input, given: Input) -> Numbers | None:
        """Give them with those that an input and its stand-in tell; None where keys would stand for two numbers."""
        told = {number: made for number, made in _pairs(real, given) if number not in self.made}
        twice = isinstance(given, Pressed) and not {*told.values()}.isdisjoint(self.made.values())
        return None if twice else Numbers(self.made | told)

    def of(self, number: str) -> str:
        """Give what stands for a number, of the same length; a new one is thought of where none does."""
        place = 0
        while number not in self.made:
            plus = "+" if number.startswith("+") else ""
            length = len(number) - len(plus)
            made = f"{plus}{NUMBER[1:].ljust(length, '0')[: max(0, length - 2)]}{place:02}"
            if made not in self.made.values():
                self.made[number] = made
            place += 1
        return self.made[number]

    def read(self, facts: Mapping[str, Value]) -> dict[str, Value]:
        """Give facts as they would be of somebody who never was."""
        return dict(self._instead(name, value) for name, value in facts.items())

    def _instead(self, name: str, value: Value) -> tuple[str, Value]:
        """Make up what a fact says of a person, and the number in its name."""
        number, dot, rest = name.removeprefix(CALL_BACK).partition(".")
        if name.startswith(CALL_BACK) and number.lstrip("+").isdigit():
            return f"{CALL_BACK}{self.of(number)}{dot}{rest}", value
        return name, value if value is None else MADE_UP.get(name, value)


def _pairs(real: Input, given: Input) -> list[tuple[str, str]]:
    """Give each number that an input brings, beside what is brought instead."""
    match real, given:
        case Called(number=str(number)), Called(number=str(made)):
            return [(number, made)]
        case Pressed(keys=keys), Pressed(keys=made) if keys and keys != made:
            return [(_kept(keys), _kept(made))]
        case Found(values=values), Found(values=made):
            both = ((value, made.get(name)) for name, value in values.items())
            return [(one, other) for one, other in both if isinstance(one, str) and isinstance(other, str)]
    return []


def _kept(keys: str) -> str:
    """Write a keyed number as menus keep it."""
    keys = keys.removesuffix("#")
    return "+" + keys[2:] if keys.startswith("00") else keys
