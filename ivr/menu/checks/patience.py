"""How long a caller listens at a step, until each choice of a menu, and before the first menu of a line."""

from __future__ import annotations

from ivr.engine.tree import Listening, Menu, Step
from ivr.menu.checks.examined import Examined, spoken
from ivr.menu.checks.listening import choice_seconds, offered, seconds


def step_seconds(draft: Examined, step: Step, language: str) -> float:
    """Add up what is said at a step when nothing is pressed."""
    heard = {id(words): words for name, words in spoken(step) if name != "reprompt" and not name.startswith("key ")}
    total = sum(seconds(draft.content, words, language) for words in heard.values())
    if isinstance(step, Menu):
        total += sum(choice_seconds(draft.content, choice, language) for choice in offered(step))
    return total


def choice_times(draft: Examined, menu: Menu, language: str) -> dict[str, float]:
    """Tell when each spoken choice has been heard, in seconds since the menu began."""
    until = seconds(draft.content, menu.words, language) + seconds(draft.content, menu.prompt, language)
    heard = {}
    for choice in offered(menu):
        until += choice_seconds(draft.content, choice, language)
        heard[choice.key] = until
    return heard


def before_first_listening(draft: Examined) -> dict[str, float]:
    """Menu -> seconds that are said before it at the beginning of a call; the longest of several ways."""
    found: dict[str, float] = {}
    waiting = [(0.0, start) for start in draft.ways.starts]
    seen: set[str] = set()
    while waiting:
        spent, id_ = waiting.pop()
        step = draft.tree.steps.get(id_)
        if step is None:
            continue
        if isinstance(step, Listening):
            found[id_] = max(found.get(id_, 0.0), spent)
            continue
        if id_ in seen:
            continue
        seen.add(id_)
        spent += step_seconds(draft, step, draft.tree.language)
        waiting.extend((spent, way.target) for way in draft.ways.out[id_] if way.alone)
    return found
