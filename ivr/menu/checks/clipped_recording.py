"""This recording is too loud: its peaks are cut off, and it will crackle on a phone.

Put right: record it again, farther from the microphone or with a lower level.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.checks.examined import Examined
from ivr.menu.checks.sound import sounds
from ivr.menu.problems import LOOK_AT, Problem

CODE = "clipped-recording"
MOST = 0.001  # of the samples


def check(draft: Examined) -> Iterator[Problem]:
    """Count the samples at the very top of each recording."""
    for sound in sounds(draft):
        if sound.clipped > MOST:
            text = f"{sound.clipped:.1%} of it is cut off at full level"
            yield Problem(CODE, sound.path, 1, 1, text, "record it again with a lower level", severity=LOOK_AT)
