"""The questions of a `survey`: three of ours by name, others written out."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any

from ivr.engine.services import Question
from ivr.engine.tree import Words
from ivr.menu import kinds, shapes
from ivr.menu.maps import Option, Options, as_map, entries, read_map
from ivr.menu.problems import shown
from ivr.menu.scope import Scope, Text
from ivr.menu.source import Mapping, Node, Sequence

OURS: Table[str, Question] = {
    "resolved": Question("resolved", Words({}), yes_no=True),
    "representative": Question("representative", Words({}), 1, 5, talked=True),
    "recommend": Question("recommend", Words({}), 0, 10),
}
MOST = 9  # questions: nobody answers more, and the token counts them with one digit


@dataclass(frozen=True, slots=True)
class RawQuestion:
    """A question before it is translated."""

    name: str
    text: Text | None = None  # None: one of ours
    scale: tuple[int, int] = (1, 2)
    answers: tuple[tuple[str, Text], ...] = ()


def _scale(scope: Scope, node: Node) -> tuple[int, int] | None:
    """Read `1 to 5`, `0 to 10`."""
    found: tuple[int, int] | None = kinds.span(0, 99)(scope, node)
    return found


def _answers(scope: Scope, node: Node) -> tuple[tuple[str, Text], ...] | None:
    """Read `{1: words, 2: words}`."""
    holder = as_map(scope, node, "'answers'")
    made: list[tuple[str, Text]] = []
    for key, value in entries(scope, holder) if holder else ():
        if not re.fullmatch(r"[0-9]", key.text):
            scope.notes.add("bad-key", key, f"{shown(key.text)} is not a digit", "an answer has a key from 0 to 9")
            continue
        found = kinds.text(scope, value)
        if found is not None:
            made.append((key.text, found))
    return tuple(made)


shapes.shaped(_scale, shapes.pattern(r"\d+ to \d+"))
shapes.shaped(_answers, shapes.keyed(shapes.TEXT, "[0-9]"))
QUESTION: Options = {
    "ask": Option(kinds.text, needed=True),
    "as": Option(kinds.name, needed=True),
    "between": Option(_scale),
    "answers": Option(_answers),
}


def questions(scope: Scope, node: Node) -> tuple[RawQuestion, ...] | None:
    """Read the list of a `survey`."""
    items = node.items if isinstance(node, Sequence) else (node,)
    found = [_question(scope, item) for item in items]
    if not found:
        scope.notes.add("no-value", node, "'survey' asks nothing", f"write one of: {', '.join(OURS)}")
        return None
    if len(found) > MOST:
        said = f"{len(found)} questions are more than {MOST}"
        scope.notes.add("bad-number", node, said, "ask what matters most; few callers answer more than three")
    made = [question for question in found if question is not None]
    for at, question in enumerate(made):
        if question.name in {before.name for before in made[:at]}:
            said = f"the survey asks for '{question.name}' twice"
            scope.notes.add("duplicate-key", items[at], said, "keep one of the two")
    return tuple(made)


def _question(scope: Scope, node: Node) -> RawQuestion | None:
    if isinstance(node, Mapping):
        return _own(scope, node)
    found = kinds.scalar(scope, node, "a question")
    if found is None or found.text in OURS:
        return RawQuestion(found.text) if found else None
    said = f"{shown(found.text)} is none of our questions"
    scope.notes.unknown("unknown-word", found, said, OURS)
    return None


def _own(scope: Scope, node: Mapping) -> RawQuestion | None:
    values: dict[str, Any] = read_map(scope, node, QUESTION, "a question")
    if node.get("answers") is not None and (key := node.key("between")) and (value := node.get("between")):
        fix = scope.notes.remove(key, value, node)
        scope.notes.add("no-effect", key, "'between' does nothing beside 'answers'", "leave it out", fix=fix)
    elif node.get("answers") is None and node.get("between") is None:
        hint = "write 'between: 1 to 5' or 'answers: {1: words, 2: words}'"
        scope.notes.add("missing-key", node, "the question takes no answer", hint)
    if "ask" not in values or "as" not in values:
        return None
    return RawQuestion(values["as"], values["ask"], values.get("between", (1, 2)), values.get("answers", ()))


shapes.shaped(
    questions,
    shapes.listed(
        {
            "anyOf": [
                shapes.words(*OURS),
                shapes.closed(
                    {
                        "ask": shapes.TEXT,
                        "as": shapes.shape_of(kinds.name),
                        "between": shapes.shape_of(_scale),
                        "answers": shapes.shape_of(_answers),
                    },
                    ("ask", "as"),
                ),
            ]
        }
    ),
)
