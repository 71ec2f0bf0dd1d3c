"""Answers that a pretended call brings along, among its facts.

``look_up.<step>`` is the outcome (``nothing``, ``failed``, …) or, as JSON, what the system answers. Where the same step
asks again, ``look_up.<step>.2`` is its second answer and so on; the last one given stays.
"""

from __future__ import annotations

from ivr.engine.tree import Given, Inquiry, Value
from ivr.engine.typed import from_text
from ivr.inquiries.answer import Answer
from ivr.inquiries.reading import Unreadable, read_json, read_values
from ivr.question import Question


def pretended(question: Question) -> Answer | None:
    """Give the answer that was brought along, None where there is none."""
    facts = question.pretend or {}
    room = f"look_up.{question.state.place}"
    later = (f"{room}.{time}" for time in range(question.before + 1, 1, -1))
    said = facts.get(next((name for name in later if name in facts), room))
    if not isinstance(said, str):
        return None
    if not said.startswith(("{", "[")):
        return Answer(said)
    try:
        values = _values(question, said)
    except Unreadable:
        return Answer("failed")
    return Answer("found", values) if values else Answer("nothing")


def _values(question: Question, said: str) -> dict[str, Value]:
    """Judge the values as those of a real answer; of a step of ours they are taken as they are."""
    answer = read_json(said.encode("utf-8", "replace"))
    if isinstance(question.node, Inquiry):
        return dict(read_values(question.node, answer, _as_written))
    return answer if isinstance(answer, dict) else {}


def _as_written(given: Given, said: object) -> Value:
    """Judge a value however it is written: people who write scenarios put nothing in quotes."""
    if isinstance(said, bool):
        return from_text(given, "yes" if said else "no")
    return from_text(given, "" if said is None else str(said))
