"""A conference of the carrier's, as its list shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flags:
    """How somebody is in the room; None leaves it as it is."""

    hold: bool | None = None
    muted: bool | None = None
    ends: bool | None = None  # the room ends when they leave it
    coaching: bool | None = None
    coached: str | None = None  # CallSid of whom they whisper to

    def beside(self, now: Flags) -> Flags:
        """Leave out what is so already."""
        wanted = {name: getattr(self, name) for name in Flags.__slots__}
        return Flags(**{name: value for name, value in wanted.items() if value not in {None, getattr(now, name)}})


NOTHING = Flags()


@dataclass(frozen=True, slots=True)
class Room:
    """Who is in a room now, by CallSid."""

    sid: str
    members: Mapping[str, Flags]
