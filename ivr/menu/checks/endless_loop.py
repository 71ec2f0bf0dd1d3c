"""Once here, the call goes round by itself for ever: nothing in the round waits for the caller or leads out.

`say`, `set`, `case`, `decide` and the exits of `transfer` go on without the caller. Where they lead in a circle the
caller hears the same words again and again, or nothing, until a limit ends the call. A transfer whose `closed` leads
back to itself is such a circle: it is as closed the second time.

Put right: let one step of the round lead to a menu, a message or a person, or end it by `at_most`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.engine.tree import Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.problems import ERROR, Problem

CODE = "endless-loop"

# A transfer that was closed is closed again a moment later, and so with the others: each is a world of its own.
STANDING = ("closed", "nobody", "busy", "no_answer")

Graph = Mapping[str, tuple[str, ...]]


def check(draft: Examined) -> Iterator[Problem]:
    """Find the rounds that the call cannot leave."""
    told: set[str] = set()
    for standing in STANDING:
        graph = _alone(draft, standing)
        doomed = _doomed(graph)
        for step in doomed:
            if step not in told:
                told.add(step)
                round_ = " > ".join(_round(graph, step, doomed))
                hint = "let one of these lead to a menu, a message or a goodbye"
                yield draft.of(CODE, step, f"the call never leaves this round: {round_}", hint, ERROR)


def _alone(draft: Examined, standing: str) -> Graph:
    graph: dict[str, tuple[str, ...]] = {}
    for step in draft.steps:
        ways = draft.ways.out[step.id]
        if isinstance(step, Transfer):
            graph[step.id] = tuple(way.target for way in ways if way.why in {standing, f"entry {step.at_most}"})
        elif ways and all(way.alone for way in ways):
            graph[step.id] = tuple(way.target for way in ways if not way.exit)
    return graph


def _doomed(graph: Graph) -> list[str]:
    """Find the steps of this graph from which nothing outside it is ever reached."""
    into: dict[str, list[str]] = {}
    saved: list[str] = []
    for step, targets in graph.items():
        for target in targets:
            into.setdefault(target, []).append(step)
        if not targets:
            saved.append(step)
    saved += [target for target in into if target not in graph]
    safe = set(saved)
    while saved:
        for source in into.get(saved.pop(), ()):
            if source not in safe:
                safe.add(source)
                saved.append(source)
    return [step for step in graph if step not in safe]


def _round(graph: Graph, step: str, doomed: list[str]) -> list[str]:
    members = set(doomed)
    way = [step]
    while True:
        following = next(target for target in graph[way[-1]] if target in members)
        if following in way:
            return [*way, following]
        way.append(following)
