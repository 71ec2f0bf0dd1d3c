"""recordings/prompts/<code>/<area.step[.key]>.wav: files that are played instead of a voice."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from ivr.menu.notes import Notes
from ivr.menu.problems import ERROR, Problem

NAMES = {"*": "star", "#": "hash"}  # keys that make bad file names
_PCM, _ALAW, _ULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE
_SPOKEN = {_PCM, _ALAW, _ULAW}


@dataclass(frozen=True, slots=True)
class Sound:
    """One recording."""

    path: str
    sha256: str  # hex
    seconds: float


def is_recording(path: str) -> bool:
    """Tell a prompt's recording by its path."""
    parts = PurePosixPath(path).parts
    return len(parts) == 4 and parts[:2] == ("recordings", "prompts") and path.endswith(".wav")


def read_sounds(files: Mapping[str, bytes], notes: Notes) -> dict[tuple[str, str], Sound]:
    """Measure every recording: (language, name) -> sound."""
    made: dict[tuple[str, str], Sound] = {}
    for path in sorted(files):
        if not is_recording(path):
            continue
        try:
            seconds = measure(files[path])
        except ValueError as error:
            hint = "save it as wav: 8 kHz, mono, 16 bit or mu-law"
            notes.problems.append(Problem("bad-recording", path, 1, 1, str(error), hint, None, ERROR))
            continue
        found = PurePosixPath(path)
        made[found.parts[2], found.stem] = Sound(path, hashlib.sha256(files[path]).hexdigest(), seconds)
    return made


def measure(data: bytes) -> float:
    """Return the seconds of a wav. Raises ValueError with a sentence for people.

    The standard library's `wave` refuses mu-law, which is what phones speak, so the header is read here.
    Source: http://soundfile.sapp.org/doc/WaveFormat/
    """
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError("the file is not a wav recording")
    at, rate = 12, 0
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        body = at + 8
        if name == b"fmt " and size >= 16 and body + 16 <= len(data):
            form, channels, _, rate = struct.unpack_from("<HHII", data, body)
            if form not in _SPOKEN and form != _EXTENSIBLE:
                raise ValueError(f"the wav has a form that phones do not play (number {form})")
            if channels not in (1, 2):
                raise ValueError(f"the wav has {channels} channels")
        elif name == b"data":
            if not rate:
                raise ValueError("the wav does not say how fast it is")
            seconds: float = min(size, len(data) - body) / rate
            return round(seconds, 3)
        at = body + size + (size & 1)
    raise ValueError("the wav holds no sound")
