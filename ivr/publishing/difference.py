"""What is different between two versions, in plain words: what callers meet first, then the hotline around it.

Every field of every step, team, line and schedule is compared, so that a kind of step which is new is told as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from ivr.content import Content
from ivr.engine.tree import Choice, Menu, Step, Waiting, Words
from ivr.publishing.saying import as_words, said

# Fields that follow from the steps: whoever reads the change of a step knows of them.
DERIVED = frozenset({"steps", "series", "phrases", "types", "labels", "asks", "secrets", "counted", "caller_facts"})
NAMES = {"next": "then", "name": "as", "text": "words", "prompt": "words", "words": "words before", "farewell": "words"}

SECONDS = frozenset({"patience", "rings_for", "wrap_up", "every"})

# Deeds whose class is named otherwise.
SPELT = {
    "AgreedRecord": "record",
    "OpenCase": "case",
    "HangUp": "hang_up",
    "LookUp": "look_up",
    "FromTable": "look_up",
    "CallBack": "call_back",
    "FindOffice": "office",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    step: str  # the step it stands in; "" where it is about the hotline
    text: str  # "key 2 led to main.bill, leads to main.desk"

    def __str__(self) -> str:
        return f"{self.step}: {self.text}" if self.step else self.text


def differences(before: Content, after: Content) -> list[Change]:
    """List what changed; empty where the two play alike for everyone."""
    found = [*_steps(before.tree.steps, after.tree.steps), *_hotline(before, after)]
    if not found and before.hash != after.hash:
        found.append(Change("", _unheard(before, after)))
    return found


def _unheard(before: Content, after: Content) -> str:
    files = sorted(
        path for path in {*before.sources, *after.sources} if before.sources.get(path) != after.sources.get(path)
    )
    return "nothing that is heard" + (f", only the writing of {', '.join(files)}" if files else "")


def _steps(before: Mapping[str, Step], after: Mapping[str, Step]) -> Iterator[Change]:
    yield from (Change(name, f"removed; it was {_kind(before[name])}") for name in before if name not in after)
    yield from (Change(name, f"added: {_kind(after[name])}") for name in after if name not in before)
    for name, step in after.items():
        old = before.get(name)
        if old is None or old == step:
            continue
        if type(old) is not type(step):
            yield Change(name, f"was {_kind(old)}, is {_kind(step)}")
        yield from (Change(name, text) for text in _step(old, step))


def _kind(step: Step) -> str:
    name = type(step).__name__
    word = SPELT.get(name, name.lower())
    return f"{'an' if word[0] in 'aeiou' else 'a'} '{word}'"


def _step(before: Step, after: Step) -> Iterator[str]:
    for field in fields(after):
        if field.name == "choices" and isinstance(before, Menu) and isinstance(after, Menu):
            yield from choices(before.choices, after.choices)
        elif field.name != "id":
            old, new = getattr(before, field.name, None), getattr(after, field.name)
            if isinstance(old, Waiting) and isinstance(new, Waiting):
                yield from (f"while waiting: {text}" for text in _waiting(old, new))
            elif hasattr(before, field.name) or said(new) != "nothing":
                yield from _field(_called(field.name), old, new)


def _waiting(before: Waiting, after: Waiting) -> Iterator[str]:
    for field in fields(after):
        if field.name != "choices":
            yield from _field(_called(field.name), getattr(before, field.name), getattr(after, field.name))
    yield from choices(before.choices, after.choices)


def _called(field: str) -> str:
    """Name a field as the menu language does, with its unit."""
    return f"{field} (seconds)" if field in SECONDS else NAMES.get(field, field)


def _field(name: str, before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, Words) and isinstance(after, Words):
        yield from words(name, before, after)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _field(f"{name} {key}" if name != "exits" else key, before.get(key), after.get(key))
    else:
        yield f"{name} was {said(before)}, is {said(after)}"


def words(name: str, before: Words, after: Words) -> Iterator[str]:
    """Tell how words changed, language by language; a new recording of the same words too."""
    for tag in [*before.texts, *(tag for tag in after.texts if tag not in before.texts)]:
        old, new = before.texts.get(tag), after.texts.get(tag)
        if old != new:
            was = "are new" if old is None else f'were "{as_words(old)}"'
            now = "are gone" if new is None else f'are "{as_words(new)}"'
            yield f"{name} ({tag}) {was if old is not None else ''}{', ' if old is not None else ''}{now}"
    for tag in sorted({*before.audio, *after.audio}):
        if before.audio.get(tag) != after.audio.get(tag):
            what = "a recording" if tag not in before.audio else "another recording" if tag in after.audio else "no one"
            yield f"{name} ({tag}): {what} is played" if what != "no one" else f"{name} ({tag}): no recording any more"
    if before.language != after.language:
        yield f"{name}: spoken in {after.language or 'the language of the call'}"


def choices(before: Sequence[Choice], after: Sequence[Choice]) -> Iterator[str]:
    """Tell which keys were added, removed, moved, and lead elsewhere."""
    pairs = _paired(before, after)
    yield from (f"key {old.key} ({said(old.words)}) removed" for old in before if old not in [a for a, _ in pairs])
    yield from (
        f"key {new.key} ({said(new.words)}) added, leads to {new.target}"
        for new in after
        if new not in [b for _, b in pairs]
    )
    for old, new in pairs:
        if old.key != new.key:
            yield f"{said(new.words)} moved from key {old.key} to key {new.key}"
        if old.target != new.target:
            yield f"key {new.key} led to {old.target}, leads to {new.target}"
        for field in fields(Choice):
            if field.name not in {"key", "target"}:
                yield from _field(f"key {new.key} {field.name}", getattr(old, field.name), getattr(new, field.name))
    if [a.key for a, _ in pairs] == [b.key for _, b in pairs] and _order(pairs, before) != _order(pairs, after):
        yield f"the choices are spoken in another order: {', '.join(choice.key for choice in after)}"


def _order(pairs: Sequence[tuple[Choice, Choice]], spoken: Sequence[Choice]) -> list[int]:
    places = {id(choice): place for place, pair in enumerate(pairs) for choice in pair}
    return [places[id(choice)] for choice in spoken if id(choice) in places]


def _paired(before: Sequence[Choice], after: Sequence[Choice]) -> list[tuple[Choice, Choice]]:
    """Find each choice again: the same meaning first (target, value and words), then less of it, then the key alone."""
    left, right = list(before), list(after)
    pairs: list[tuple[Choice, Choice]] = []
    for alike in (
        lambda choice: (choice.key, choice.target, choice.value),
        lambda choice: (choice.target, choice.value, _bare(choice)),
        lambda choice: (_bare(choice), choice.value) if choice.words else None,
        lambda choice: (choice.target, choice.value) if choice.value else None,
        lambda choice: choice.key,
    ):
        for old in list(left):
            new = next((one for one in right if alike(one) is not None and alike(one) == alike(old)), None)
            if new is not None:
                pairs.append((old, new))
                left.remove(old)
                right.remove(new)
    return sorted(pairs, key=lambda pair: before.index(pair[0]))


def _bare(choice: Choice) -> Any:
    return tuple(sorted(choice.words.texts.items())) if choice.words else None


def _hotline(before: Content, after: Content) -> Iterator[Change]:
    """Compare everything that is no step."""
    for field in fields(after.tree):
        if field.name not in DERIVED:
            old, new = getattr(before.tree, field.name), getattr(after.tree, field.name)
            yield from (Change("", text) for text in _entries(field.name, old, new))
    for name, old, new in (
        ("hours", before.schedules, after.schedules),
        ("kind", before.kinds, after.kinds),
        ("always_on", before.always_on, after.always_on),
        ("scenarios must pass before a publish", before.tested, after.tested),
        ("recordings are kept (days)", before.keep_recordings, after.keep_recordings),
        ("kept for days:", before.retention, after.retention),
        ("callers are to be met (seconds) by", before.targets, after.targets),
        ("our own words in", before.tree.phrases, after.tree.phrases),
    ):
        yield from (Change("", text) for text in _entries(name, old, new))


def _entries(name: str, before: Any, after: Any) -> Iterator[str]:
    """Compare a table of named things, field by field."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        if hasattr(after, "__dataclass_fields__") and before != after:
            yield from _fields(name, before, after)
        else:
            yield from _field(name, before, after)
        return
    one = name.removesuffix("s") if name in {"lines", "teams", "voices"} else name
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            yield f"{one} {key} " + (f"added: {said(new)}" if old is None else f"removed; it was {said(old)}")
        elif hasattr(new, "__dataclass_fields__"):
            yield from _fields(f"{one} {key}:", old, new)
        else:
            yield from _field(f"{one} {key}", old, new)


def _fields(name: str, before: Any, after: Any) -> Iterator[str]:
    for field in fields(after):
        unit = " (seconds)" if field.name in SECONDS else ""
        yield from _field(f"{name} {field.name}{unit}", getattr(before, field.name), getattr(after, field.name))
