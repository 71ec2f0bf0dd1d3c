"""What would save callers' time, with how much: choices in another order, choices that nobody takes, wrong options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.content import Content
from ivr.engine.tree import Choice, Menu
from ivr.insight.certainty import Share
from ivr.menu.checks.listening import choice_seconds, offered

FEWEST = 100  # choices at a menu before anything is advised
WORTH = 0.5  # seconds a choice that must be saved
SELDOM = 0.01  # of the choices at a menu
WRONG = 0.05  # of the calls that were sent to the wrong team, surely
MONTH = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to change."""

    step: str
    text: str
    seconds: float  # saved by each who chooses there; 0 where it is not time that is saved
    hours: float  # of paid minutes, a month
    calls: int  # a month, that it concerns


def suggest(content: Content, counts: Counter[str], lasted: float, language: str = "") -> list[Suggestion]:
    """Advise, what saves most first; `lasted` are the seconds over which was counted."""
    spoken = language or content.tree.language
    monthly = MONTH / max(lasted, 86400.0)
    found: list[Suggestion] = []
    for step in content.tree.steps.values():
        if isinstance(step, Menu):
            found += _first(content, step, counts, spoken, monthly)
            found += _seldom(content, step, counts, spoken, monthly)
            found += _misleading(step, counts, monthly)
    return sorted(found, key=lambda one: (-one.hours, -one.calls, one.step))


def _taken(step: Menu, counts: Counter[str]) -> dict[str, int]:
    return {choice.key: counts[f"chose/{step.id}/{choice.key}"] for choice in offered(step)}


def _first(content: Content, step: Menu, counts: Counter[str], language: str, monthly: float) -> Iterator[Suggestion]:
    """Put the choice first that most take, where that saves time."""
    choices, taken = list(offered(step)), _taken(step, counts)
    total = sum(taken.values())
    if total < FEWEST or len(choices) < 2:
        return
    best = max(choices, key=lambda choice: taken[choice.key])
    order = [best, *(choice for choice in choices if choice is not best)]
    saved = _heard(content, choices, taken, language) - _heard(content, order, taken, language)
    if best is choices[0] or saved < WORTH:
        return
    hours = saved * total * monthly / 3600
    share = taken[best.key] / total
    text = f"option {best.key} is chosen by {share:.0%}: first, it saves {saved:.1f} s a call"
    yield Suggestion(step.id, f"{text}, {hours:.1f} h of paid minutes a month", saved, hours, round(total * monthly))


def _heard(content: Content, order: list[Choice], taken: dict[str, int], language: str) -> float:
    """Tell how long callers listen on average until their choice has been said."""
    total, at, heard = sum(taken.values()), 0.0, 0.0
    for choice in order:
        at += choice_seconds(content, choice, language)
        heard += at * taken[choice.key] / total
    return heard


def _seldom(content: Content, step: Menu, counts: Counter[str], language: str, monthly: float) -> Iterator[Suggestion]:
    """Leave out, or say last, what hardly anybody takes."""
    choices, taken = list(offered(step)), _taken(step, counts)
    total = sum(taken.values())
    for place, choice in enumerate(choices[:-1]):
        share = Share(taken[choice.key], total)
        later = sum(taken[other.key] for other in choices[place + 1 :])
        seconds = choice_seconds(content, choice, language)
        if total < FEWEST or share.interval()[1] > SELDOM or seconds * later / total < WORTH:
            continue
        hours = seconds * later * monthly / 3600
        text = f"option {choice.key} is chosen by {share.value:.1%}: last or left out, it saves {seconds:.1f} s"
        text = f"{text} for those who choose what comes after it, {hours:.1f} h of paid minutes a month"
        yield Suggestion(step.id, text, seconds, hours, round(later * monthly))


def _misleading(step: Menu, counts: Counter[str], monthly: float) -> Iterator[Suggestion]:
    """Reword what sends callers to the wrong team."""
    for choice in step.choices:
        share = Share(counts[f"misled/{step.id}/{choice.key}"], counts[f"judged/{step.id}/{choice.key}"])
        if share.enough and share.interval()[0] > WRONG:
            calls = round(share.part * monthly)
            text = f"option {choice.key} sent {share.value:.0%} to the wrong team, as agents wrote"
            yield Suggestion(step.id, f"{text}: reworded, it concerns {calls} calls a month", 0.0, 0.0, calls)
