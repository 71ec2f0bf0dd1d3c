"""Tombstones outside of the database: what was erased stays so when an older copy of the database is put back.

Each machine keeps the list ``tombstones`` beside its data, one line per thing: a keyed mark, the erasure, and when. It
names nobody, and it is no part of a database's backup, so it knows what was erased after that was made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ivr.keys import Keyring
from ivr.privacy import tombstones
from ivr.store import Store
from ivr.store.erasures import Piece
from ivr.store.holds import CALL, CASE
from ivr.store.shredding import OF_CALL, OF_CASE

FILE = "tombstones"
PAGE = 500

Grave = tuple[bytes, str, float]  # mark, erasure, when


def mark_of(keyring: Keyring, kind: str, subject: str) -> bytes:
    """Make the mark that is written."""
    return tombstones(keyring, name_of(kind, subject))[0]


def name_of(kind: str, subject: str) -> str:
    """Say under which name a call or a case is marked."""
    return subject if kind == CALL else f"case {subject}"


def graves(data: Path) -> dict[bytes, tuple[str, float]]:
    """Read the list of this machine; a line that a crash cut off is left out."""
    path = data / FILE
    found = {}
    for line in path.read_text("ascii").split("\n")[:-1] if path.exists() else []:
        mark, erasure, at = line.split(" ")
        found[bytes.fromhex(mark)] = (erasure, float(at))
    return found


def note(data: Path, new: list[Grave]) -> None:
    """Add to the list, durably; what stands there is not added again."""
    known = graves(data)
    lines = [f"{mark.hex()} {erasure} {at!r}\n" for mark, erasure, at in new if mark not in known]
    if not lines:
        return
    handle = os.open(data / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(handle).st_size
        cut = size and os.pread(handle, 1, size - 1) != b"\n"  # a crash left half a line: end it, so that ours is whole
        os.write(handle, (("\n" if cut else "") + "".join(lines)).encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)


def reapply_tombstones(store: Store, keyring: Keyring, data: Path) -> int:
    """Destroy again what an older copy of the database brought back; says how many calls and cases it was.

    To be called after a restore, before anything else opens the database. Twice does no harm.
    """
    known = graves(data)
    for mark, (erasure, at) in known.items():
        store.erasures.bury(mark, erasure, at)
    count = 0
    for kind, subject in _all(store):
        marks = tombstones(keyring, name_of(kind, subject))
        grave = next((known[mark] for mark in marks if mark in known), None)
        if grave:
            count += _destroy(store, Piece(grave[0], kind, subject, None), grave[1])
    return count


def _all(store: Store) -> Iterator[tuple[str, str]]:
    """Name every call, and every case."""
    for one in store.calls.readable():
        yield CALL, one
    after: tuple[float, str] | None = None
    while page := store.cases.latest(PAGE, after):
        yield from ((CASE, case.number) for case in page)
        after = (page[-1].at, page[-1].number)


def _destroy(store: Store, piece: Piece, at: float) -> bool:
    shredder = store.shredder
    if piece.kind == CALL:
        shredder.drop_key(piece.subject)
        shredder.all_of(OF_CALL, [piece.subject])
        return True
    closed = shredder.close_case(piece.subject, at)
    return bool(shredder.all_of(OF_CASE, [piece.subject])) or closed
