"""Where the boxes stand: columns by the number of steps from the line, rows packed like a tree.

A box's column is its distance from where calls begin, so a way leads at most one column to the right. Those
ways are drawn as arrows; a way within a column or back is written at its row and needs no line across the picture.
The packing is Wetherell and Shannon's (Tidy Drawings of Trees, 1979): each box stands beside the first of the
boxes that it leads to, so that a picture begins in its upper left corner, and every column remembers how far
it is filled.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ivr.drawing.graph import Box, Graph
from ivr.drawing.measure import wrap

WIDTH, GAP, BETWEEN, MARGIN = 268.0, 96.0, 22.0, 28.0
HEAD, TEXT, ROW, PAD = 34.0, 17.0, 23.0, 9.0
SIZE = 12.5  # of what is said


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with its place; x and y are its upper left corner in pixels."""

    box: Box
    column: int
    x: float
    y: float
    height: float
    said: tuple[str, ...]  # lines of text

    def row_y(self, index: int) -> float:
        """Give the middle of a row."""
        return self.y + HEAD + len(self.said) * TEXT + (PAD if self.said else 0) + index * ROW + ROW / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """A placed graph."""

    graph: Graph
    placed: dict[str, Placed]
    width: float
    height: float


@dataclass(slots=True)
class _Packing:
    """The first walk: what each box first leads to, and how far every column is filled."""

    column: dict[str, int] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)


def lay_out(graph: Graph) -> Layout:
    """Place every box; those that no way leads to come last, in the first column of steps."""
    packing = _Packing()
    _reach(graph, packing, list(graph.lines), 0)
    for name in graph.boxes:
        if name not in packing.column:
            _reach(graph, packing, [name], 1)
    said = {name: tuple(wrap(box.said, SIZE, WIDTH - 28, 3)) for name, box in graph.boxes.items()}
    tall = {name: _height(box, said[name]) for name, box in graph.boxes.items()}
    tops = _pack(packing, tall)
    placed = {
        name: Placed(box, at, MARGIN + at * (WIDTH + GAP), MARGIN + tops[name], tall[name], said[name])
        for name, box in graph.boxes.items()
        if (at := packing.column[name]) is not None
    }
    right = max((one.x + WIDTH for one in placed.values()), default=0.0) + MARGIN
    bottom = max((one.y + one.height for one in placed.values()), default=0.0) + MARGIN
    return Layout(graph, placed, right, bottom)


def _height(box: Box, said: tuple[str, ...]) -> float:
    return HEAD + len(said) * TEXT + (PAD if said else 0) + len(box.rows) * ROW + (PAD if box.rows else 2)


def _reach(graph: Graph, packing: _Packing, starts: list[str], column: int) -> None:
    """Go breadth first from some boxes; the first way to a box makes it a child."""
    waiting = deque(starts)
    packing.roots += starts
    packing.column |= dict.fromkeys(starts, column)
    while waiting:
        name = waiting.popleft()
        for row in graph.boxes[name].rows:
            if row.step in graph.boxes and row.step not in packing.column:
                packing.column[row.step] = packing.column[name] + 1
                packing.children.setdefault(name, []).append(row.step)
                waiting.append(row.step)


def _pack(packing: _Packing, tall: dict[str, float]) -> dict[str, float]:
    """Give each box its top, from 0."""
    free: dict[int, float] = {}
    offset: dict[int, float] = {}
    place: dict[str, float] = {}
    moved: dict[str, float] = {}
    for name in _children_first(packing):
        column = packing.column[name]
        children = packing.children.get(name, [])
        here = free.get(column, 0.0)
        if children:
            here = min(place[child] for child in children)
        offset[column] = max(offset.get(column, 0.0), free.get(column, 0.0) - here)
        place[name] = here + (offset[column] if children else 0.0)
        moved[name] = offset[column] if children else 0.0
        free[column] = place[name] + tall[name] + BETWEEN
    return _moved(packing, place, moved)


def _children_first(packing: _Packing) -> list[str]:
    order: list[str] = []
    stack = list(packing.roots)
    while stack:
        name = stack.pop()
        order.append(name)
        stack += packing.children.get(name, [])
    order.reverse()
    return order


def _moved(packing: _Packing, place: dict[str, float], moved: dict[str, float]) -> dict[str, float]:
    """Move each box by what its ancestors were moved by."""
    tops: dict[str, float] = {}
    stack = [(root, 0.0) for root in packing.roots]
    while stack:
        name, shift = stack.pop()
        tops[name] = place[name] + shift
        stack += [(child, shift + moved[name]) for child in packing.children.get(name, [])]
    lowest = min(tops.values(), default=0.0)
    return {name: top - lowest for name, top in tops.items()}
