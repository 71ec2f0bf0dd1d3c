"""Answers that a pretended call brings along, among its facts.

``look_up.<step>`` names the outcome, ``look_up.<step>.<name>`` a value. Where the same step asks again,
``look_up.<step>.2`` is its second answer and so on; the last one given stays.
"""

from __future__ import annotations

from ivr.engine.tree import Inquiry, Value
from ivr.engine.typed import NotOfType, from_text
from ivr.inquiries.answer import Answer
from ivr.question import Question


def pretended(question: Question) -> Answer | None:
    """Give the answer that was brought along, None where there is none."""
    facts = question.pretend or {}
    room = f"look_up.{question.state.place}"
    later = (f"{room}.{time}" for time in range(question.before + 1, 1, -1))
    room = next((name for name in later if name in facts), room)
    outcome = facts.get(room)
    if not isinstance(outcome, str):
        return None
    front = f"{room}."
    given = {name.removeprefix(front): value for name, value in facts.items() if name.startswith(front)}
    try:
        return Answer(outcome, _typed(question, given))
    except NotOfType:
        return Answer("failed")


def _typed(question: Question, given: dict[str, Value]) -> dict[str, Value]:
    """Judge the values as those of a real answer; what the step does not name is left out."""
    node = question.node
    if not isinstance(node, Inquiry):
        return given
    return {name: from_text(node.gives[name], _text(value)) for name, value in given.items() if name in node.gives}


def _text(value: Value) -> str:
    """Write a fact as it would stand in a table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
