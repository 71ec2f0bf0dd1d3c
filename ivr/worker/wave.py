"""A WAV file, checked by hand: the standard library does not read the carrier's µ-law."""

from __future__ import annotations

from pathlib import Path
from struct import unpack
from typing import BinaryIO

from ivr.errors import IvrError


class NotWave(IvrError):
    """The file is no whole WAV file."""


def length(path: Path) -> float:
    """Measure how many seconds a WAV file plays; NotWave where it is cut off or something else.

    Source: https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
    """
    with path.open("rb") as file:
        size = _chunk(file, b"RIFF")
        if file.read(4) != b"WAVE":
            raise NotWave("it is RIFF, but not WAVE")
        if size + 8 > path.stat().st_size:
            raise NotWave(f"it says {size + 8} bytes and has {path.stat().st_size}")
        rate = 0
        while True:
            name, size = _next(file)
            if name == b"fmt ":
                rate = unpack("<I", file.read(size)[8:12])[0] if size >= 16 else 0
            elif name == b"data":
                break
            else:
                file.seek(size + size % 2, 1)
        if rate == 0:
            raise NotWave("it does not say how fast it plays")
        if file.tell() + size > path.stat().st_size:
            raise NotWave("its sound is cut off")
        return float(size / rate)


def _next(file: BinaryIO) -> tuple[bytes, int]:
    head = file.read(8)
    if len(head) < 8:
        raise NotWave("it ends before its sound begins")
    return head[:4], unpack("<I", head[4:])[0]


def _chunk(file: BinaryIO, wanted: bytes) -> int:
    head = file.read(8)
    if head[:4] != wanted or len(head) < 8:
        raise NotWave(f"it does not begin with {wanted.decode()}")
    return int(unpack("<I", head[4:])[0])
