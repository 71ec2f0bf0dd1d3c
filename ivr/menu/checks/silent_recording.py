"""This recording is silent, or so faint that nobody hears it on a phone.

Put right: record it again, nearer to the microphone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.checks.examined import Examined
from ivr.menu.checks.sound import sounds
from ivr.menu.problems import ERROR, Problem

CODE = "silent-recording"
FAINTEST = 0.02  # of full scale, about -34 dB


def check(draft: Examined) -> Iterator[Problem]:
    """Listen for the loudest moment of each recording."""
    for sound in sounds(draft):
        if sound.peak is not None and sound.peak < FAINTEST:
            text = f"nothing can be heard in its {sound.seconds:.1f} seconds"
            yield Problem(CODE, sound.path, 1, 1, text, "record it again, nearer to the microphone", severity=ERROR)
