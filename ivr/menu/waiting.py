"""Makes what a caller hears and may press in a queue of what was read (``waits.py``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.engine.tree import Choice, Waiting, Words
from ivr.menu.choices import EACH, RawChoice
from ivr.menu.making import Maker
from ivr.menu.problems import shown
from ivr.menu.scope import Text
from ivr.menu.source import Scalar
from ivr.menu.steps import RawStep
from ivr.menu.waits import WHILE


@dataclass(frozen=True, slots=True)
class _At:
    """A step whose wait is being made."""

    maker: Maker
    raw: RawStep


def waiting(self: Maker, raw: RawStep) -> dict[str, Any]:
    """Make what a `transfer` has for a queue."""
    values = raw.values
    written: dict[str, Any] = values.get(WHILE, {})
    at = _At(self, raw)
    text = written.get("say")
    made = Waiting(
        music=_recorded(at, written["music"]) if "music" in written else None,
        every=written.get("every", Waiting().every),
        text=self.speak(raw, (WHILE, "say"), text) if isinstance(text, Text) else None,
        choices=tuple(_choice(at, choice) for choice in _keys(at, written.get("keys", ()))),
    )
    return {
        "skills": values.get("skills", ()),
        "priority": values.get("priority", 3),
        "patience": int(values.get("patience", 0)),
        "waiting": made,
    }


def _keys(at: _At, choices: Sequence[RawChoice]) -> Iterator[RawChoice]:
    """Leave out what is no key here; a list has no place in a wait."""
    for choice in choices:
        if choice.key == EACH:
            said = "'each' does nothing for a key while waiting"
            at.maker.scope.notes.add("no-effect", choice.node, said, "leave 'each' out")
        elif not choice.off:
            yield choice


def _choice(at: _At, choice: RawChoice) -> Choice:
    """Make an offer: a key that leads out of the queue, or `again` to stay."""
    notes = at.maker.scope.notes
    for name in ("value", "condition"):
        if getattr(choice, name):
            key = "if" if name == "condition" else name
            said = f"'{key}' does nothing for a key while waiting"
            notes.add("no-effect", choice.node, said, f"leave '{key}' out")
    if not choice.target:
        said = f"the key {choice.key} leads nowhere"
        notes.add("no-next", choice.node, said, "write '-> step' behind it, '-> again' to wait on")
    place = (WHILE, "keys", choice.key)
    words = at.maker.speak(at.raw, place, choice.text, choice.language) if choice.text else None
    return Choice(
        key=choice.key,
        target=choice.target or "again",
        words=None if choice.silent else words,
        form=choice.form,
        language=choice.language,
        also=choice.also,
    )


def _recorded(at: _At, name: Scalar) -> Words:
    """Find a recording in each language that has it."""
    words = at.maker.voice.music(name.text)
    if not words.audio:
        said = f"there is no recording {shown(name.text)}"
        hint = f"put it at recordings/prompts/{at.maker.voice.language}/{name.text}.wav"
        at.maker.scope.notes.add("no-recording", name, said, hint)
    return words
