"""What a recording of ours sounds like: its length, its loudest and its clipped samples.

Read by the standard library: 16-bit linear wav files are measured; others (µ-law) only by their length.
"""

from __future__ import annotations

import array
import io
import sys
import wave
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.menu.checks.examined import Examined

FOLDER = "recordings/prompts/"
FULL = 32767  # the largest sample of 16 bits


@dataclass(frozen=True, slots=True)
class Sound:
    """One recording, measured."""

    path: str
    seconds: float
    peak: float | None  # loudest sample, 0 to 1; None where it was not measured
    clipped: float  # share of samples at the very top


def sounds(draft: Examined) -> Iterator[Sound]:
    """Measure every recording of the draft."""
    for path, data in draft.draft.files.items():
        if path.startswith(FOLDER) and path.endswith(".wav"):
            sound = measure(path, data)
            if sound is not None:
                yield sound


def measure(path: str, data: bytes) -> Sound | None:
    """Measure one wav file; None where the compiler refuses it anyway."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate, width = file.getframerate(), file.getsampwidth()
            frames = file.readframes(file.getnframes())
            count = file.getnframes()
    except (wave.Error, EOFError):
        return _not_linear(path, data)
    if width != 2 or len(frames) < width:
        return Sound(path, count / rate, 0.0 if not count else None, 0.0)
    samples = array.array("h", frames[: len(frames) // 2 * 2])  # a file that was cut may end in half a sample
    if sys.byteorder == "big":
        samples.byteswap()
    top = sum(samples.count(sample) for sample in (FULL, -FULL, -FULL - 1))
    loudest = (max(samples), -min(samples))
    return Sound(path, count / rate, max(loudest) / FULL, top / len(samples))


def _not_linear(path: str, data: bytes) -> Sound | None:
    """Measure µ-law, which the standard library does not open: 8,000 bytes are a second."""
    if data[:4] != b"RIFF" or data[20:22] != b"\x07\x00":
        return None
    at = data.find(b"data")
    size = int.from_bytes(data[at + 4 : at + 8], "little") if at > 0 else 0
    return Sound(path, size / 8000, None, 0.0)
