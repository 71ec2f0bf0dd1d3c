"""How long a secret is kept: until no step that uses it can be reached without its being asked for again.

A use is a comparison (`check: same as`), something sent to a system outside (`with`), and a step that needs the name.
Which steps can be reached is judged broadly, by every step that a step names in any way, so that nothing is forgotten
too early; a secret that nobody uses is forgotten at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from ivr.engine.state import CallState
from ivr.engine.tree import BACK, PERSON, TOP, Ask, Menu, Step, Tree

_MOST = 100  # menus that are remembered; then we begin anew, so that old versions do not stay for ever

# By the menu's identity, as in ``memo``: it is kept along, so no other object has it meanwhile.
_kept: dict[int, tuple[Tree, Mapping[str, frozenset[str]]]] = {}


def forget(tree: Tree, state: CallState) -> CallState:
    """Leave out the secrets that are of no use any more from where the call stands."""
    held = tree.secrets.intersection(state.values)
    if not held:
        return state
    wanted = frozenset[str]() if state.ended else needed(tree).get(state.place, tree.secrets)
    spent = held - wanted
    return replace(state, values={name: value for name, value in state.values.items() if name not in spent})


def needed(tree: Tree) -> Mapping[str, frozenset[str]]:
    """Say of each step which secrets it, or what can follow it, still uses."""
    found = _kept.get(id(tree))
    if found is None or found[0] is not tree:
        if len(_kept) >= _MOST:
            _kept.clear()
        found = _kept[id(tree)] = (tree, _judge(tree))
    return found[1]


def _judge(tree: Tree) -> Mapping[str, frozenset[str]]:
    """Go back from every use to the steps from which it can be reached without an answer on the way."""
    texts = {place: frozenset(_texts(step)) for place, step in tree.steps.items()}
    needing: dict[str, set[str]] = defaultdict(set)  # an answer may have been asked for on behalf of these
    for place, step in tree.steps.items():
        for name in step.needs:
            needing[name].add(place)
    before: dict[str, list[str]] = defaultdict(list)
    for place, step in tree.steps.items():
        for way in _ways(tree, step, texts[place]) | (needing[step.name] if isinstance(step, Ask) else set()):
            before[way].append(place)
    for way in _back(tree):
        before[way].append(BACK)
    found: dict[str, set[str]] = {place: set() for place in (*tree.steps, BACK)}
    for name in tree.secrets:
        new = [place for place, step in tree.steps.items() if _uses(step, name, texts[place])]
        while new:
            place = new.pop()
            if name not in found[place]:
                found[place].add(name)
                new += [each for each in before[place] if not _answers(tree.steps.get(each), name, place)]
    return {place: frozenset(names) for place, names in found.items()}


def _answers(step: Step | None, name: str, way: str) -> bool:
    """Tell whether nothing but an answer under this name leads from a question to the step that is its next."""
    if not isinstance(step, Ask) or step.name != name or way != step.next:
        return False
    return way not in {*step.exits.values(), step.none, step.too_often}


def _uses(step: Step, name: str, texts: frozenset[str]) -> bool:
    own = isinstance(step, Ask) and step.name == name
    return f"same:{name}" in texts or name in step.needs or (name in texts and not own)


def _ways(tree: Tree, step: Step, texts: frozenset[str]) -> frozenset[str]:
    """List every step that may come after this one; BACK stands for all to which a caller can go back."""
    named = set(texts)
    if isinstance(step, Ask | Menu):
        named |= set(tree.everywhere.values())
    if isinstance(step, Ask):
        named.add(BACK)  # the star alone
    if TOP in named:
        named |= {line.start for line in tree.lines.values()}
    if PERSON in named:
        named |= {line.person for line in tree.lines.values()}
    named |= {tree.asks[name] for name in step.needs if name in tree.asks}
    return frozenset(named & (tree.steps.keys() | {BACK}))


def _back(tree: Tree) -> set[str]:
    """List the steps to which a caller can go back."""
    starts = {line.start for line in tree.lines.values()}
    return starts | {place for place, step in tree.steps.items() if isinstance(step, Menu)}


def _texts(noun: Any) -> Iterator[str]:
    """List every text in a noun, however deep."""
    if isinstance(noun, str):
        yield noun
    elif isinstance(noun, Mapping):
        for key, value in noun.items():
            yield from (*_texts(key), *_texts(value))
    elif isinstance(noun, tuple | frozenset):
        for item in noun:
            yield from _texts(item)
    elif is_dataclass(noun):
        for each in fields(noun):
            yield from _texts(getattr(noun, each.name))
