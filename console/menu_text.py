"""A menu file as the pages show it: lines whose pieces say what they are, steps that can be found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.content import Content

# what a piece of a line is -> its class in the style sheet
KEY, COMMENT, NUMBER, PLAIN = "k", "c", "n", ""
_LINE = re.compile(r"^(?P<space>\s*(?:- +)*)(?P<key>[\w.*# -]+?|\"[^\"]*\"|'[^']*')(?P<colon>:)(?=\s|$)")
_COMMENT = re.compile(r"(?:^|\s)#[^\"']*$")
_NUMBER = re.compile(r"^\s*(?:\d[\d.]*|yes|no|true|false)\s*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line."""

    text: str
    kind: str = PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file."""

    number: int
    pieces: tuple[Piece, ...]
    step: str = ""  # the step that begins here
    within: str = ""  # the step that it belongs to


@dataclass(frozen=True, slots=True)
class File:
    """One file of a version."""

    path: str
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """Its path as people say it."""
        return self.path.removeprefix("menus/")


def files_of(content: Content, drawn: Mapping[str, object]) -> list[File]:
    """Give the files of a version, config.yaml last; steps that are `drawn` can be found."""
    begins: dict[tuple[str, int], str] = {}
    within: dict[tuple[str, int], str] = {}
    for step, place in content.places.items():
        if step in drawn:
            begins[place.path, place.line] = step
            within.update({(place.path, line): step for line in range(place.line, place.last + 1)})
    found = []
    for path in sorted(content.sources, key=order):
        lines = content.sources[path].removesuffix("\n").split("\n")
        found.append(
            File(
                path,
                tuple(
                    Line(at, tuple(pieces(text)), begins.get((path, at), ""), within.get((path, at), ""))
                    for at, text in enumerate(lines, 1)
                ),
            )
        )
    return found


def order(path: str) -> tuple[int, bool, str]:
    """Sort menus before what hangs on them, the first area first, and config.yaml last of all."""
    return (99 if path == "config.yaml" else path.count("/"), not path.startswith("menus/main."), path)


def pieces(line: str) -> Iterator[Piece]:
    """Cut a line into what it is made of."""
    comment = _COMMENT.search(line)
    end = comment.start() if comment else len(line)
    found = _LINE.match(line[:end])
    rest = line[:end]
    if found:
        if found["space"]:
            yield Piece(found["space"])
        yield Piece(found["key"], KEY)
        yield Piece(":")
        rest = line[found.end() : end]
    if rest:
        yield Piece(rest, NUMBER if _NUMBER.match(rest) else PLAIN)
    if comment:
        yield Piece(line[end:], COMMENT)
