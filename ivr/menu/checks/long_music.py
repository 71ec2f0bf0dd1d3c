"""A recording of `music` lasts more than 20 seconds.

Between two pieces of music the caller hears their place, and patience is looked at; a long piece delays both, and a
carrier that loses the line meanwhile tells it late.

Put right: cut the recording into a piece of at most 20 seconds that can be heard again and again.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Transfer
from ivr.engine.waiting import LASTS
from ivr.menu.checks.examined import Examined
from ivr.menu.problems import Problem

CODE = "long-music"


def check(draft: Examined) -> Iterator[Problem]:
    """Measure what is played to those who wait."""
    for step in draft.steps:
        music = step.waiting.music if isinstance(step, Transfer) else None
        for language, audio in music.audio.items() if music else ():
            seconds = draft.content.audio.get(audio, 0.0)
            if seconds > LASTS + 0.5:
                text = f"the music of '{step.id}' in {language} lasts {seconds:.0f} seconds"
                yield draft.of(CODE, step.id, text, "cut it to 20 seconds at most")
