"""Collects what is wrong while the files are read, and words the corrected line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ivr.menu.problems import ERROR, Fix, Problem, nearest, shown
from ivr.menu.source import Mapping, Node, Scalar, Source

MOST_PROBLEMS = 1000  # more help nobody, and a broken file of 4 MB could make a million


class Notes:
    """Problems found so far, and the sources they are about."""

    def __init__(self, sources: dict[str, Source]) -> None:
        """Begin with nothing wrong."""
        self.sources = sources
        self.problems: list[Problem] = []
        self.doubtful: set[str] = set()  # files that cannot be read, or whose indentation we had to guess

    def add(  # noqa: PLR0913  # a problem has that many parts; a noun between would only copy them
        self, code: str, node: Node, text: str, hint: str = "", *, fix: Fix | None = None, severity: str = ERROR
    ) -> None:
        """Note one problem at a node; of a doubtful file it would be an echo of what is wrong already."""
        if len(self.problems) < MOST_PROBLEMS and node.path not in self.doubtful:
            self.problems.append(Problem(code, node.path, node.line, node.column, text, hint, fix, severity))

    def failed(self) -> bool:
        """Tell whether something was noted that stops a publish."""
        return any(problem.severity == ERROR for problem in self.problems)

    def replace(self, node: Node, text: str) -> Fix:
        """Write `text` where the node stands."""
        source = self.sources[node.path]
        before = source.line(node.line)[: node.column - 1]
        after = source.line(node.last)[node.end - 1 :] if node.end > 1 else ""
        return Fix(node.line, node.last, before + text + after)

    def quote(self, node: Scalar, text: str | None = None) -> Fix:
        """Write the node's text, or another, in quotes."""
        return self.replace(node, quoted(node.text if text is None else text))

    def remove(self, key: Scalar, value: Node, holder: Mapping) -> Fix | None:
        """Take an entry away; None where that cannot be done on whole lines."""
        source = self.sources[key.path]
        if not holder.flow:
            before = source.line(key.line)[: key.column - 1]
            return Fix(key.line, value.last, "") if not before.strip() else None
        if key.line != value.last:
            return None
        line = source.line(key.line)
        left, right = line[: key.column - 1].rstrip(), line[value.end - 1 :].lstrip()
        if right.startswith(","):
            joined = (left if left.endswith("{") else left + " ") + right[1:].lstrip()
        else:
            joined = left.removesuffix(",") + right
        return Fix(key.line, key.line, joined)

    def unknown(self, code: str, node: Scalar, what: str, known: Iterable[str]) -> None:
        """Note a name that nobody knows, with the nearest one that somebody does."""
        known = sorted(known)
        near = nearest(node.text, known)
        if near:
            self.add(code, node, what, f"did you mean '{near}'?", fix=self.replace(node, _as_written(node, near)))
        else:
            listed = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
            self.add(code, node, what, f"known here: {listed}" if known else "none is known here")


def _as_written(node: Scalar, text: str) -> str:
    return text if node.plain and needs_no_quotes(text) else quoted(text)


def needs_no_quotes(text: str) -> bool:
    """Tell whether a text can stand in YAML as it is, at the end of a line or inside braces."""
    if not text or text != text.strip() or text[0] in "{[]}\"'@%!&*|>`#,?:-" or text.lower() in YES_NO:
        return False
    return ": " not in text and " #" not in text and not text.endswith(":") and not re.search(r"[{}\[\],\n]", text)


YES_NO = frozenset({"yes", "no", "on", "off", "true", "false", "null", "~", "y", "n"})


def quoted(text: str) -> str:
    """Write a text in double quotes as YAML reads it back."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


# What YAML 1.1 tools, editors among them, do not read as the text it looks like.
_MISREAD: tuple[tuple[str, Callable[[str], object], str], ...] = (
    ("yes-no-as-text", lambda text: text.lower() in YES_NO, "is read as yes or no by many tools"),
    ("leading-zero", re.compile(r"0\d+").fullmatch, "loses its zero in many tools"),
    ("clock-as-number", re.compile(r"\d{1,2}(:\d{2})+").fullmatch, "is read as a number of seconds by many tools"),
    ("plus-unquoted", re.compile(r"\+\d+").fullmatch, "loses its plus sign in many tools"),
)


def check_text(notes: Notes, node: Scalar) -> bool:
    """Look for the traps that YAML lays for a text; False where the text cannot be trusted."""
    if not node.plain:
        return _speakable(notes, node)
    text = node.text
    rest = notes.sources[node.path].line(node.last)[node.end - 1 :]
    if rest.startswith(" #"):
        whole = text + rest
        notes.add(
            "cut-at-hash",
            node,
            f"the text ends at ' #': only {shown(text)} is left",
            "put the text in quotes; if it is a comment, leave two spaces before the '#'",
            fix=Fix(node.line, node.last, notes.replace(node, "").text[: node.column - 1] + quoted(whole)),
        )
        return False
    for code, looks_so, why in _MISREAD:
        if looks_so(text):
            notes.add(code, node, f"{shown(text)} {why}", "put it in quotes", fix=notes.quote(node))
            return False
    return _speakable(notes, node)


def _speakable(notes: Notes, node: Scalar) -> bool:
    if node.text.isprintable():
        return True
    bad = next((char for char in node.text if not char.isprintable() and char not in "\n\t"), "")
    if not bad:
        return True
    clean = "".join(char if char.isprintable() else " " for char in node.text)
    text = f"the text holds the control character U+{ord(bad):04X}"
    notes.add("control-character", node, text, "write it without", fix=notes.quote(node, " ".join(clean.split())))
    return False
