"""Values that others write for us, in tables and in answers, judged by the type that the menu says they have.

Strict, since a caller hears them: what is not of its type is no value. Each has a largest size, since it travels in
the address of every later turn.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping

from ivr.engine.tree import Given, Value

TEXT = 40  # bytes of a text, unless the menu says otherwise
# type -> the most bytes of a value
LARGEST: Mapping[str, int] = {
    "text": TEXT,
    "digits": 20,
    "reference": 20,
    "phone": 16,
    "number": 24,
    "amount": 24,
    "date": 10,
    "month": 7,
    "yes_no": 5,
}
_WRITTEN = {
    "digits": re.compile(r"[0-9]{1,20}", re.ASCII),
    "reference": re.compile(r"[A-Za-z0-9-]{1,20}", re.ASCII),
    "phone": re.compile(r"\+?[0-9]{3,15}", re.ASCII),
    "month": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII),
}
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)
_MOST = 1e12


class NotOfType(ValueError):
    """A value is not what the menu says."""


def size(given: Given) -> int:
    """Return the most bytes that a value can have."""
    return given.size or LARGEST[given.kind]


def from_json(given: Given, value: object) -> Value:
    """Judge a value of JSON. None is one where the menu allows it. Raises ``NotOfType``."""
    if value is None:
        if given.needed:
            raise NotOfType("is missing")
        return None
    if given.kind == "yes_no":
        if isinstance(value, bool):
            return value
    elif given.kind in {"number", "amount"}:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _finite(value)
    elif isinstance(value, str):
        return _text(given, value)
    raise NotOfType(f"is a {type(value).__name__}, not {given.kind}")


def from_text(given: Given, text: str) -> Value:
    """Judge what stands in a table; nothing there is None. Raises ``NotOfType``."""
    text = text.strip()
    if not text:
        return from_json(given, None)
    if given.kind == "yes_no":
        if text not in {"yes", "no"}:
            raise NotOfType("is neither yes nor no")
        return text == "yes"
    if given.kind in {"number", "amount"}:
        if _NUMBER.fullmatch(text) is None:
            raise NotOfType(f"is no {given.kind}")
        return _finite(float(text))
    return _text(given, text)


def row_key(values: Iterable[Value]) -> str:
    """Name a row of a table by what stands in some of its columns; capitals make no difference."""
    return "\x1f".join(_cell(value).strip().casefold() for value in values)


def _cell(value: Value) -> str:
    """Write a value as it would stand in a table."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _finite(value: float) -> Value:
    """Take a number that can be spoken."""
    if not abs(value) < _MOST:  # so said, no number at all is refused too
        raise NotOfType("is too large a number")
    return int(value) if float(value).is_integer() else value


def _text(given: Given, text: str) -> Value:
    """Take a text of a kind."""
    return _KINDS.get(given.kind, _written)(given, text)


def _written(given: Given, text: str) -> Value:
    """Take what has a form of its own."""
    if _WRITTEN[given.kind].fullmatch(text) is None or len(text) > size(given):
        raise NotOfType(f"is not written as {given.kind}")
    return text


def _date(_given: Given, text: str) -> Value:
    """Take a day such as 2026-11-24."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise NotOfType("is no date") from error
    if day.isoformat() != text:  # 20261124 and 2026-W48-2 are days too, and no menu says them so
        raise NotOfType("is not written as date")
    return text


def _words(given: Given, text: str) -> Value:
    """Take words as they can be spoken, as many as there is room for."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text).replace('"', "'").replace("\\", " ")
    words = " ".join(printable.split())
    room = size(given)
    if len(words.encode()) <= room:
        return words or from_json(given, None)
    cut = words.encode()[:room].decode(errors="ignore")
    return cut.rpartition(" ")[0] or cut


_KINDS: Mapping[str, Callable[[Given, str], Value]] = {"date": _date, "text": _words}
