"""What a key meant: the same choice found again in another menu, under whichever key it has there.

Two choices mean the same when their target, their value and their words are alike; where one of these was changed, the
others must find exactly one choice. A key that could mean two things there means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ivr.engine.events import Answered, Chose
from ivr.engine.inputs import Pressed, Said
from ivr.engine.tree import Choice, Menu, Tree
from ivr.replay import Played

Meaning = Callable[[Choice], Any]


def _words(choice: Choice) -> Any:
    return tuple(sorted(choice.words.texts.items())) if choice.words else None


# From the surest to the least sure; each needs something to hold on to, or it says nothing.
ALIKE: tuple[Meaning, ...] = (
    lambda choice: (choice.target, choice.value, choice.language, _words(choice)),
    lambda choice: (choice.target, choice.value, _words(choice)) if choice.words else None,
    lambda choice: (choice.value, _words(choice)) if choice.words else None,
    lambda choice: (choice.target, choice.value),
    lambda choice: choice.value,
)


def key_now(play: Played, before: Menu, after: Menu, tree: Tree) -> str | None:
    """Say which key means now what the caller meant then; None where nothing does, or where it is not sure."""
    given = play.told.input
    keys = (given.keys or before.ends) if isinstance(given, Pressed) else ""
    meant = next((event for event in play.told.events if isinstance(event, Chose) and event.step == before.id), None)
    if meant is not None:
        chosen = next((choice for choice in before.choices if choice.key == meant.key), None)
        if isinstance(given, Said):  # the words meant a key, and that is what counts
            keys = meant.key
        if chosen is None or keys not in {chosen.key, *chosen.also}:
            return _everywhere(play.content.tree.everywhere.get(keys, ""), after, tree)
        return _chosen(chosen, before, after) or _everywhere(chosen.target, after, tree)
    if any(isinstance(event, Answered) and event.step == before.id for event in play.told.events):
        return _extension(keys, before, after)
    return keys if dead(keys, after, tree) else None  # a key that did nothing meant nothing that we know of


def dead(keys: str, menu: Menu, tree: Tree) -> bool:
    """Say whether keys do nothing in a menu."""
    if any(keys == choice.key or keys in choice.also for choice in menu.choices):
        return False
    if menu.extension is not None and len(keys) > 1:
        return False
    return keys not in tree.everywhere or keys in menu.off


def _chosen(chosen: Choice, before: Menu, after: Menu) -> str | None:
    """Find a choice again: it must be the only one of its meaning in both menus."""
    for alike in ALIKE:
        meaning = alike(chosen)
        if meaning is None:
            continue
        then, now = (_meaning(menu.choices, alike, meaning) for menu in (before, after))
        if len(then) == 1 and len(now) == 1:
            return now[0].key
    return None


def _meaning(choices: Sequence[Choice], alike: Meaning, meaning: Any) -> list[Choice]:
    return [choice for choice in choices if alike(choice) == meaning]


def _everywhere(target: str, after: Menu, tree: Tree) -> str | None:
    """Find the key that leads to a target: one that means it in every menu, else the only choice that does."""
    keys = [key for key, leads in tree.everywhere.items() if target and leads == target and dead_as_choice(key, after)]
    keys = [key for key in keys if key not in after.off]
    choices = [choice.key for choice in after.choices if choice.target == target]
    return keys[0] if keys else choices[0] if len(choices) == 1 else None


def dead_as_choice(key: str, menu: Menu) -> bool:
    """Say whether no choice of a menu takes a key of its own."""
    return all(key != choice.key and key not in choice.also for choice in menu.choices)


def _extension(keys: str, before: Menu, after: Menu) -> str | None:
    """Find a colleague's number again."""
    then, now = before.extension, after.extension
    wanted = then.entries.get(keys) if then else None
    found = [number for number, value in now.entries.items() if value == wanted] if now and wanted else []
    return found[0] if len(found) == 1 else None
