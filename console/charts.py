"""Charts as SVG: drawn here, coloured by the style sheet; a table beside each says the same in numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDE, HIGH, LEFT, FOOT = 560.0, 190.0, 40.0, 22.0
TOP = 12.0
LABELS = 10  # below a chart, at most


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values; None leaves a gap in a line."""

    values: Sequence[float | None]
    css: str  # its class


def nice(most: float) -> float:
    """Give a round number at or above the largest value, of which a quarter is whole."""
    size = 4.0
    while True:
        for step in (1, 2, 3, 4, 5, 6, 8):
            if size * step >= most:
                return size * step
        size *= 10


def columns(parts: Sequence[Series], labels: Sequence[str], said: str) -> Markup:
    """Draw stacked columns, the first part at the bottom."""
    sums = [sum(part.values[place] or 0.0 for part in parts) for place in range(len(labels))]
    top = nice(max(sums, default=0.0))
    room = (WIDE - LEFT - 8) / max(1, len(labels))
    drawn = []
    for place in range(len(labels)):
        at = 0.0
        for part in parts:
            value = part.values[place] or 0.0
            if value:
                high = _high(value, top)
                x, y = LEFT + place * room + room * 0.12, _y(at, top) - high
                drawn.append(
                    f'<rect class="{part.css}" x="{x:.1f}" y="{y:.1f}" width="{room * 0.76:.1f}" height="{high:.1f}"/>'
                )
            at += value
    return _chart([*_grid(top, lambda value: f"{value:,.0f}"), *drawn, *_below(labels, room, room / 2)], said)


def lines(parts: Sequence[Series], labels: Sequence[str], said: str, write: Callable[[float], str]) -> Markup:
    """Draw lines over the same labels."""
    top = nice(max((value or 0.0 for part in parts for value in part.values), default=0.0))
    room = (WIDE - LEFT - 8) / max(1, len(labels) - 1)
    drawn = []
    for part in parts:
        run: list[str] = []
        for place, value in enumerate([*part.values, None]):
            if value is not None:
                run.append(f"{LEFT + place * room:.1f},{_y(value, top):.1f}")
            elif run:
                one = len(run) == 1
                points = run[0].split(",")
                drawn.append(
                    f'<circle class="{part.css} dot" cx="{points[0]}" cy="{points[1]}" r="3"/>'
                    if one
                    else f'<polyline class="{part.css}" points="{" ".join(run)}"/>'
                )
                run = []
    return _chart([*_grid(top, write), *drawn, *_below(labels, room, 0.0)], said)


def _high(value: float, top: float) -> float:
    return value / top * (HIGH - TOP - FOOT)


def _y(value: float, top: float) -> float:
    return HIGH - FOOT - _high(value, top)


def _grid(top: float, write: Callable[[float], str]) -> list[str]:
    made = []
    for part in range(5):
        value = top * part / 4
        y = _y(value, top)
        made.append(f'<line class="grid" x1="{LEFT}" x2="{WIDE - 8}" y1="{y:.1f}" y2="{y:.1f}"/>')
        made.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(write(value))}</text>')
    return made


def _below(labels: Sequence[str], room: float, off: float) -> list[str]:
    every = -(-len(labels) // LABELS) or 1
    return [
        f'<text x="{LEFT + place * room + off:.1f}" y="{HIGH - 4}" text-anchor="middle">{escape(label)}</text>'
        for place, label in enumerate(labels)
        if place % every == 0
    ]


def _chart(parts: Sequence[str], said: str) -> Markup:
    head = f'<svg class="chart" viewBox="0 0 {WIDE:.0f} {HIGH:.0f}" role="img" aria-label="{escape(said)}">'
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704 # nosec B704 # texts are escaped above
