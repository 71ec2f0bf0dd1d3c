"""What a locale lacks: texts without a translation, and translations that are older than their source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ivr.menu.locales import FINGERPRINT, At, fingerprint
from ivr.menu.notes import needs_no_quotes, quoted
from ivr.menu.words import Spoken, Voice

AGENTS = "teams"  # what agents hear is in the source language


@dataclass(frozen=True, slots=True)
class Gap:
    """One place where a translator has something to do."""

    language: str
    step: str
    at: str  # "menu", "keys.1"; "" for a whole step that is older than its source
    source: str  # what has to be said
    path: str  # where to write it, or where the old translation stands
    line: int  # there; 0 where nothing of the step is written yet
    older: bool  # there is a translation, of a text that has changed since

    def __str__(self) -> str:
        """Print as `menus/locales/da-DK.yaml:12: main.main keys.1: is missing: a complaint`."""
        where = f"{self.path}:{self.line}" if self.line else self.path
        if self.older:
            return f"{where}: {self.step}: is older than its source"
        return f"{where}: {self.step} {self.at}: is missing: {self.source}"


def languages_of(voice: Voice) -> list[str]:
    """Give the languages that texts are translated into."""
    return sorted(voice.scope.languages - {voice.language, ""})


def gaps(voice: Voice, language: str) -> list[Gap]:
    """Find what a locale lacks; a recording in that language stands for a translation."""
    return [*_missing(voice, language), *_older(voice, language)]


def _missing(voice: Voice, language: str) -> Iterator[Gap]:
    locale = voice.locales.get(language)
    for spoken in _untranslated(voice, language):
        entry = locale.entries.get(spoken.step) if locale else None
        line = entry.key.line if entry else 0
        yield Gap(language, spoken.step, ".".join(spoken.at), _source(spoken), _path(language), line, older=False)


def _older(voice: Voice, language: str) -> Iterator[Gap]:
    locale = voice.locales.get(language)
    for step, entry in locale.entries.items() if locale else ():
        if entry.of is not None and step in voice.said and entry.of.text != fingerprint(voice.said[step]):
            source = " / ".join(voice.said[step])
            yield Gap(language, step, "", source, entry.of.path, entry.of.line, older=True)


def _untranslated(voice: Voice, language: str) -> Iterator[Spoken]:
    for spoken in voice.spoken.values():
        words = spoken.words
        if spoken.step == AGENTS or language not in voice.heard_in(spoken.step):
            continue
        if not words.language and language not in words.texts and language not in words.audio:
            yield spoken


def with_gaps(voice: Voice, language: str, text: str) -> str:
    """Write what is missing into a locale's text, as remarks: a translator takes the `#` away.

    A step that stands there already gets its lines behind it, the others stand at the end. Remarks that an earlier
    round wrote are made anew.
    """
    lines = text.rstrip("\n").split("\n") if text.strip() else [f"# {language}: the texts of the menus."]
    locale = voice.locales.get(language)
    missing = {step: list(one) for step, one in groupby(_untranslated(voice, language), lambda spoken: spoken.step)}
    entries = locale.entries if locale else {}
    for step in sorted((step for step in missing if step in entries), key=lambda step: -entries[step].node.last):
        last = entries[step].node.last
        found = [f"  # {line}" for line in _nested(missing.pop(step))]
        while lines[last : last + 1] and lines[last].startswith("  # "):
            del lines[last]
        lines[last:last] = found
    written = re.sub(r"\n*^# [a-z]\w*(\.\w+)?:\n(# .*\n?)+", "\n", "\n".join(lines) + "\n", flags=re.MULTILINE)
    blocks = [_block(step, fingerprint(voice.said[step]), spoken) for step, spoken in missing.items()]
    return "\n".join([written.rstrip("\n") + "\n", *blocks])


def _block(step: str, of: str, spoken: Iterable[Spoken]) -> str:
    inside = [f'{FINGERPRINT}: "{of}"', *_nested(spoken)]
    return "".join(f"# {line}\n" for line in (f"{step}:", *(f"  {line}" for line in inside)))


def _nested(spoken: Iterable[Spoken]) -> list[str]:
    """Write texts under the keys that lead to them."""
    lines: list[str] = []
    before: At = ()
    for one in spoken:
        for depth, key in enumerate(one.at[:-1]):
            if one.at[: depth + 1] != before[: depth + 1]:
                lines.append(f"{'  ' * depth}{_plain(key)}:")
        source = _source(one)
        lines.append(f"{'  ' * (len(one.at) - 1)}{_plain(one.at[-1])}: {_plain(source)}")
        before = one.at
    return lines


def _plain(text: str) -> str:
    return text if needs_no_quotes(text) else quoted(text)


def _source(spoken: Spoken) -> str:
    """Give the source text as it is translated: without the way behind its arrow."""
    written = " ".join(spoken.text.node.text.split())
    return written.rpartition("->")[0].rstrip() if "->" in written else written


def _path(language: str) -> str:
    return f"menus/locales/{language}.yaml"
