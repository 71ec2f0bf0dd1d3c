"""YAML read into nodes that remember where they stand; every scalar is text.

PyYAML's C parser hands us events and we build the tree ourselves, without recursion: its own composer
recurses in C and dies of depth, resolves `no` to False and `12:30` to 750, and keeps the last of two keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MOST_BYTES = 4_000_000  # one file; 10,000 steps are about 2 MB
MOST_NODES = 400_000
MOST_DEPTH = 16  # the deepest form of the language has 7


@dataclass(slots=True, eq=False)
class Scalar:
    """A text. Not frozen, as are its siblings: a frozen one takes four times as long to make."""

    path: str
    line: int  # from 1
    column: int
    last: int  # line of its last character
    end: int  # column after its last character
    text: str
    plain: bool = True  # written without quotes


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys and values in the order written; a key may stand here twice."""

    path: str
    line: int
    column: int
    flow: bool
    last: int = 0
    end: int = 0
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)

    def get(self, key: str) -> Node | None:
        """Find the first value of a key."""
        return next((value for name, value in self.entries if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """Find where a key is written."""
        return next((name for name, _ in self.entries if name.text == key), None)


@dataclass(slots=True, eq=False)
class Sequence:
    """A list, with dashes or in brackets."""

    path: str
    line: int
    column: int
    flow: bool
    last: int = 0
    end: int = 0
    items: list[Node] = field(default_factory=list)


Node = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its lines as written, and its tree where it could be read."""

    path: str
    text: str
    lines: tuple[str, ...]
    root: Node | None

    def line(self, number: int) -> str:
        """Give one line (from 1), or "" where the file has none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


class Unreadable(Exception):
    """The file is not what we read as YAML; `ivr.menu.traps` turns this into a problem."""

    def __init__(self, code: str, line: int, column: int, text: str, *, start: int = 0) -> None:
        """Keep the place; `start` is the line where the broken thing began, if it began earlier."""
        super().__init__(text)
        self.code = code
        self.line = line
        self.column = column
        self.start = start or line


def parse(path: str, text: str) -> Node | None:
    """Build the tree of one document; None for an empty file. Raises Unreadable."""
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise Unreadable("broken-yaml", line, 1, "there is a NUL character")
    try:
        return _Builder(path).build(_events(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        start = error.context_mark.line + 1 if error.context_mark else 0
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Unreadable("broken-yaml", line, column, str(error.problem), start=start) from error
    except yaml.reader.ReaderError as error:
        raise Unreadable("broken-yaml", *_reader_place(text, error), "there is a character YAML refuses") from error


def _reader_place(text: str, error: yaml.reader.ReaderError) -> tuple[int, int]:
    """Turn the reader's position (characters, or bytes in the C parser) into a line; the column is not known."""
    before = text.encode()[: int(error.position)].decode(errors="ignore")
    return before.count("\n") + 1, 1


def _events(text: str) -> Iterator[Any]:
    parser = yaml.CBaseLoader(text)
    try:
        while (event := parser.get_event()) is not None:
            yield event
    finally:
        parser.dispose()


class _Builder:
    """Turns events into nodes with an explicit stack."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.root: Node | None = None
        self.stack: list[Mapping | Sequence] = []
        self.keys: list[Scalar | None] = []  # the key that waits for its value, per level
        self.nodes = 0

    def build(self, events: Iterator[Any]) -> Node | None:
        """Read to the end of the one document."""
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close(event)
            elif kind is yaml.AliasEvent:
                raise _refused(event, "alias", f"'*{event.anchor}' repeats something written elsewhere")
            elif kind is yaml.DocumentStartEvent and self.root is not None:
                raise _refused(event, "several-documents", "'---' begins a second document in this file")
        return self.root

    def _scalar(self, event: Any) -> None:
        _plain_only(event)
        start, stop = event.start_mark, event.end_mark
        plain = event.style is None or event.style == ""
        node = Scalar(
            self.path, start.line + 1, start.column + 1, stop.line + 1, stop.column + 1, event.value, plain=plain
        )
        if event.style in ("|", ">"):
            node.last, node.end = max(stop.line if stop.column == 0 else stop.line + 1, node.line), 1
        self._place(node)

    def _open(self, event: Any) -> None:
        _plain_only(event)
        mark = event.start_mark
        if len(self.stack) >= MOST_DEPTH:
            raise _refused(event, "too-deep", f"this is nested deeper than {MOST_DEPTH} levels")
        if self.stack and isinstance(self.stack[-1], Mapping) and self.keys[-1] is None:
            raise _refused(event, "broken-yaml", "a list or a map stands where a key belongs")
        made: Mapping | Sequence
        if isinstance(event, yaml.MappingStartEvent):
            made = Mapping(self.path, mark.line + 1, mark.column + 1, bool(event.flow_style))
        else:
            made = Sequence(self.path, mark.line + 1, mark.column + 1, bool(event.flow_style))
        self._place(made)
        self.stack.append(made)
        self.keys.append(None)

    def _close(self, event: Any) -> None:
        done = self.stack.pop()
        self.keys.pop()
        mark = event.end_mark
        done.last, done.end = mark.line + 1, mark.column + 1
        if not done.flow:  # a block's end mark stands at the next thing: its last line is its last child's
            tail: Node | None = None
            if isinstance(done, Mapping):
                tail = done.entries[-1][1] if done.entries else None
            elif done.items:
                tail = done.items[-1]
            if tail is not None:
                done.last, done.end = tail.last, tail.end

    def _place(self, node: Node) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise Unreadable("too-large", node.line, node.column, f"the file holds more than {MOST_NODES:,} values")
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        waiting = self.keys[-1]
        if waiting is None:
            assert isinstance(node, Scalar)  # noqa: S101  # _open refuses the rest
            self.keys[-1] = node
            return
        if isinstance(node, Scalar) and node.text == "" and node.plain:
            # An empty value's mark stands at the next token; its place is its key's end.
            node.line = node.last = waiting.last
            node.column = node.end = waiting.end
        parent.entries.append((waiting, node))
        self.keys[-1] = None


def _plain_only(event: Any) -> None:
    if event.anchor is not None:
        raise _refused(event, "alias", f"'&{event.anchor}' is an anchor")
    if getattr(event, "tag", None) is not None:
        raise _refused(event, "tag", f"'{event.tag}' is a tag")


def _refused(event: Any, code: str, text: str) -> Unreadable:
    mark = event.start_mark
    return Unreadable(code, mark.line + 1, mark.column + 1, text)
