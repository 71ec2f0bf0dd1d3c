"""TaskRouter's conditions: ``team == "care" AND worker.skills HAS "gas"``. What we never write is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ivr.errors import IvrError

_TOKEN = re.compile(r"""\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+)|([A-Za-z_][\w.]*)|(==|!=|[()]))""")
Scope = Mapping[str, Any]


class BadExpression(IvrError):
    """The real carrier would let every task wait in silence."""


class _Reader:
    """Reads one condition."""

    def __init__(self, text: str, known: Scope) -> None:
        self._tokens = _tokens(text)
        self._known = known
        self._at = 0

    def whole(self) -> bool:
        """Judge all of it."""
        found = self._any()
        if self._at != len(self._tokens):
            raise BadExpression(f"{self._tokens[self._at][1]!r} has no place here")
        return found

    def _any(self) -> bool:
        found = self._all()
        while self._take("OR"):
            found = self._all() or found
        return found

    def _all(self) -> bool:
        found = self._one()
        while self._take("AND"):
            found = self._one() and found
        return found

    def _one(self) -> bool:
        if self._take("("):
            found = self._any()
            if not self._take(")"):
                raise BadExpression("a bracket is not closed")
            return found
        left = self._value()
        for word, judge in _OPERATORS.items():
            if self._take(word):
                return judge(left, self._value())
        raise BadExpression("a comparison is missing")

    def _value(self) -> Any:
        if self._at >= len(self._tokens):
            raise BadExpression("it ends too early")
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "name" and text not in _OPERATORS and text not in {"AND", "OR"}:
            return _look(self._known, text)
        if kind == "text":
            return text[1:-1].replace("\\" + text[0], text[0])
        if kind == "number":
            return int(text)
        raise BadExpression(f"{text!r} is no value")

    def _take(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] in {("sign", word), ("name", word)}:
            self._at += 1
            return True
        return False


def holds(text: str, known: Scope) -> bool:
    """Judge a condition; `known` has names as the carrier gives them: ``task.language``, ``team``."""
    return _Reader(text, known).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadExpression(f"{text[at:]!r} cannot be read")
        kind = ("text", "number", "name", "sign")[(match.lastindex or 1) - 1]
        found.append((kind, match[match.lastindex or 1]))
        at = match.end()
    return found


def _look(known: Scope, name: str) -> Any:
    value: Any = known
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _is_in(left: Any, right: Any) -> bool:
    return isinstance(right, list) and left in right


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "HAS": lambda left, right: _is_in(right, left),
    "IN": _is_in,
}
