"""Records to store: real in form, made up in content."""

from __future__ import annotations

from typing import Any

from ivr.records import CallRecord, EffectRecord, Entry, NoteRecord, TurnRecord


def turn(number: int, parent: int | None = None, **changes: Any) -> TurnRecord:
    """A turn whose id is its number."""
    values: dict[str, Any] = {
        "id": ident(number),
        "request": ident(number),
        "call": "CA1",
        "leg": "CA1",
        "parent": b"" if parent is None else ident(parent),
        "kind": "drive",
        "version": "v" * 64,
        "engine": 1,
        "at": 1_800_000_000.0 + number,
        "took": 900,
        "place": "main.main",
        "heard": "Pressed",
        "private": b"\x00\xffsealed",
        "seed": b"s" * 16,
    }
    return TurnRecord(**(values | changes))


def call(sid: str = "CA1", **changes: Any) -> CallRecord:
    """A call, taken at the line `main`."""
    values: dict[str, Any] = {
        "call": sid,
        "line": "main",
        "version": "v" * 64,
        "at": 1_800_000_000.0,
        "pretend": False,
        "caller": b"c" * 16,
        "key": "k1",
        "seed": b"s" * 16,
        "wrapped": b"w" * 48,
        "private": b"sealed numbers",
    }
    return CallRecord(**(values | changes))


def effect(number: int, ordinal: int = 0, kind: str = "CreateCase") -> EffectRecord:
    """An effect whose id is its number."""
    return EffectRecord(id=ident(number), ordinal=ordinal, kind=kind, private=b"sealed effect")


def note(number: int, **changes: Any) -> NoteRecord:
    """A status note whose id is its number."""
    values: dict[str, Any] = {
        "id": ident(number),
        "call": "CA1",
        "leg": "CA1",
        "kind": "status",
        "at": 1_800_000_000.0 + number,
        "body": '{"CallStatus": "completed"}',
    }
    return NoteRecord(**(values | changes))


def first(number: int = 1, **changes: Any) -> Entry:
    """The first turn of a call, with the call."""
    made = turn(number, **changes)
    return Entry(made, call(made.call))


def ident(number: int) -> bytes:
    """An id of 16 bytes."""
    return number.to_bytes(16, "big")
