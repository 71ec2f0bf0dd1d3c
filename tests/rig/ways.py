"""Calls made from a table: how the steps of a hotline are left by whoever gives no answer, or reaches nobody.

``ways.yaml`` beside a ``config.yaml`` names each step with the way to it; what is done there follows from the step's
kind. So a line of it is two calls, or four, and each must leave its step by the exit that it is made for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from ivr.engine.tree import Listening, Menu, Transfer, Tree
from ivr.simulator.carrier import Carrier
from ivr.simulator.scenario import Scenario, read_scenario
from ivr.stage import Stage

AT = "2026-11-24 10:00"  # a Tuesday
WRONG = "pressed 9"
WAITS = 5  # documents in a minute of waiting
MAPS = ("answers", "facts", "flags", "agents")
EMERGENCY = {"flags": {"emergency": "on"}}


@dataclass(frozen=True, slots=True)
class Made:
    """One call, and the way that it is made for."""

    way: str
    scenario: Scenario
    queue_fails: bool = False


class OutOfOrder:
    """A stage whose carrier has no queue that works."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def begin(self, scenario: Scenario) -> tuple[Carrier, str]:
        carrier, url = self._stage.begin(scenario)
        return replace(carrier, queue_fails="error"), url

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stage, name)


@dataclass(frozen=True, slots=True)
class Table:
    """What one ``ways.yaml`` says."""

    tree: Tree
    head: Mapping[str, Any]

    @property
    def never(self) -> set[str]:
        """Ways that no call can take; they stand under the reason."""
        return {way for ways in self.head.get("never", {}).values() for way in ways}

    def calls(self, folder: Path) -> Iterator[Made]:
        """Write each call as a scenario, and read it."""
        for section, make in SECTIONS.items():
            for name, row in self.head.get(section, {}).items():
                for way, call in make(self.tree, name, row):
                    if way in self.never:
                        continue
                    path = folder / f"{way.replace(' ', '_')}.yaml"
                    path.write_text(yaml.safe_dump(self._scenario(way, call), allow_unicode=True), encoding="utf-8")
                    yield Made(way, read_scenario(path), bool(call.get("queue_fails")))

    def _scenario(self, way: str, call: Mapping[str, Any]) -> dict[str, Any]:
        head = {name: call.get(name, self.head.get(name)) for name in ("at", "caller", "line")}
        maps = {name: {**self.head.get(name, {}), **call.get(name, {})} for name in MAPS}
        kept = {name: value for name, value in (head | {"at": head["at"] or AT} | maps).items() if value}
        before = [] if call.get("alone") else self.head.get("before", [])
        return kept | {"title": way, "steps": [{"when": when} for when in ("called", *before, *call["by"])]}


Calls = Iterator[tuple[str, dict[str, Any]]]


def unheard(tree: Tree, name: str, row: Mapping[str, Any]) -> Calls:
    """Stay silent at a step, and give it what it does not take."""
    step = tree.steps[name]
    assert isinstance(step, Listening), name
    silences = 1 if isinstance(step, Menu) and step.stay else step.silences
    for leaves, count, does in (
        ("silence", silences, "silent"),
        ("wrong", step.wrongs, row.get("wrong", WRONG)),
    ):
        if leaves in step.exits and row.get(leaves, True):
            yield f"{name} exit {leaves}", {**row, "by": [*row.get("by", []), *([does] * count)]}


def queues(tree: Tree, name: str, row: Mapping[str, Any]) -> Calls:
    """Find a queue closed, without people, too long, and out of order."""
    step = tree.steps[name]
    assert isinstance(step, Transfer), name
    there = {"facts": {**row.get("facts", {}), f"team.{step.team}.present": 1}}
    team, by = tree.teams[step.team], row.get("by", [])
    waits = row.get("waits", (step.patience or team.patience) // 60 * WAITS - 1)
    yield f"{name} exit closed", {**row, **there, **EMERGENCY}
    yield f"{name} exit nobody", {**row, "by": by}
    yield f"{name} exit busy", {**row, **there, "by": [*by, *["silent"] * waits]}
    rung = ["nobody answers"] * len(team.ring)
    yield f"{name} exit no_answer", {**row, **there, "by": [*by, *rung], "queue_fails": True}


def rings(_tree: Tree, name: str, row: Mapping[str, Any]) -> Calls:
    """Find people closed, busy, and away from their phones."""
    for leaves, how in (
        ("closed", EMERGENCY),
        ("busy", {"agents": {"everyone": "is busy"}}),
        ("no_answer", {"agents": {"everyone": "does not answer"}}),
    ):
        yield f"{name} exit {leaves}", {**row, **how}


def others(_tree: Tree, name: str, row: Mapping[str, Any]) -> Calls:
    """Take a way as the table says."""
    yield name, dict(row)


SECTIONS = {"unheard": unheard, "queues": queues, "rings": rings, "others": others}


def table(folder: Path, tree: Tree) -> Table:
    """Read the table of a hotline; one without has only its scenarios."""
    path = folder / "ways.yaml"
    head = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    assert set(head) <= {*SECTIONS, *MAPS, "at", "caller", "line", "before", "never"}, path
    return Table(tree, head)
