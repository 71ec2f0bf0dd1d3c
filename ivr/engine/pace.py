"""How long a telephone voice needs for a text, estimated by words.

The rates are words per minute, somewhat under those of conversation; a full stop takes a breath.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

WORDS_PER_MINUTE: Mapping[str, int] = {
    "en": 165,
    "da": 160,
    "es": 165,
    "fr": 165,
    "hu": 125,  # long words
    "lv": 130,
    "ka": 115,
}
OTHER_RATE = 140
BREATH = 0.25  # seconds at the end of a sentence
LONG_WORD = 12  # letters; a longer word counts as several

_STOP = re.compile(r"[.!?…]+$")
_PART = re.compile(r"\d|[^\W\d]+")


def rate(language: str) -> int:
    """Give the words per minute of a language, by its first part."""
    return WORDS_PER_MINUTE.get(language.partition("-")[0], OTHER_RATE)


def shortened(text: str, language: str, seconds: float) -> str:
    """Cut a text so that it takes no longer than so many seconds; digits may each be a word.

    It is cut at the end of a sentence; where its first is too long, at a word, but never within a number: half a
    number is a wrong one.
    """
    words = text.split()
    spent, sentence = 0.0, 0
    for place, word in enumerate(words):
        parts = (-(-len(part) // LONG_WORD) for part in _PART.findall(word))
        spent += sum(parts) * 60 / rate(language)
        if round(spent, 6) > seconds:
            return " ".join(words[: sentence or _before_number(words, place)])
        if _STOP.search(word):
            spent += BREATH
            sentence = place + 1
    return text


def _before_number(words: Sequence[str], place: int) -> int:
    """Return where to cut so that digits that are read one by one stay together."""
    while place and words[place][0].isdigit() and words[place - 1][-1].isdigit():
        place -= 1
    return place
