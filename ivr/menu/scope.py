"""What a reader of values may look at: where it reads, and which names exist."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.engine.tree import Given, Template
from ivr.menu.notes import Notes
from ivr.menu.source import Mapping, Scalar
from ivr.menu.tables import Table


@dataclass(frozen=True, slots=True)
class Text:
    """A text as written, and its parts."""

    node: Scalar
    template: Template


@dataclass(frozen=True, slots=True)
class Use:
    """A value that a text, a field or a summary reads."""

    step: str
    name: str
    node: Scalar
    safe: bool  # `{name or "…"}`, or a field that may stay empty


@dataclass(frozen=True, slots=True)
class Test:
    """A condition as written."""

    step: str
    node: Scalar


@dataclass(slots=True)
class Scope:
    """The names of one hotline, and what was read so far."""

    notes: Notes
    steps: dict[str, Mapping]  # step's id -> its map, in the order read
    areas: dict[str, str]  # area -> its first step's id
    keys: dict[str, Scalar] = field(default_factory=dict)  # step's id -> its name in the file
    broken: set[str] = field(default_factory=set)  # areas whose file is to be mended first: ways into them may exist
    languages: set[str] = field(default_factory=set)
    teams: set[str] = field(default_factory=set)
    schedules: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    directories: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)  # by the name that a menu calls it: tables/x.csv
    lists: dict[str, dict[str, Given]] = field(default_factory=dict)  # list that a look-up gives -> its fields
    items: dict[str, str] = field(default_factory=dict)  # step's id -> what it calls the item at hand
    fields: dict[str, Given] = field(default_factory=dict)  # `place.address` of an item at hand
    hosts: set[str] = field(default_factory=set)  # that may be asked
    credentials: dict[str, Scalar] = field(default_factory=dict)  # secrets of ours that are sent -> where first
    uses: list[Use] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    area: str = ""  # being read; "" in config.yaml
    step: str = ""
    sentence: bool = False  # the text being read is a choice's sentence: {key} is filled in there
