"""A played call written as a scenario: play it, keep it, and it is a test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ivr.errors import IvrError
from ivr.simulator.acts import Act
from ivr.simulator.play import told
from ivr.simulator.transcript import MENU, Item
from ivr.simulator.whens import written

KEPT = frozenset({"say", "ask", "play", "record", "dial", "hangup", "reject"})


@dataclass(slots=True)
class Notebook:
    """What was done in a call and what was heard after it."""

    title: str
    head: dict[str, str] = field(default_factory=dict)  # line, caller, at, menu: as they were asked for
    maps: dict[str, dict[str, str]] = field(default_factory=dict)  # flags, agents
    steps: list[tuple[str, list[Item], bool]] = field(default_factory=list)  # when, what came of it, over after it
    cases: dict[int, str] = field(default_factory=dict)  # place of a step -> the kind of case that it opened

    def note(self, act: Act | None, items: Sequence[Item], over: bool) -> None:
        """Add a step; no act is the call itself."""
        self.steps.append((written(act) if act is not None else "called", list(items), over))

    def opened(self, kind: str) -> None:
        """Say that the last step opened a case."""
        self.cases[len(self.steps) - 1] = kind

    def text(self) -> str:
        """Write the scenario."""
        lines = [f"title: {quoted(self.title)}"]
        lines += [f"{name}: {quoted(value)}" for name, value in self.head.items() if value]
        for name, values in self.maps.items():
            lines += [f"{name}:", *(f"  {quoted(key)}: {value}" for key, value in values.items())] if values else []
        lines.append("steps:")
        for place, (when, items, over) in enumerate(self.steps):
            lines.append(f"  - when: {quoted(when)}")
            lines += _heard("hears", [item for item in items if not item.leg])
            lines += _heard("heard_by_agent", [item for item in items if item.leg])
            if place in self.cases:
                lines.append(f"    case: {self.cases[place]}")
            if over:
                lines.append("    ends: yes")
        return "\n".join(lines) + "\n"

    def save(self, path: Path) -> None:
        """Write the file, and its folder where there is none; an existing file is never written over."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(self.text())
        except FileExistsError as error:
            raise IvrError(f"{path} exists already", hint="choose another name") from error
        except OSError as error:
            raise IvrError(f"cannot write {path}: {error.strerror}") from error


def _heard(name: str, items: Sequence[Item]) -> list[str]:
    kept = [steady(told(item)) for item in items if item.who == MENU and item.verb in KEPT]
    return [f"    {name}:", *(f"      - {quoted(line)}" for line in kept)] if kept else []


def steady(line: str) -> str:
    """Keep a line up to its first digit where it speaks a reference, which is another at every call."""
    kind, _, words = line.partition(" ")
    if kind == "play":
        return kind  # a recording's name is the hash of its sound
    place = re.search(r"(?:[A-Z][ ,.]+)*\d[ ,.]+\d", words)
    if kind == "dial" or place is None:
        return line
    return f"{kind} {words[: place.start()]}".strip()


def quoted(text: str) -> str:
    """Write a text so that YAML reads it as it is."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
