"""Which texts have a recording, which lack one, and which recordings speak a text that has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.engine.tree import Slot, Words
from ivr.menu.checks.listening import plain
from ivr.menu.locales import fingerprint
from ivr.menu.translations import AGENTS
from ivr.menu.words import Spoken, Voice

RECORDED, STALE, UNMARKED, MISSING, BY_VOICE = "recorded", "stale", "unmarked", "missing", "by voice"
WANTED = (STALE, MISSING)  # something has to be done


@dataclass(frozen=True, slots=True)
class Prompt:
    """One text in one language."""

    language: str
    name: str  # area.step, area.step.1
    text: str
    state: str  # RECORDED, STALE, UNMARKED (does not say which text it speaks), MISSING (no voice either), BY_VOICE
    seconds: float | None = None

    @property
    def path(self) -> str:
        """Where its recording stands."""
        return f"recordings/prompts/{self.language}/{self.name}.wav"


def prompts(voice: Voice, mark: Callable[[str], str]) -> Iterator[Prompt]:
    """Give every text in every language; `mark` reads a recording's fingerprint."""
    for spoken in voice.spoken.values():
        if spoken.step == AGENTS or not spoken.name:
            continue
        fixed = spoken.words.language
        for language in [fixed] if fixed else sorted(voice.heard_in(spoken.step)):
            yield _prompt(voice, mark, (spoken, language))


def _prompt(voice: Voice, mark: Callable[[str], str], place: tuple[Spoken, str]) -> Prompt:
    spoken, language = place
    text = text_of(voice, spoken, language)
    sound = voice.sounds.get((language, spoken.name))
    if sound is None:
        return Prompt(language, spoken.name, text, BY_VOICE if language in voice.voices else MISSING)
    of = mark(sound.path)
    state = UNMARKED if not of else RECORDED if of == fingerprint([text]) else STALE
    return Prompt(language, spoken.name, text, state, sound.seconds)


def text_of(voice: Voice, spoken: Spoken, language: str) -> str:
    """Give the text as it is to be spoken in a language: the source's where it is not translated."""
    texts = spoken.words.texts
    return plain(texts.get(language) or texts.get(voice.language) or next(iter(texts.values())))


def find(voice: Voice, name: str) -> Spoken | None:
    """Find the text that a recording's name stands for."""
    return next((one for one in voice.spoken.values() if one.name == name and one.step != AGENTS), None)


def has_values(spoken: Spoken) -> bool:
    """Tell whether values are filled in: a recording cannot say them."""
    return any(isinstance(part, Slot) and part.name != "key" for part in spoken.text.template)


def recordable(voice: Voice) -> dict[str, Words]:
    """Give the texts that a recording can speak, by its name; several steps may share one."""
    spoken = (one for one in voice.spoken.values() if one.name and one.step != AGENTS and not has_values(one))
    return {one.name: one.words for one in spoken}


def folder_of(recordings: Path, language: str) -> Path:
    """Give the folder of a language's recordings."""
    return recordings / "prompts" / language
