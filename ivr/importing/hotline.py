"""What an import makes: steps as our YAML has them, teams, and what a person must look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ivr.errors import IvrError
from ivr.menu.table import RESERVED

HANG_UP = "hang_up"
SAFE = "could_not"  # where our own unhappy exits lead that the other system has no way for
SILENT_ENDS = ("silence", "wrong", "failed", "busy", "no_answer", "then", "else")
LONGEST = 40  # letters of a name


OTHERS = "VoiceXML, Amazon Connect and all others are written by hand: docs/deeds has a page and an example per deed"


class NotReadable(IvrError):
    """This file is not a menu that we can read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not carried over as it was."""

    place: str  # in their file: a JSON pointer, or a line
    text: str
    step: str = ""  # ours, where there is one
    decide: bool = False  # a person must decide before the menu can be used

    def __str__(self) -> str:
        """Print as one line."""
        where = f" (step {self.step})" if self.step else ""
        return f"{self.place}: {'decide: ' if self.decide else ''}{self.text}{where}"


@dataclass(slots=True)
class Hotline:
    """A hotline being made."""

    company: str
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    teams: dict[str, list[str]] = field(default_factory=dict)  # team -> whom to ring
    findings: list[Finding] = field(default_factory=list)
    language: str = "en-US"
    start: str = ""
    _names: dict[str, str] = field(default_factory=dict)  # theirs -> ours

    def name(self, theirs: str, wish: str = "") -> str:
        """Give a name of theirs its name in our language, always the same one and never twice."""
        if theirs not in self._names:
            plain = re.sub(r"[^a-z0-9]+", "_", (wish or theirs).lower()).strip("_") or "step"
            plain = plain if plain[0].isalpha() else f"step_{plain}"
            self._names[theirs] = self._free(plain[: LONGEST - 4].rstrip("_"))
        return self._names[theirs]

    def _free(self, plain: str) -> str:
        taken = {*self._names.values(), *RESERVED, *RESERVED_VALUES, SAFE, "language"}
        if plain not in taken:
            return plain
        return next(name for number in range(2, 100_000) if (name := f"{plain}_{number}"[-LONGEST:]) not in taken)

    def put(self, step: str, **keys: Any) -> None:
        """Write a step; a key without a value is left out, and `as_` stands for `as`.

        Where theirs ends the call without a word on an unhappy way, ours says that it ends.
        """
        made = {name.rstrip("_"): value for name, value in keys.items() if value not in (None, {}, [])}
        wordless = [name for name in SILENT_ENDS if made.get(name) == HANG_UP]
        if wordless:
            self.tell(
                self.origin(step), f"there the call ends without a word ({', '.join(wordless)}): here it says so", step
            )
        self.steps[step] = made | dict.fromkeys(wordless, SAFE)

    def origin(self, step: str) -> str:
        """Tell where in their file a step comes from, as far as it was said."""
        return next((one.place for one in self.findings if one.step == step), "the whole file")

    def tell(self, place: str, text: str, step: str = "", *, decide: bool = False) -> None:
        """List what is not as it was."""
        self.findings.append(Finding(place, text, step, decide))

    def team(self, wish: str, numbers: list[str], place: str) -> str:
        """Make a team that rings some numbers; those that we cannot ring are listed, and kept there as they are."""
        team = self.name(f"team {wish} {numbers}", wish)
        fit = [number for number in numbers if re.fullmatch(r"\+[1-9]\d{6,14}", number)]
        self.teams[team] = fit
        for number in numbers:
            if number not in fit:
                self.tell(place, f"team {team} rang {number!r}: write it as +, country and number", decide=True)
        if not numbers:
            self.tell(place, f"whom does team {team} ring? Write its numbers under 'ring'", decide=True)
        return team


# first parts of the names of facts; no value may be kept under them
RESERVED_VALUES = frozenset({"call", "caller", "case", "team", "hours", "flag", "visits", "number"})


def spoken(text: object, known: dict[str, str]) -> str:
    """Make a text of theirs one of ours: values by our names, no braces, one line; "" where nothing is left.

    `known` has the expressions whose values we keep, with our names for them.
    """
    plain = " ".join(str(text or "").split())
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        name = known.get(match[0].strip("{}@ ").removesuffix(".category_localized"))
        kept.append(f'{{{name} or "…"}}' if name else "")
        return f"\x00{len(kept) - 1}\x00"

    plain = re.sub(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|@[a-z_]+(?:\.[a-z_0-9]+)+", keep, plain)
    plain = without_calls(plain).replace("{", "(").replace("}", ")")
    return " ".join(re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], plain).split())


def without_calls(text: str) -> str:
    """Take out `@( … )`, brackets counted."""
    made, depth, at = [], 0, 0
    while at < len(text):
        if depth == 0 and text.startswith("@(", at):
            depth, at = 1, at + 2
            continue
        if depth:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
        else:
            made.append(text[at])
        at += 1
    return "".join(made)
