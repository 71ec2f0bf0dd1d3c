"""What a recording looks like: how loud it is, from its beginning to its end."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import soundfile

from ivr.errors import IvrError

BARS = 200
READ = 65_536  # frames at a time: an hour of talk is not held in memory


class NoSound(IvrError):
    """This file holds no sound that can be read."""


def peaks(sound: Path | BinaryIO, bars: int = BARS) -> tuple[float, list[int]]:
    """Measure a file: its seconds, and the loudest of each part, 0 to 100, whichever side spoke; NoSound."""
    try:
        with soundfile.SoundFile(sound) as file:
            seconds, loudest, at = file.frames / file.samplerate, [0.0] * bars, 0
            for block in file.blocks(READ, dtype="float32", always_2d=True):
                heights = abs(block).max(axis=1)
                first, last = (at * bars // file.frames, (at + len(block) - 1) * bars // file.frames)
                for bar in range(first, last + 1):
                    begins = max(0, -(-bar * file.frames // bars) - at)
                    ends = min(len(block), -(-(bar + 1) * file.frames // bars) - at)
                    if begins < ends:
                        loudest[bar] = max(loudest[bar], float(heights[begins:ends].max()))
                at += len(block)
    except (soundfile.LibsndfileError, OSError) as error:
        raise NoSound("this file cannot be read as a sound") from error
    return seconds, [min(100, round(height * 100)) for height in loudest]
