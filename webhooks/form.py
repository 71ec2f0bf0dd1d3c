"""The carrier's form, read strictly and quickly from the request's body.

A form is ``application/x-www-form-urlencoded`` in UTF-8. Empty values are kept, since they are signed. What a form
never looks like (a chunked body, a broken escape, bytes that are no UTF-8, hundreds of fields) is refused instead of
repaired: a repaired form would be another form than the one that was signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LARGEST = 64 * 1024  # bytes of a body; the carrier's largest forms have some 3 kB
MOST_FIELDS = 256
LONGEST_NAME = 128

_BAD = "400 Bad Request"
_LARGE = "413 Content Too Large"
_HEX = "0123456789abcdefABCDEF"
# Who calls whom, and from where: the same in every request of a call. What is keyed or said is never among them.
_PLACES = ("City", "State", "Zip", "Country")
_REPEATED = frozenset(
    ("AccountSid", "ApiVersion", "CallSid", "CallStatus", "CallToken", "Direction", "StirVerstat")
).union(who + place for who in ("From", "To", "Caller", "Called") for place in ("", *_PLACES))
_LONGEST_STEADY, _MOST_STEADY = 120, 4096  # characters of a field; fields: less than 2 MB
_STEADY: dict[str, tuple[str, str]] = {}
_BYTES = {high + low: chr(int(high + low, 16)) for high in _HEX for low in _HEX}  # as Latin-1, byte for character


class FormRefused(Exception):
    """This body is not a form of the carrier."""

    def __init__(self, status: str, why: str) -> None:
        """Keep the status line to answer with."""
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name; `repeated` holds every pair only where a name came twice, which the signature must know."""

    fields: Mapping[str, str]  # the first value of each name
    repeated: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        """Give a field's value, "" where it is missing."""
        return self.fields.get(name, "")

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Give every pair as it was sent."""
        return self.repeated or tuple(self.fields.items())


def read_form(environ: Mapping[str, Any]) -> Form:
    """Read the form of a WSGI request.

    Raises FormRefused.
    """
    return parse_form(read_body(environ))


def read_body(environ: Mapping[str, Any]) -> bytes:
    """Read the whole body of a form post, never more than LARGEST bytes.

    Raises FormRefused.
    """
    if "HTTP_TRANSFER_ENCODING" in environ:
        raise FormRefused(_BAD, "a chunked body")
    kind = environ.get("CONTENT_TYPE", "")
    if kind != "application/x-www-form-urlencoded" and not _is_form(kind):
        raise FormRefused(_BAD, "not a form")
    length = _length(environ.get("CONTENT_LENGTH") or "0")
    if length > LARGEST:
        raise FormRefused(_LARGE, f"more than {LARGEST} bytes")
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) != length:
        raise FormRefused(_BAD, "a body shorter than it says")
    return body


def parse_form(body: bytes) -> Form:
    """Split and decode a body.

    Raises FormRefused.
    """
    if not body:
        return Form({})
    try:
        parts = body.decode("ascii").split("&")
    except UnicodeDecodeError:
        raise FormRefused(_BAD, "bytes outside ASCII") from None
    if len(parts) > MOST_FIELDS:
        raise FormRefused(_BAD, f"more than {MOST_FIELDS} fields")
    pairs = [_STEADY.get(part) or _pair(part) for part in parts if part]
    fields = dict(pairs)
    return Form(fields) if len(fields) == len(pairs) else Form(dict(reversed(pairs)), tuple(pairs))


def _pair(part: str) -> tuple[str, str]:
    """Decode a field, and remember one that every request of its call repeats."""
    name, _, value = part.partition("=")
    pair = (_name(name), _decode(value) if "%" in value or "+" in value else value)
    if pair[0] in _REPEATED and len(part) <= _LONGEST_STEADY:
        if len(_STEADY) >= _MOST_STEADY:
            _STEADY.clear()
        _STEADY[part] = pair
    return pair


@lru_cache(maxsize=512)
def _name(name: str) -> str:
    """Decode a name; there are some sixty of them, the same in every request."""
    if len(name) > LONGEST_NAME:
        raise FormRefused(_BAD, f"a name of more than {LONGEST_NAME} characters")
    return _decode(name)


def _decode(text: str) -> str:
    first, *escaped = text.replace("+", " ").split("%")
    if not escaped:
        return first
    try:
        text = "".join([first, *[_BYTES[part[:2]] + part[2:] for part in escaped]])
        return text if text.isascii() else text.encode("latin-1").decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        raise FormRefused(_BAD, "a broken escape") from None


def _is_form(kind: str) -> bool:
    """Tell whether a content type with parameters is a form in UTF-8."""
    name, _, parameter = kind.lower().partition(";")
    charset = parameter.strip().removeprefix("charset=").strip('"')
    return name.strip() == "application/x-www-form-urlencoded" and charset in {"", "utf-8"}


def _length(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise FormRefused(_BAD, "a length that is no number")
    return int(text)
