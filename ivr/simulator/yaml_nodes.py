"""YAML with places: every scalar is text, every entry knows its line, and what is not understood is refused there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from ivr.errors import IvrError

LARGEST = 256 * 1024  # bytes of a file
_MANY_OPEN = re.compile(r"(?:[\[{]\s*){20}")  # brackets opened one within the other
_YES = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
_SECONDS = re.compile(r"(\d+(?:\.\d+)?) ?(?:(s)|(min))?", re.ASCII)


class ScenarioRefused(IvrError):
    """This scenario cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value and where it stands."""

    path: str
    node: yaml.Node

    @property
    def line(self) -> int:
        """Give the line, from 1."""
        return int(self.node.start_mark.line) + 1

    def refuse(self, why: str, hint: str = "") -> ScenarioRefused:
        """Make the error that names this place."""
        return ScenarioRefused(f"{self.path}:{self.line}: {why}", hint=hint)

    def text(self) -> str:
        """Read a text."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.refuse("a text belongs here", _cut_hint(self.node))
        text = str(self.node.value)
        if not text.strip():
            raise self.refuse("a text is missing here", 'write it in quotes where it has a "#" or starts with one')
        return text

    def yes_no(self) -> bool:
        """Read yes or no (on, off)."""
        if self.text() not in _YES:
            raise self.refuse(f"{self.text()!r} is neither yes nor no")
        return _YES[self.text()]

    def seconds(self) -> float:
        """Read a time: ``8 s``, ``2 min``."""
        match = _SECONDS.fullmatch(self.text())
        if match is None:
            raise self.refuse(f"{self.text()!r} is no time", "write it as 8 s or 2 min")
        return float(match[1]) * (60 if match[3] else 1)

    def items(self) -> list[Entry]:
        """Read a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.refuse("a list belongs here", "begin each line with a dash")
        return [Entry(self.path, node) for node in self.node.value]

    def entries(self, known: Collection[str] = (), needed: Iterable[str] = ()) -> dict[str, Entry]:
        """Read a map; `known` names its keys where they are not free."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.refuse("a map belongs here (`name: value`)")
        found: dict[str, Entry] = {}
        for key_node, value_node in self.node.value:
            key = Entry(self.path, key_node)
            name = key.text()
            if known and name not in known:
                raise key.refuse(f"{name!r} is no key here", _near(name, known))
            if name in found:
                raise key.refuse(f"{name!r} stands here twice")
            found[name] = Entry(self.path, value_node)
        for name in needed:
            if name not in found:
                raise self.refuse(f"{name!r} is missing")
        return found


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known here: {', '.join(sorted(known))}; a text with a comma inside [ ] or {{ }} needs quotes"


def _cut_hint(node: yaml.Node) -> str:
    kind = "list" if isinstance(node, yaml.SequenceNode) else "map"
    return f"this reads as a {kind}; put a text with `: ` in it, or one that starts with [ or {{, in quotes"


def open_file(path: Path) -> Entry:
    """Read a file's one document; raise ScenarioRefused where it is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioRefused(f"{path}: cannot be read: {error}") from error
    if len(text) > LARGEST:
        raise ScenarioRefused(f"{path}: too large for a scenario")
    if _MANY_OPEN.search(text):  # the reader's time grows with the square of them
        raise ScenarioRefused(f"{path}: too deep for a scenario")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise ScenarioRefused(f"{path}: an alias (*name) has no place here", hint='write "*" in quotes')
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        raise ScenarioRefused(f"{path}{line}: not readable YAML: {getattr(error, 'problem', error)}") from error
    except RecursionError as error:
        raise ScenarioRefused(f"{path}: too deep for a scenario") from error
    if node is None:
        raise ScenarioRefused(f"{path}: the file is empty")
    return Entry(str(path), node)
