"""Files that came with a message: which are kept, and where they lie.

They lie one folder per message, under a number of their own: a name from outside is never the
name of a file. What is kept is on the disk before the message's row says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from ivr.depot import MESSAGES, Depot
from ivr.store.messages import Attachment

MOST = 10  # files of one message
LARGEST = 10 * 1024 * 1024  # bytes of one file

# Type -> how its content begins, where that can be told. What is not here is not kept: no program, no page, no archive.
TYPES: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "image/heic": (),
    "audio/wav": (b"RIFF",),
    "audio/x-wav": (b"RIFF",),
    "audio/mpeg": (),
    "audio/mp4": (),
    "audio/ogg": (b"OggS",),
    "audio/amr": (b"#!AMR",),
    "video/mp4": (),
    "video/3gpp": (),
    "text/plain": (),
    "text/csv": (),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (b"PK",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (b"PK",),
    "application/vnd.oasis.opendocument.text": (b"PK",),
    "application/vnd.oasis.opendocument.spreadsheet": (b"PK",),
}


@dataclass(frozen=True, slots=True)
class Came:
    """One file as it came."""

    name: str
    type: str
    content: bytes


def why_not(file: Came, place: int) -> str:
    """Say why a file is not kept; "" where it is. `place` counts from 0 those that are."""
    begins = TYPES.get(file.type)
    if place >= MOST:
        return f"more than {MOST} files"
    if begins is None:
        return f"files of the type {file.type[:80]} are not taken"
    if len(file.content) > LARGEST:
        return f"larger than {LARGEST // 1024 // 1024} MB"
    if begins and not file.content.startswith(begins):
        return f"it is not what it says, {file.type}"
    return ""


def keep(depot: Depot, message: bytes, files: Sequence[Came]) -> list[Attachment]:
    """Keep files, each at a place of its own; again is the same place. DepotAway where they cannot be kept now."""
    kept = []
    for ordinal, file in enumerate(files):
        name = f"{MESSAGES}/{message.hex()}/{ordinal}"
        depot.keep(name, BytesIO(file.content))
        kept.append(Attachment(file.type, len(file.content), sha256(file.content).hexdigest(), name))
    return kept
