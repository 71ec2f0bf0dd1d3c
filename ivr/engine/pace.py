"""How long a telephone voice needs for a text, estimated by words.

The rates are words per minute, somewhat under those of conversation; a full stop takes a breath.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

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
    """Cut a text at a word, so that it takes no longer than so many seconds; digits may each be a word."""
    words = text.split()
    spent = 0.0
    for place, word in enumerate(words):
        parts = (-(-len(part) // LONG_WORD) for part in _PART.findall(word))
        spent += sum(parts) * 60 / rate(language)
        if round(spent, 6) > seconds:
            return " ".join(words[:place])
        spent += BREATH if _STOP.search(word) else 0.0
    return text
