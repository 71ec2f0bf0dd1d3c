"""A WAV file is whole, or it is refused with a reason."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ivr.simulator.rest import make_wav
from ivr.worker.wave import NotWave, length

MULAW = struct.pack("<4sIHHIIHH", b"fmt ", 16, 7, 1, 8000, 8000, 1, 8)


def riff(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def data(size: int) -> bytes:
    return struct.pack("<4sI", b"data", size) + b"\xff" * size


def test_every_whole_file_has_a_length(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(make_wav(3))
    assert length(path) == 3.0
    path.write_bytes(riff(struct.pack("<4sI", b"LIST", 3) + b"abc\0", MULAW, data(4000)))
    assert length(path) == 0.5


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "begin"),
        (b"<html>not found</html>", "begin"),
        (struct.pack("<4sI4s", b"RIFF", 4, b"AVI "), "WAVE"),
        (make_wav(3)[:-1], "it says"),
        (riff(MULAW), "ends before"),
        (riff(data(8)), "how fast"),
        (riff(MULAW, struct.pack("<4sI", b"data", 99)), "cut off"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(NotWave, match=reason):
        length(path)
