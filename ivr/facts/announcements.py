"""What is on the air, as a call reads it: so many, and the words of each by number and language.

`announcements` counts those that are on now on the call's line, `announcements.emergency` those that are heard first of
all; they have the lowest numbers. `announcement.<number>.<language>` is "say …" or "play <sha256>", unknown where the
announcement has nothing in that language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ivr.engine.tree import Value


@dataclass(frozen=True, slots=True)
class OnAir:
    """One announcement."""

    name: str
    until: float  # seconds since the epoch
    emergency: bool = False
    lines: tuple[str, ...] = ()  # () means every line
    texts: Mapping[str, str] = field(default_factory=dict)  # language -> words
    audio: Mapping[str, str] = field(default_factory=dict)  # language -> sha256 of a recording

    def heard_on(self, line: str | None, at: float) -> bool:
        """Say whether callers of a line, or of any, hear it at a time."""
        return at < self.until and (not self.lines or line is None or line in self.lines)

    def told(self, language: str) -> str | None:
        """Give what is heard in a language, as the engine reads it; None for nothing."""
        if language in self.audio:
            return f"play {self.audio[language]}"
        return f"say {self.texts[language]}" if language in self.texts else None


def heard(all_of_them: Sequence[OnAir], line: str | None, at: float) -> list[OnAir]:
    """Give those that callers of a line (None: of any) hear at a time, emergencies first."""
    found = [one for one in all_of_them if one.heard_on(line, at)]
    return sorted(found, key=lambda one: not one.emergency)


def count(found: Sequence[OnAir], which: str) -> Value:
    """Count them: all, or `emergency`."""
    return sum(one.emergency for one in found) if which == "emergency" else None if which else len(found)


def told(found: Sequence[OnAir], rest: str) -> Value:
    """Look up `<number>.<language>`."""
    number, _, language = rest.partition(".")
    if not number.isdigit() or not 1 <= int(number) <= len(found):
        return None
    return found[int(number) - 1].told(language)


def as_facts(found: Sequence[OnAir]) -> dict[str, Value]:
    """Write announcements as a pretended call takes them for real."""
    made: dict[str, Value] = {"announcements": len(found), "announcements.emergency": count(found, "emergency")}
    for number, one in enumerate(sorted(found, key=lambda one: not one.emergency), 1):
        for language in dict.fromkeys((*one.texts, *one.audio)):
            made[f"announcement.{number}.{language}"] = one.told(language)
    return made
