"""Makes the engine's words of a text: with its translations and its recordings, each used or complained of."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from ivr.engine.tree import Slot, Template, Words
from ivr.menu import audio, kinds, locales
from ivr.menu.audio import Sound
from ivr.menu.locales import At, Entry, Locale, fingerprint
from ivr.menu.problems import LOOK_AT, Fix, Problem
from ivr.menu.scope import Scope, Text


@dataclass(frozen=True, slots=True)
class Spoken:
    """One text of the menus, with what stands for it in each language."""

    step: str  # or `teams`, `offices`, `recording` for config's
    at: At  # its way inside the step: ("keys", "1")
    text: Text
    name: str  # of its recording, without language and .wav; "" where it is read, not heard
    words: Words


@dataclass(slots=True)
class Voice:
    """All that can be heard in this hotline."""

    scope: Scope
    language: str  # the source language
    locales: dict[str, Locale]
    sounds: dict[tuple[str, str], Sound]  # (language, name of the recording)
    voices: frozenset[str] = frozenset()  # languages that have a voice at the carrier
    languages_at: Callable[[str], Collection[str]] | None = None
    audio: dict[str, float] = field(default_factory=dict)  # sha256 -> seconds, of recordings that are used
    heard: set[tuple[str, str]] = field(default_factory=set)  # recordings that are used
    taken: set[tuple[str, str, At]] = field(default_factory=set)  # translations that are used
    said: dict[str, list[str]] = field(default_factory=dict)  # step -> its source texts
    spoken: dict[tuple[str, At], Spoken] = field(default_factory=dict)  # every text, by its place

    def recordings(self) -> dict[str, str]:
        """Name the recordings that are used: by their paths the sha256 of each."""
        return {sound.path: sound.sha256 for key, sound in self.sounds.items() if key in self.heard}

    def heard_in(self, step: str) -> Collection[str]:
        """Give the languages that callers can hear a step in; those of all lines until the ways are known."""
        return self.languages_at(step) if self.languages_at else self.scope.languages - {""}

    def words(self, step: str, at: At, text: Text, name: str, fixed: str = "") -> Words:
        """Make words; `name` is the recording's ("": it is read), `fixed` the language of a text that has its own."""
        texts: dict[str, Template] = {fixed or self.language: text.template}
        if not fixed:
            self.said.setdefault(step, []).append(" ".join(text.node.text.split()))
            for language, locale in self.locales.items():
                translated = self._translated(locale, step, at, text)
                if translated is not None:
                    texts[language] = translated
        made = Words(texts, self._played(text, name, fixed), fixed)
        self.spoken[step, at] = Spoken(step, at, text, name, made)
        return made

    def music(self, name: str) -> Words:
        """Make words that are a recording alone, in every language that has it."""
        found: dict[str, str] = {}
        for language in sorted(self.scope.languages - {""}):
            sound = self.sounds.get((language, name))
            if sound is not None:
                self.heard.add((language, name))
                found[language] = sound.sha256
                self.audio[sound.sha256] = sound.seconds
        return Words({}, found)

    def _translated(self, locale: Locale, step: str, at: At, text: Text) -> Template | None:
        entry = locale.entries.get(step)
        node = entry.texts.get(at) if entry else None
        if node is None:
            return None
        self.taken.add((locale.language, step, at))
        self.scope.step = step
        self.scope.sentence = "{key}" in text.node.text
        found = kinds.text(self.scope, node)
        self.scope.step, self.scope.sentence = "", False
        if found is None:
            return None
        known = {part.name for part in text.template if isinstance(part, Slot)}
        for part in found.template:
            if isinstance(part, Slot) and part.name not in known:
                said = f"the source text has no {{{part.name}}}"
                self.scope.notes.add("other-slots", node, said, "a translation fills in what the source fills in")
        return found.template

    def _played(self, text: Text, name: str, fixed: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for language in ([fixed] if fixed else sorted(self.scope.languages)) if name else []:
            sound = self.sounds.get((language, name))
            if sound is None:
                continue
            self.heard.add((language, name))
            slot = next((part.name for part in text.template if isinstance(part, Slot) and part.name != "key"), "")
            if slot:
                said = f"a recording cannot say {{{slot}}}"
                hint = "delete the recording, or write the text without values"
                self.scope.notes.problems.append(Problem("recording-with-value", sound.path, 1, 1, said, hint))
                continue
            found[language] = sound.sha256
            self.audio[sound.sha256] = sound.seconds
        return found

    def complain(self) -> None:
        """Note translations and recordings that nothing uses, and translations of a text that has changed."""
        for locale in self.locales.values():
            for step, entry in locale.entries.items():
                for at, node in entry.texts.items():
                    if (locale.language, step, at) not in self.taken and not self._in_doubt(step):
                        said = f"'{step}' has no text at {'.'.join(at)}"
                        self.scope.notes.add("unknown-text", node, said, "take it out: nobody hears it")
                self._fresh(step, entry)
        for key, sound in self.sounds.items():
            if key not in self.heard:
                language, name = key
                said = f"no step plays '{name}'" if language in self.scope.languages else f"no line speaks {language}"
                hint = "name it area.step.wav, area.step.key.wav for a choice (star and hash for * and #)"
                self.scope.notes.problems.append(
                    Problem("stray-recording", sound.path, 1, 1, said, hint, severity=LOOK_AT)
                )

    def _in_doubt(self, step: str) -> bool:
        """Say whether a step has problems of its own: then a text of it may be missing for that reason alone."""
        key, node = self.scope.keys.get(step), self.scope.steps.get(step)
        if key is None or node is None:
            return False
        problems = self.scope.notes.problems
        return any(one.path == key.path and key.line <= one.line <= node.last for one in problems)

    def _fresh(self, step: str, entry: Entry) -> None:
        """Compare the fingerprint in the locale with the source's texts of today."""
        if step not in self.said:
            return
        now = fingerprint(self.said[step])
        if entry.of is not None and entry.of.text == now:
            return
        if entry.of is not None:
            renewed = self.scope.notes.replace(entry.of, f'"{now}"')
            said = f"the texts of '{step}' have changed since they were translated"
            hint = "translate again, then write the new fingerprint"
            self.scope.notes.add("stale-translation", entry.of, said, hint, fix=renewed, severity=LOOK_AT)
            return
        node = entry.key
        line = self.scope.notes.sources[node.path].line(node.line)
        first = entry.node.entries[0][0] if entry.node.entries else None
        fix: Fix | None = None
        if first is not None and first.line > node.line:
            indent = " " * (first.column - 1)
            fix = Fix(node.line, node.line, f'{line}\n{indent}{locales.FINGERPRINT}: "{now}"')
        said = f"the translation of '{step}' does not say which text it translates"
        hint = f'write {locales.FINGERPRINT}: "{now}" in it, so that a change of the source is seen'
        self.scope.notes.add("no-fingerprint", node, said, hint, fix=fix, severity=LOOK_AT)


def recording_name(base: str, *parts: str) -> str:
    """Name a recording: `area.step`, `area.step.1`, `area.step.star`, `area.step.closing`."""
    return ".".join((base, *(audio.NAMES.get(part, part) for part in parts)))
