"""This recording is longer than a minute: nobody listens that long to a machine.

Put right: cut it, or offer its parts as choices.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.checks.examined import Examined
from ivr.menu.checks.sound import sounds
from ivr.menu.problems import LOOK_AT, Problem

CODE = "long-recording"
MOST = 60.0  # seconds


def check(draft: Examined) -> Iterator[Problem]:
    """Look at the length of each recording."""
    for sound in sounds(draft):
        if sound.seconds > MOST:
            text = f"it lasts {sound.seconds:.0f} seconds"
            yield Problem(CODE, sound.path, 1, 1, text, f"at most {MOST:g}: cut it", severity=LOOK_AT)
