"""Rounds: steps from which a call never comes out again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

Graph = Mapping[str, tuple[str, ...]]  # step -> where a call can go on from it; a step that is not here is an end


def doomed(graph: Graph) -> list[str]:
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


def round_of(graph: Graph, step: str, members: Collection[str]) -> list[str]:
    """Walk from a doomed step until a step comes a second time."""
    way = [step]
    while True:
        following = next(target for target in graph[way[-1]] if target in members)
        if following in way:
            return [*way, following]
        way.append(following)


def circling(graph: Graph) -> Graph:
    """Keep the part of a graph in which rounds can be: what leads nowhere but out, and what nothing leads to, goes."""
    ahead = {step: {target for target in targets if target in graph} for step, targets in graph.items()}
    behind: dict[str, set[str]] = {step: set() for step in graph}
    for step, targets in ahead.items():
        for target in targets:
            behind[target].add(step)
    for ways, others in ((ahead, behind), (behind, ahead)):
        waiting = [step for step, targets in ways.items() if not targets]
        while waiting:
            gone = waiting.pop()
            for other in others[gone]:
                ways[other].discard(gone)
                if not ways[other]:
                    waiting.append(other)
            others[gone].clear()
    kept = {step for step in graph if ahead[step] and behind[step]}
    return {step: tuple(target for target in graph[step] if target in kept) for step in graph if step in kept}
