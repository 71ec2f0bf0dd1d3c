"""Reads a map by a table of options: every key known, every value read, every slip explained."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any

from ivr.menu import shapes
from ivr.menu.kinds import Read
from ivr.menu.notes import quoted
from ivr.menu.problems import Fix, shown
from ivr.menu.scope import Scope
from ivr.menu.source import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True, slots=True)
class Option:
    """One key of a map."""

    read: Read
    needed: bool = False


LATER = "later"  # in place of an Option: the key is part of the language, and comes with a later release
Options = Table[str, Option | str]


def shape_of_map(options: Options) -> shapes.Shape:
    """Give the JSON Schema of a map; keys of a later release are left out, as they are refused."""
    known = {name: option for name, option in options.items() if isinstance(option, Option)}
    needed = [name for name, option in known.items() if option.needed]
    return shapes.closed({name: shapes.shape_of(option.read) for name, option in known.items()}, needed)


def as_map(scope: Scope, node: Node, what: str) -> Mapping | None:
    """Take a map where a list or a text may stand by mistake."""
    if isinstance(node, Mapping):
        return node
    if isinstance(node, Sequence):
        fix = _without_dashes(scope, node)
        hint = "write the keys without the dashes" if fix else "write keys with values"
        scope.notes.add("dash-list", node, f"{what} is a map, and a list stands here", hint, fix=fix)
    elif node.text.strip():
        said = f"{what} is a map, and the text {shown(node.text)} stands here"
        scope.notes.add("not-a-map", node, said, "write keys with values below it")
    else:
        scope.notes.add("no-value", node, f"{what} is empty", "write keys with values below it")
    return None


def _without_dashes(scope: Scope, node: Sequence) -> Fix | None:
    """Blank the dashes of a list of maps, so that one map stays."""
    if node.flow or not all(isinstance(item, Mapping) and not item.flow for item in node.items):
        return None
    source = scope.notes.sources[node.path]
    starts = {item.line for item in node.items}
    lines = []
    for number in range(node.line, node.last + 1):
        line = source.line(number)
        lines.append(line.replace("-", " ", 1) if number in starts else line)
    return Fix(node.line, node.last, "\n".join(lines))


def read_map(scope: Scope, node: Node, options: Options, what: str) -> dict[str, Any]:
    """Read every entry that the table knows; a wrong one is noted and left out."""
    holder = as_map(scope, node, what)
    values: dict[str, Any] = {}
    if holder is None:
        return values
    for key, value in entries(scope, holder):
        option = options.get(key.text)
        if isinstance(option, Option):
            found = option.read(scope, value)
            if found is not None:
                values[key.text] = found
        elif option == LATER:
            said = f"'{key.text}' comes with a later release"
            scope.notes.add("comes-later", key, said, "leave it out", fix=scope.notes.remove(key, value, holder))
        else:
            unknown_key(scope, (key, value), holder, options, what)
    for name, option in options.items():
        if isinstance(option, Option) and option.needed and holder.get(name) is None:
            scope.notes.add("missing-key", holder, f"{what} needs '{name}'", f"add a line '{name}: …'")
    return values


def unknown_key(scope: Scope, entry: tuple[Scalar, Node], holder: Mapping, options: Options, what: str) -> None:
    """Note a key that the table does not have."""
    key, value = entry
    known = [name for name, option in options.items() if isinstance(option, Option)]
    before = len(scope.notes.problems)
    scope.notes.unknown("unknown-key", key, f"{what} has no key {shown(key.text)}", known)
    last = scope.notes.problems[before:]
    near = last[0].hint if last else ""
    if last and (last[0].fix is None or any(holder.get(name) and f"'{name}'" in near for name in known)):
        scope.notes.problems.pop()
        said = f"{what} has no key {shown(key.text)}"
        fix = scope.notes.remove(key, value, holder)
        scope.notes.add("unknown-key", key, said, f"{near}, or leave it out", fix=fix)


def entries(scope: Scope, holder: Mapping) -> list[tuple[Scalar, Node]]:
    """Give the entries that can be trusted: no key twice, and no text cut in two by a comma."""
    trusted: list[tuple[Scalar, Node]] = []
    seen: dict[str, Scalar] = {}
    for at, (key, value) in enumerate(holder.entries):
        if holder.flow and _cut_by_comma(scope, key, value):
            _note_comma(scope, holder, at)
            continue
        first = seen.setdefault(key.text, key)
        if first is not key:
            said = f"the key {shown(key.text)} stands here a second time (first in line {first.line})"
            fix = scope.notes.remove(key, value, holder)
            scope.notes.add("duplicate-key", key, said, "keep one of the two", fix=fix)
            continue
        trusted.append((key, value))
    return trusted


def _cut_by_comma(scope: Scope, key: Scalar, value: Node) -> bool:
    """Tell whether a key of `{…}` has no colon behind it: then it is the rest of a text."""
    if not (key.plain and isinstance(value, Scalar) and value.plain and value.text == "" and value.end == key.end):
        return False
    return not scope.notes.sources[key.path].line(key.last)[key.end - 1 :].lstrip().startswith(":")


def _note_comma(scope: Scope, holder: Mapping, at: int) -> None:
    key, _ = holder.entries[at]
    start = at - 1
    while start >= 0 and _cut_by_comma(scope, *holder.entries[start]):
        start -= 1
    if start != at - 1:
        return  # the first piece of this text has said it
    stop = at
    while stop + 1 < len(holder.entries) and _cut_by_comma(scope, *holder.entries[stop + 1]):
        stop += 1
    end = holder.entries[stop][0]
    value = holder.entries[start][1] if start >= 0 else None
    fix = None
    if isinstance(value, Scalar) and value.line == end.last:
        line = scope.notes.sources[key.path].line(value.line)
        whole = line[value.column - 1 : end.end - 1]
        fix = Fix(value.line, value.line, line[: value.column - 1] + quoted(whole) + line[end.end - 1 :])
    said = f"the comma ends the text: {shown(key.text)} became a key of its own"
    scope.notes.add("comma-in-text", key, said, "put a text with commas in quotes inside { }", fix=fix)
