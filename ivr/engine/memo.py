"""Prompts of menus that never change are made once: the same tree, menu and language always sound alike.

Nothing is remembered that a value, a fact or a condition has a part in, so a step stays a pure function.
"""

from __future__ import annotations

from ivr.engine.tree import Menu, Slot, Tree, Words
from ivr.engine.verbs import Prompt

_MOST = 50_000  # menus times languages; then we begin anew, so that old versions do not stay for ever

# By the menu's identity, since its hash would cost more than the prompts. Tree and menu are kept
# along: as long as they are, no other object has their identity.
_made: dict[tuple[int, str], tuple[Tree, Menu, tuple[Prompt, ...]]] = {}


def recall(tree: Tree, node: Menu, language: str) -> tuple[Prompt, ...] | None:
    """Return what was remembered for this menu, None if nothing was."""
    made = _made.get((id(node), language))
    if made is None or made[0] is not tree:
        return None
    return made[2]


def remember(tree: Tree, node: Menu, language: str, heard: tuple[Prompt, ...]) -> None:
    """Remember how a menu's choices sound, if they always do."""
    if any(choice.condition or choice.item for choice in node.choices):
        return
    if not all(map(_fixed, (*(choice.words for choice in node.choices), node.closing, node.stay))):
        return
    if len(_made) >= _MOST:
        _made.clear()
    _made[id(node), language] = (tree, node, heard)


def _fixed(words: Words | None) -> bool:
    """Tell whether a text says the same whatever the call holds."""
    if words is None:
        return True
    return all(not isinstance(part, Slot) or part.name == "key" for text in words.texts.values() for part in text)
