"""`each: place in places`: one text for all items of a list, as choices of a menu or spoken in turn.

Every item has a choice, or words, of its own in the tree: the same text with `{place.address}` read from the list's
first, second, … item. So whatever knows choices and words knows these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ivr.engine.tree import HANG_UP, Choice, Given, Item, Slot, Template, Words
from ivr.menu.choices import RawChoice
from ivr.menu.items import RawEach
from ivr.menu.scope import Scope
from ivr.menu.steps import RawStep

MOST = 5  # items that are offered, where the menu names no other number


def fields_of(scope: Scope, raw: RawStep) -> Mapping[str, Given]:
    """Give the fields of the list at hand, and let texts read them by the item's name."""
    found: RawEach | None = raw.values.get("each")
    fields = scope.lists.get(found.list, {}) if found else {}
    for name, given in fields.items():
        scope.fields.setdefault(f"{found.item if found else ''}.{name}", given)
    return fields


def numbered(scope: Scope, raw: RawStep, pattern: RawChoice, words: Words | None) -> list[Choice]:
    """Make a choice of every item that can be offered; `pattern` is written under `keys: each`."""
    found: RawEach | None = raw.values.get("each")
    if found is None:
        if raw.node.get("each") is None:
            said = "'keys' offers each item of a list, and the step names no list"
            scope.notes.add("missing-key", pattern.node, said, "write 'each: place in places' in the step")
        return []
    fields = fields_of(scope, raw)
    made = []
    for number in range(1, raw.values.get("most", MOST) + 1):
        front = f"{found.list}.{number}"
        keeps = {f"{found.item}.{name}": f"{front}.{name}" for name in fields}
        sure = frozenset(f"{found.item}.{name}" for name, given in fields.items() if given.needed)
        choice = Choice(
            key=str(number),
            target=pattern.target or raw.values.get("then", HANG_UP),
            words=words and at_item(words, found, number),
            form=pattern.form,
            item=Item(found.list, number, keeps, sure),
        )
        made.append(choice)
    _taken_twice(scope, raw, len(made))
    return made


def spoken(raw: RawStep, words: Words) -> tuple[Words, ...]:
    """Give the words of every item that can be spoken."""
    found: RawEach | None = raw.values.get("each")
    return (
        tuple(at_item(words, found, number) for number in range(1, raw.values.get("most", MOST) + 1)) if found else ()
    )


def at_item(words: Words, found: RawEach, number: int) -> Words:
    """Let a text read one item of the list."""

    def read(template: Template) -> Template:
        return tuple(_renamed(part, found, number) for part in template)

    return replace(words, texts={tag: read(template) for tag, template in words.texts.items()})


def _renamed(part: str | Slot, found: RawEach, number: int) -> str | Slot:
    front = f"{found.item}."
    if isinstance(part, str) or not part.name.startswith(front):
        return part
    return replace(part, name=f"{found.list}.{number}.{part.name.removeprefix(front)}")


def _taken_twice(scope: Scope, raw: RawStep, most: int) -> None:
    """See that no fixed key is the number of an item."""
    for choice in raw.values.get("keys", ()):
        for key in (choice.key, *choice.also):
            if key.isdecimal() and key != "0" and int(key) <= most:
                said = f"the key {key} is the number of an item as well: {most} of them are offered"
                scope.notes.add("duplicate-key", choice.node, said, f"give it a key above {most}, or lower 'most'")
