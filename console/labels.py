"""What stands on the keys of the phone page, and what the call knows, in words."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.content import Content
from ivr.engine.state import CallState
from ivr.engine.tree import Ask, Choice, Listening, Menu, Slot, Template, Value, Words

SPECIAL = {"back": "level up", "again": "again", "top": "start", "person": "a person", "hang_up": "hang up"}
PHASES: Mapping[str, Mapping[str, str]] = {
    "confirm": {"1": "right", "2": "key again"},
    "offer": {"1": "this number", "2": "another"},
}


def keys_of(content: Content, state: CallState) -> dict[str, str]:
    """Say for each key that leads somewhere where it leads."""
    tree = content.tree
    step = tree.steps.get(state.place)
    labels = {key: SPECIAL.get(target, target) for key, target in tree.everywhere.items()}
    if state.phase in PHASES:
        return labels | dict(PHASES[state.phase])
    if isinstance(step, Ask):
        return labels | dict.fromkeys("0123456789", "digit") | {"#": "done" if step.ends == "#" else "again"}
    if isinstance(step, Menu):
        return labels | {choice.key: choice_words(choice, state.language) for choice in step.choices}
    return labels


def choice_words(choice: Choice, language: str) -> str:
    """Give a choice's words as the caller hears them; a silent one is named by its target."""
    words = text_of(choice.words, language) if choice.words else SPECIAL.get(choice.target, choice.target)
    return f"{words} (if {choice.condition})" if choice.condition else words


def text_of(words: Words, language: str) -> str:
    """Write words in a language, else in the first there is."""
    template = words.texts.get(words.language or language) or next(iter(words.texts.values()))
    return written(template)


def written(template: Template) -> str:
    """Write a template as staff wrote it."""
    return "".join(f"{{{part.name}}}" if isinstance(part, Slot) else part for part in template)


def tell_facts(content: Content, state: CallState) -> list[tuple[str, str]]:
    """List what the call knows; a secret is named and never shown."""
    tree = content.tree
    step = tree.steps.get(state.place)
    rows = [(name, _value(name, value, tree.secrets)) for name, value in state.values.items()]
    if state.pending is not None:
        rows.append(("keyed", f"{state.pending}, not yet confirmed"))
    rows += [(name, str(value)) for name, value in state.facts.items() if value is not None]
    rows.append(("language", state.language))
    if isinstance(step, Listening):
        rows.append(
            ("tries here", f"silence {state.silences} of {step.silences}, wrong {state.wrongs} of {step.wrongs}")
        )
    if state.heard:
        rows.append(("came by", " > ".join(state.heard)))
    return rows


def _value(name: str, value: Value, secrets: frozenset[str]) -> str:
    return "kept secret" if name in secrets else str(value)
