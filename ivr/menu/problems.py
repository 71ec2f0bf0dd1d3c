"""What is wrong, where, and the line that would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

ERROR = "error"  # stops a publish
LOOK_AT = "look at"  # does not


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction that a machine can apply: lines `line` to `last` (from 1, both included) become `text`."""

    line: int
    last: int
    text: str  # without the final line end; "" removes the lines


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place; lines and columns count from 1."""

    code: str
    path: str
    line: int
    column: int
    text: str
    hint: str = ""
    fix: Fix | None = None
    severity: str = ERROR

    def __str__(self) -> str:
        """Print as `menus/main.yaml:5:8: unknown-step: …`, with the hint and the corrected lines below."""
        lines = [f"{self.path}:{self.line}:{self.column}: {self.code}: {self.text}"]
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        if self.fix and self.fix.text:
            lines += [f"    {line}" for line in self.fix.text.split("\n")]
        return "\n".join(lines)

    def as_json(self) -> dict[str, object]:
        """Give the plain form for `--json` and the pages."""
        fix = self.fix and {"line": self.fix.line, "last": self.fix.last, "text": self.fix.text}
        return {
            "code": self.code,
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "text": self.text,
            "hint": self.hint,
            "fix": fix,
            "severity": self.severity,
        }


def apply_fix(text: str, fix: Fix) -> str:
    """Return the file's text with the correction made."""
    lines = text.split("\n")
    lines[fix.line - 1 : fix.last] = fix.text.split("\n") if fix.text else []
    return "\n".join(lines)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort by place, and drop what was said twice."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (p.path, p.line, p.column, p.code, p.text)))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like `word`, or "" where none is near."""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def shown(text: str, most: int = 60) -> str:
    """Quote something a person wrote, cut to a readable length and without control characters."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return f"'{clean if len(clean) <= most else clean[: most - 1] + '…'}'"
