"""A caller who stays silent here, or keeps pressing wrong keys, is led round and round until the call's limit ends it.

Each time a call comes to a step its tries are counted from zero, so `silence: main` in `main` itself, or two menus that
send silent callers to each other, count for ever. Nobody is helped by hearing the same menu a fifth time.

Put right: lead the exit to a person, to a message or to a `hang_up` with words; or end the round with
`at_most: {3: step}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import HangUp, Listening, Record, Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.checks.rounds import Graph, doomed, round_of
from ivr.menu.problems import ERROR, Problem

CODE = "endless-tries"
CAUSES = {"silence": "whoever stays silent", "wrong": "whoever presses wrong keys"}


def check(draft: Examined) -> Iterator[Problem]:
    """Follow a caller who does the same thing at every step."""
    for cause, who in CAUSES.items():
        graph = _world(draft, cause)
        lost = doomed(graph)
        stuck = frozenset(lost)
        for step in lost:
            if isinstance(draft.tree.steps[step], Listening):
                round_ = " > ".join(round_of(graph, step, stuck))
                hint = f"add '{cause}: person', or lead it to a message or a goodbye"
                yield draft.of(CODE, Part(step, cause), f"{who} goes round for ever: {round_}", hint, ERROR)


def _world(draft: Examined, cause: str) -> Graph:
    graph: dict[str, tuple[str, ...]] = {}
    for step in draft.steps:
        if isinstance(step, Transfer | HangUp | Record):  # here the caller is helped, or the call ends
            continue
        ways = draft.ways.out[step.id]
        taken = [way for way in ways if way.alone or way.why == cause]
        if isinstance(step, Listening) and not any(way.why == cause for way in ways):
            continue
        graph[step.id] = tuple(way.target for way in taken)
    return graph
