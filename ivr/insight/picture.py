"""The flow on the menu's own picture: what is drawn of each step is what callers did there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from math import ceil, sqrt

from ivr.content import Content
from ivr.drawing.graph import Box, Graph, Row, follow, graph_of
from ivr.insight.words import parts

WIDEST = 9  # of the widths that an arrow may have


@dataclass(frozen=True, slots=True)
class Passed:
    """What callers did at one step."""

    step: str
    deed: str
    came: int
    chose: int
    silent: int
    wrong: int
    hung_up: int  # the caller ended the call there
    ended: int  # we ended it there
    put_through: int
    joined: int
    went: tuple[tuple[str, str, int], ...]  # label of a way on, where it leads, how many took it


def passed(content: Content, counts: Counter[str]) -> list[Passed]:
    """Tell of each step, in the order that they are written."""
    return [
        Passed(
            box.id,
            box.deed,
            counts[f"in/{box.id}"],
            sum(number for word, number in counts.items() if word.startswith(f"chose/{box.id}/")),
            counts[f"silent/{box.id}"],
            counts[f"wrong/{box.id}"],
            counts[f"ended/{box.id}/left"],
            counts[f"ended/{box.id}/hung_up"] + counts[f"ended/{box.id}/limit"],
            counts[f"put_through/{box.id}"],
            counts[f"joined/{box.id}"],
            tuple(
                (f"{row.label} {row.text}".strip(), row.target, number) for row, number in ways(content, box, counts)
            ),
        )
        for box in graph_of(content).boxes.values()
        if box.deed != "line"
    ]


def ways(content: Content, box: Box, counts: Counter[str]) -> list[tuple[Row, int]]:
    """Give each way out of a step with how many took it."""
    taken = _Taken(content, box, counts)
    return [(row, taken.of(row)) for row in box.rows]


class _Taken:
    """Finds what was counted of a row of a box."""

    def __init__(self, content: Content, box: Box, counts: Counter[str]) -> None:
        self._content, self._box, self._counts = content, box, counts
        here = "" if box.deed == "line" else box.id
        self._gone: Counter[tuple[str, str]] = Counter()
        for word, number in counts.items():
            if word.startswith(f"go/{here}/"):
                _, how, to = parts(word, 3)
                self._gone[how, to] += number
        left = f"left/{box.id}/"
        self._exits = Counter({text.removeprefix(left): n for text, n in counts.items() if text.startswith(left)})
        self._ifs = [row for row in box.rows if row.label == "if"]

    def of(self, row: Row) -> int:
        """Count those who took a way."""
        box = self._box
        if row.label in {"if", "else"} and box.deed == "decide":
            branch = self._ifs.index(row) + 1 if row.label == "if" else 0
            return sum(number for (how, _), number in self._gone.items() if how == f"branch {branch}")
        if (key := _key(box, row)) is not None:
            return self._counts[f"chose/{box.id}/{key}"]
        if names := _exits(row):
            return self._left(names)
        to = follow(self._content, row.target)
        return sum(number for (how, step), number in self._gone.items() if not how and step == to)

    def _left(self, names: list[str]) -> int:
        """Count who left by some exits; `failed` is every one that no row names."""
        found = sum(self._exits[name] for name in names)
        if "silence" in names:
            found += self._counts[f"chose/{self._box.id}/"]
        if "failed" in names:
            named = {name for row in self._box.rows for name in _exits(row)}
            found += sum(number for exit_, number in self._exits.items() if exit_ not in named)
        return found


# rows that are no exits
PLAIN = frozenset({"then", "after", "call", "needs", "ext.", "nothing", "if", "else"})


def _key(box: Box, row: Row) -> str | None:
    """Give the key that a row stands for; None where it is no key."""
    if row.label.startswith("waiting "):
        return row.label.removeprefix("waiting ")
    is_key = box.deed == "menu" and row.label != "ext." and not row.label[:1].isalpha()
    return row.label.partition(" ")[0] if is_key else None


def _exits(row: Row) -> list[str]:
    """Name the exits that a row stands for."""
    if row.label.startswith("entry "):
        return ["too_often"]
    if row.label == "ext." and row.text == "unknown":
        return ["unknown"]
    if row.text or row.label in PLAIN or not row.label[:1].isalpha():
        return []
    return [each.strip().replace(" ", "_") for each in row.label.split(",")]


def drawn(content: Content, counts: Counter[str], language: str = "") -> tuple[Graph, dict[tuple[str, int], int]]:
    """Write what callers did into the boxes, and give each arrow its width, from 1 to WIDEST."""
    graph = graph_of(content, language)
    boxes, numbers = {}, {}
    for box in graph.boxes.values():
        rows = []
        for place, (row, number) in enumerate(ways(content, box, counts)):
            numbers[box.id, place] = number
            rows.append(replace(row, text=f"{number:,} {row.text}".strip()))
        said = box.said if box.deed == "line" else told(box, counts)
        boxes[box.id] = replace(box, said=said, rows=tuple(rows))
    most = max(numbers.values(), default=0) or 1
    widths = {place: max(1, ceil(sqrt(number / most) * WIDEST)) for place, number in numbers.items()}
    return replace(graph, boxes=boxes), widths


def told(box: Box, counts: Counter[str]) -> str:
    """Say in words what callers did at a step."""
    came = counts[f"in/{box.id}"]
    if not came:
        return "Nobody came here."
    gave_up = counts[f"ended/{box.id}/left"]
    said = [f"{came:,} came"]
    if gave_up:
        said.append(f"{gave_up:,} hung up here" + (f" ({gave_up / came:.1%})" if came >= 20 else ""))
    for word, what in (("silent", "silences"), ("wrong", "wrong keys"), ("put_through", "rung or queued")):
        if counts[f"{word}/{box.id}"]:
            said.append(f"{counts[f'{word}/{box.id}']:,} {what}")
    if counts[f"joined/{box.id}"]:
        said.append(f"{counts[f'joined/{box.id}']:,} talked")
    return ", ".join(said) + "."


def most_lost(steps: list[Passed]) -> Passed | None:
    """Find the step where most callers hung up who had not got what they called for: a survey comes after that."""
    lost = [one for one in steps if one.hung_up and one.deed not in {"survey", "hang_up"}]
    return max(lost, key=lambda one: (one.hung_up, one.step), default=None)
