"""A compiled version: all that a node must hold to play a menu, and nothing that lives.

``ivr.menu`` makes it, ``ivr.publishing`` carries it to the nodes, the switchboard and the pages read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.engine import services as services  # noqa: PLC0414 - its steps are part of every tree
from ivr.engine.tree import Tree

RECORDINGS = 90  # days that recordings are kept where config.yaml says nothing


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is open, in the public notation of opening hours.

    Source of the notation: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
    """

    rules: str  # "Mo-Fr 08:00-18:00; PH off"; "" means always open
    zone: str  # IANA
    holidays: str = ""  # ISO country code, with a subdivision after a dash where there is one


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case."""

    id: str
    series: str  # one letter before the number
    team: str = ""
    due: str = ""  # "2 days": when an answer is due; "" where there is no such time
    dues: Mapping[str, str] = field(default_factory=dict)  # priority -> its own time


@dataclass(frozen=True, slots=True)
class CallBackRules:
    """Whom we call back, when, and how often."""

    countries: tuple[str, ...] = ()  # ISO codes; (): those of the hotline's own numbers
    daytime: str = "08:00-21:00"  # opening hours, where whoever is called is
    tries: int = 3
    pauses: tuple[float, ...] = (900.0, 7200.0)  # seconds after the first and the second try; growing
    survey: str = ""  # step whose questions who was called back is asked by SMS after the talk


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days each kind of data is kept; recordings have `Content.keep_recordings`."""

    calls: int = 400
    transcripts: int = 90
    cases: int = 1100
    messages: int = 1100
    surveys: int = 1100
    call_backs: int = 400
    callers: int = 1100
    agents: int = 400
    exports: int = 7


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands in its file; lines count from 1."""

    path: str
    line: int
    last: int
    column: int = 1


@dataclass(frozen=True, slots=True)
class Content:
    """One version of one hotline, ready to be played."""

    hash: str  # sha256 (hex) over menus, locales, audio and config without `seed`
    tree: Tree
    schedules: Mapping[str, Schedule]  # team's or schedule's id -> hours
    kinds: Mapping[str, Kind]
    places: Mapping[str, Place]  # step's id -> where it is written
    sources: Mapping[str, str]  # path -> text, as published
    audio: Mapping[str, float] = field(default_factory=dict)  # sha256 (hex) of a wav -> seconds
    always_on: tuple[str, ...] = ()  # numbers of the static fallback
    keep_recordings: int = RECORDINGS  # days
    tested: bool = False  # its scenarios must pass before anything is published in its place, or it itself
    credentials: tuple[str, ...] = ()  # names of secrets of ours that look-ups send
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # language -> name -> words of messages
    messages_kind: str = ""  # of a case that a message opens; "" is the first kind there is
    call_backs: CallBackRules = CallBackRules()
    retention: Retention = Retention()
    targets: Mapping[str, float] = field(default_factory=dict)  # team -> seconds within which its callers are to be met
    recordings: Mapping[str, str] = field(
        default_factory=dict
    )  # path -> sha256 of those that are played; {} in old ones
