"""Once here, the call goes round by itself for ever: nothing in the round waits for the caller or leads out.

`say`, `set`, `case`, `decide` and the exits of `transfer` go on without the caller. Where they lead in a circle the
caller hears the same words again and again, or nothing, until a limit ends the call. A transfer whose `closed` leads
back to itself is such a circle: it is as closed the second time.

Put right: let one step of the round lead to a menu, a message or a person, or end it by `at_most`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.checks.rounds import Graph, doomed, round_of
from ivr.menu.problems import ERROR, Problem

CODE = "endless-loop"

# A transfer that was closed is closed again a moment later, and so with the others: each is a world of its own.
STANDING = ("closed", "nobody", "busy", "no_answer")


def check(draft: Examined) -> Iterator[Problem]:
    """Find the rounds that the call cannot leave, once each step of theirs."""
    for step, round_ in rounds(draft).items():
        why = next(way.why for way in draft.ways.out[step] if way.target == round_[1])
        hint = "let one of these lead to a menu, a message or a goodbye"
        text = f"by '{why}' the call comes into a round that it never leaves: {' > '.join(round_)}"
        yield draft.of(CODE, Part(step, why), text, hint, ERROR)


def rounds(draft: Examined) -> dict[str, list[str]]:
    """Give each step that lies on such a round, with the round."""
    found: dict[str, list[str]] = {}
    for standing in STANDING:
        graph = _alone(draft, standing)
        lost = doomed(graph)
        stuck = frozenset(lost)
        for step in lost:
            round_ = round_of(graph, step, stuck)
            if round_[-1] == step:  # the others only lead there
                found.setdefault(step, round_)
    return found


def _alone(draft: Examined, standing: str) -> Graph:
    graph: dict[str, tuple[str, ...]] = {}
    for step in draft.steps:
        ways = draft.ways.out[step.id]
        if isinstance(step, Transfer):
            graph[step.id] = tuple(way.target for way in ways if way.why in {standing, f"entry {step.at_most}"})
        elif ways and all(way.alone for way in ways):
            graph[step.id] = tuple(way.target for way in ways if not way.exit)
    return graph
