"""How a record lies in the ring: its rows by name, its bytes behind them, a checksum that hangs on the one before.

A frame is ``mark, sequence number, length, checksum``, then what it holds. The checksum runs on from that of the frame
before, so a frame of an earlier lap, or one that stood behind a frame that was torn, can never pass for the next.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from ivr.store.rows import CALL, EFFECT, NOTE, TURN, Rows, Values

MARK = 0x49565246
HEAD = struct.Struct("!IQII")  # mark, sequence number, length, checksum
SIZE = struct.Struct("!I")
COLUMNS = {"turns": TURN, "notes": NOTE}


@dataclass(frozen=True, slots=True)
class Frame:
    """One record in the ring."""

    number: int  # from 1, never used twice
    place: int  # of its first byte in the file
    end: int  # of the byte behind its last
    checksum: int
    rows: Rows


def seal(number: int, text: bytes, before: int) -> tuple[bytes, int]:
    """Write a frame: its bytes, its checksum; `before` is the checksum of the frame before."""
    checksum = crc32(text, crc32(HEAD.pack(MARK, number, len(text), 0), before))
    return HEAD.pack(MARK, number, len(text), checksum) + text, checksum


def open_frame(read: Callable[[int, int], bytes], place: int, number: int, before: int) -> Frame | None:
    """Read the frame of this number at a place; None where it does not stand there whole."""
    head = read(place, HEAD.size)
    if len(head) < HEAD.size:
        return None
    mark, found, length, checksum = HEAD.unpack(head)
    if mark != MARK or found != number:
        return None
    text = read(place + HEAD.size, length)
    if len(text) < length or crc32(text, crc32(HEAD.pack(MARK, number, length, 0), before)) != checksum:
        return None
    return Frame(number, place, place + HEAD.size + length, checksum, read_rows(text))


def write_rows(rows: Rows) -> bytes:
    """Write rows by the names of their columns; a run of bytes stands behind the JSON, in it a list of its length."""
    blobs: list[bytes] = []

    def named(columns: Sequence[str], values: Values) -> dict[str, Any]:
        return {name: _put(value, blobs) for name, value in zip(columns, values, strict=True)}

    told: dict[str, Any] = {"in": rows.table, "head": named(COLUMNS[rows.table], rows.head)}
    if rows.call is not None:
        told["call"] = named(CALL, rows.call)
    if rows.effects:
        told["effects"] = [named(EFFECT, effect) for effect in rows.effects]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join((SIZE.pack(len(text)), text, *blobs))


def read_rows(text: bytes) -> Rows:
    """Read what `write_rows` wrote."""
    (length,) = SIZE.unpack_from(text)
    told = json.loads(text[SIZE.size : SIZE.size + length])
    at = SIZE.size + length

    def values(columns: Sequence[str], row: dict[str, Any]) -> Values:
        nonlocal at
        found = []
        for name in columns:
            value = row[name]
            if isinstance(value, list):
                value, at = text[at : at + value[0]], at + value[0]
            found.append(value)
        return tuple(found)

    head = values(COLUMNS[told["in"]], told["head"])
    call = values(CALL, told["call"]) if "call" in told else None
    return Rows(told["in"], head, call, tuple(values(EFFECT, effect) for effect in told.get("effects", ())))


def _put(value: Any, blobs: list[bytes]) -> Any:
    if not isinstance(value, bytes):
        return value
    blobs.append(value)
    return [len(value)]
