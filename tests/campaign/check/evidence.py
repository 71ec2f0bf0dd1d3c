"""Reads what a campaign has left, by readers of its own: tables by plain SQL, spools by their layout, the history.

Nothing here imports anything of the product: a fault in how the product reads its records cannot hide itself.

The spool's file (``spool.ring``): its first page of 4096 bytes holds, at 0 and at 512, the beginning written in turn:
magic ``IVR1``, then big-endian generation, size, number, place (8 bytes each), checksum of the frame before, checksum
of all that (4 each); the valid one of the higher generation counts. Frames follow: mark ``0x49565246``, number (8),
length (4), checksum (4), and so many bytes: the length of a JSON text (4), the text, and the bytes that stand in it as
``[length]``. The checksum is the CRC-32 of the head with checksum 0 and of the bytes, run on from the frame before.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
from psycopg.rows import dict_row

PAGE = 4096
BEGINNING = struct.Struct("!4sQQQQII")
HEAD = struct.Struct("!IQII")
MARK = 0x49565246
TABLES = {
    "turns": "id, call, leg, parent, kind, at, place, heard",
    "calls": "call, at, pretend, ended_at, outcome",
    "effects": "id, turn, call, ordinal, kind, state",
    "notes": "id, call, leg, kind, body",
    "cases": "number, effect, call, visit, alias_of",
    "recordings": "sid, call, state, path, sha256",
    "messages": 'id, direction, channel, "case", call, state, reason, provider',
    "tickets": "id, call, state, reason",
    "offers": "id, call, state, leg",
    "agents": "person, state, offer",
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """One record in a spool."""

    number: int
    table: str  # turns | notes
    id: bytes
    waits: bool  # it is not folded yet


@dataclass(slots=True)
class Evidence:
    """All that the checker looks at."""

    told: dict[str, Any]
    lines: list[Row] = field(default_factory=list)  # of the history
    tables: dict[str, list[Row]] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)

    @classmethod
    def of(cls, file: Path) -> Evidence:
        """Read everything that a campaign's `evidence.json` names."""
        told = json.loads(file.read_text())
        with Path(told["history"]).open(encoding="utf-8") as lines:
            found = cls(told, [json.loads(line) for line in lines])
        found.tables = dict(read_tables(told["database"]))
        found.frames = [frame for spool in told["spools"] for frame in read_spool(Path(spool))]
        for line in found.said("spooled"):  # seen in a spool while the database was away
            found.frames += [
                Frame(number, table, bytes.fromhex(name), False) for number, table, name in line["records"]
            ]
        return found

    def said(self, what: str) -> Iterator[Row]:
        """Give the lines of one kind."""
        return (line for line in self.lines if line["what"] == what)

    def replay(self) -> tuple[int, str]:
        """Have every turn run again by the product's own command; its exit code and what it said."""
        told = self.told
        done = subprocess.run(
            told["replay"], env=told["environment"], cwd=told["folder"], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr


def read_tables(database: str) -> Iterator[tuple[str, list[Row]]]:
    """Read the columns that we look at."""
    if database.startswith("sqlite:///"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as connection:
            connection.row_factory = sqlite3.Row
            for table, columns in TABLES.items():
                yield table, [dict(row) for row in connection.execute(f"SELECT {columns} FROM {table}")]
        return
    with psycopg.connect(database.replace("+psycopg", ""), row_factory=dict_row) as connection:
        for table, columns in TABLES.items():
            rows = connection.execute(f"SELECT {columns} FROM {table}").fetchall()
            yield table, [{name: plain(value) for name, value in row.items()} for row in rows]


def plain(value: Any) -> Any:
    """Give bytes where the driver gives a view of them."""
    return bytes(value) if isinstance(value, memoryview) else value


def read_spool(file: Path) -> Iterator[Frame]:
    """Read every whole frame: those that wait, and those that are folded and not wiped yet."""
    data = file.read_bytes()
    starts = [BEGINNING.unpack_from(data, slot) for slot in (0, 512) if data[slot : slot + 4] == b"IVR1"]
    whole = [one for one in starts if crc32(BEGINNING.pack(*one[:-1], 0)) == one[-1]]
    _, _, _, oldest, place, before, _ = max(whole, key=lambda one: one[1])
    ahead = {number for number, _, _ in follow(data, place, oldest, before)}
    place = data.find(MARK.to_bytes(4, "big"), PAGE)
    while place >= 0:
        frame = frame_at(data, place)
        if frame is not None:
            number, text = frame
            table, name = record_in(text)
            yield Frame(number, table, name, number in ahead)
        place = data.find(MARK.to_bytes(4, "big"), place + 1)


def follow(data: bytes, place: int, number: int, before: int) -> Iterator[tuple[int, int, int]]:
    """Go from frame to frame as long as they are whole; number, place, checksum of each."""
    while True:
        for start in (place, PAGE):
            if start + HEAD.size > len(data):
                continue
            mark, found, length, checksum = HEAD.unpack_from(data, start)
            text = data[start + HEAD.size : start + HEAD.size + length]
            if mark == MARK and found == number and checksum_of(found, text, before) == checksum:
                break
        else:
            return
        yield number, start, checksum
        place, number, before = start + HEAD.size + length, number + 1, checksum


def checksum_of(number: int, text: bytes, before: int) -> int:
    return crc32(text, crc32(HEAD.pack(MARK, number, len(text), 0), before))


def frame_at(data: bytes, place: int) -> tuple[int, bytes] | None:
    """Read a frame without knowing the one before: its text must be one of ours."""
    if place + HEAD.size > len(data):
        return None
    _, number, length, _ = HEAD.unpack_from(data, place)
    text = data[place + HEAD.size : place + HEAD.size + length]
    try:
        record_in(text)
    except (ValueError, KeyError, struct.error, IndexError, TypeError):
        return None
    return number, text


def record_in(text: bytes) -> tuple[str, bytes]:
    """Name the table and the id of a frame's record: the id is the first of its bytes."""
    (length,) = struct.unpack_from("!I", text)
    told = json.loads(text[4 : 4 + length])
    size = told["head"]["id"][0]
    name = text[4 + length : 4 + length + size]
    if len(name) != size:
        raise ValueError("cut short")
    return told["in"], name
