"""Any audio file becomes what a telephone carries: one channel, 8 kHz, µ-law, level and trimmed.

The wav's comment holds the fingerprint of the text that was spoken, so that a change of the text is seen.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import soundfile
import soxr

RATE = 8000
LOUDNESS = 0.1  # of full scale, the root of the mean square where somebody speaks: -20 dB
TOP = 0.9  # of full scale: no sample gets louder
FAINT = 0.01  # of the loudest moment: below it nothing is said
MARGIN = 0.1  # seconds of quiet that stay before and behind the words
LONGEST = 600.0  # seconds; a longer file is no prompt
MARK = "of "  # before the fingerprint in the wav's comment


class NoSound(Exception):
    """The file holds nothing that can be played on a phone; the message says why."""


@dataclass(frozen=True, slots=True)
class PhoneSound:
    """A recording ready to be played."""

    wav: bytes
    seconds: float


def phone_sound(sound: Path | IO[bytes], of: str) -> PhoneSound:
    """Read a file in any form that libsndfile knows (wav, mp3, flac, ogg, …); raises NoSound, or OSError.

    `of` is the fingerprint of the text it speaks.
    """
    try:
        content = sound.read_bytes() if isinstance(sound, Path) else sound.read()
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            if file.frames > LONGEST * file.samplerate:
                raise NoSound(f"it is longer than {LONGEST:g} seconds")
            samples, rate = file.read(dtype="float64", always_2d=True).mean(axis=1), file.samplerate
    except soundfile.LibsndfileError as error:
        raise NoSound(f"it is no audio file that we can read ({error.error_string})") from error
    samples = _levelled(_trimmed(soxr.resample(samples, rate, RATE, quality="HQ")))
    written = io.BytesIO()
    with soundfile.SoundFile(written, "w", RATE, 1, subtype="ULAW", format="WAV") as file:
        file.comment = f"{MARK}{of}"
        file.write(samples)
    return PhoneSound(written.getvalue(), round(len(samples) / RATE, 3))


def fingerprint_in(path: Path) -> str:
    """Tell which text a recording says it speaks; "" where it does not say."""
    try:
        with soundfile.SoundFile(path) as file:
            comment = str(file.comment)
    except soundfile.LibsndfileError:
        return ""
    return comment.removeprefix(MARK) if comment.startswith(MARK) else ""


def _trimmed(samples: Any) -> Any:
    loudest = np.abs(samples).max(initial=0.0)
    if loudest < FAINT:
        raise NoSound("nothing can be heard in it")
    (heard,) = np.nonzero(np.abs(samples) > FAINT * loudest)
    margin = int(MARGIN * RATE)
    return samples[max(heard[0] - margin, 0) : heard[-1] + margin]


def _levelled(samples: Any) -> Any:
    """Bring speech to one loudness; a peak that would be cut off lowers the whole."""
    spoken = samples[np.abs(samples) > FAINT * np.abs(samples).max()]
    gain = min(LOUDNESS / np.sqrt(np.mean(spoken**2)), TOP / np.abs(samples).max())
    return samples * gain
