"""This reads badly aloud: a web address, a long number, an abbreviation, a sign, markup, or a word of the screen.

A voice reads `kWh` as three letters, `www.example.com/help` as a riddle, and `12345678` as twelve million. Nobody can
"click" on a phone.

Put right: write what a person would say: "kilowatt hours", "4 0 2 2, 7 1 9 5", "press 1".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.menu.checks.examined import Examined, spoken
from ivr.menu.checks.listening import plain
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "spoken-text"

# what is found -> what to write instead
READS_BADLY = {
    r"</?[A-Za-z][^<>]*>": "leave it out: a voice reads signs of markup, and obeys none",
    r"(https?://|www\.)\S+|\b[\w-]+\.(com|org|net|dk|hu|lv|ge|mx|es)\b": "say where to find it, or offer a person",
    r"[\w.+-]+@[\w-]+": "say where to find it, or offer a person",
    r"\d{5,}": "write the digits apart: 4 0 2 2, 7 1 9 5",
    r"\b(?i:click|tap|scroll|swipe|klik|haz clic)\b": "on a phone one presses a key",
    r"\b(approx|etc|e\.g|i\.e|incl|excl|tel|nr|hrs|mins)\.(?=\s|$)": "write the word in full",
    r"\b(kWh|MWh|kW|FAQ|ETA|ASAP|e\.g|i\.e|hrs|mins)\b": "write the word in full",
    r"\b24/7\b|\b\w+/\w+\b": "write 'or', or 'and', instead of the stroke",
    r"[&<>#*_|\\=~^{}\[\]]|\.\.\.": "write what is meant as a word",
}
_PATTERNS = tuple((re.compile(pattern), advice) for pattern, advice in READS_BADLY.items())
_SLOT = re.compile(r"{\w[\w.]*}")


def check(draft: Examined) -> Iterator[Problem]:
    """Read every spoken text in every language."""
    for step in draft.steps:
        for where, words in spoken(step):
            for language, template in words.texts.items():
                if language in words.audio:
                    continue
                text = _SLOT.sub("", plain(template))
                for found, advice in _read_badly(text):
                    said = f"{where} in {language}: '{found}' reads badly aloud"
                    yield draft.of(CODE, Part(step.id, where, language), said, advice)


def _read_badly(text: str) -> Iterator[tuple[str, str]]:
    """Find one of each sort; what one pattern took is not read by the next."""
    for pattern, advice in _PATTERNS:
        if found := pattern.search(text):
            yield found[0], advice
            text = pattern.sub(" ", text)
