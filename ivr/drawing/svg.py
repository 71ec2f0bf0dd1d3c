"""The picture: one SVG that carries its own style and is read in light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from ivr.drawing.graph import Box, Graph, Row
from ivr.drawing.layout import HEAD, PAD, TEXT, WIDTH, Layout, Placed, lay_out
from ivr.drawing.measure import cut, width

# Deed -> (corner, how the corner is made, outline). Told apart by shape and by word, never by colour alone.
SHAPES = {
    "line": (17.0, "round"),
    "menu": (10.0, "round"),
    "say": (3.0, "round"),
    "ask": (12.0, "notch"),
    "record": (12.0, "notch"),
    "case": (8.0, "cut"),
    "transfer": (17.0, "round"),
    "send": (8.0, "cut"),
    "survey": (12.0, "notch"),
    "call_back": (17.0, "round"),
    "office": (12.0, "notch"),
    "status": (12.0, "notch"),
    "look_up": (14.0, "cut"),
    "submit": (14.0, "cut"),
    "decide": (14.0, "cut"),
    "set": (3.0, "round"),
    "hang_up": (17.0, "round"),
}
LIGHT = (
    "--bg:#f6f7f9;--surface:#fff;--ink:#161a21;--soft:#4b5463;--line:#b9c0cb;--arrow:#7a8493;--menu:#2753c4;"
    "--say:#4b5463;--ask:#00558a;--record:#86386a;--case:#7d4a00;--transfer:#00664b;--decide:#5b3fa8;"
    "--set:#4b5463;--hang_up:#a03800"
)
DARK = (
    "--bg:#0e1115;--surface:#171c23;--ink:#e9ecf1;--soft:#b5bdc9;--line:#3d4653;--arrow:#7f8a9a;--menu:#92b3ff;"
    "--say:#b5bdc9;--ask:#74c4f2;--record:#e8abcb;--case:#f4bd57;--transfer:#55d3a8;--decide:#c3aeff;--set:#b5bdc9;"
    "--hang_up:#ff9f6b"
)
RULES = (
    """
.ivr{--send:var(--case);--survey:var(--record);--call_back:var(--transfer);
--office:var(--ask);--look_up:var(--decide);--submit:var(--decide);--status:var(--ask);background:var(--bg);
font-family:"Inter Variable",system-ui,-apple-system,"Segoe UI",
Roboto,"Noto Sans","Noto Sans Georgian",sans-serif}
.ivr .paper{fill:var(--bg)}
.ivr .shape{fill:var(--surface);stroke:var(--line);stroke-width:1.25}
.ivr .twice{fill:none;stroke-width:1}
.ivr .deed{font-size:10.5px;font-weight:700;letter-spacing:.04em;fill:var(--tone)}
.ivr .name{font-size:13.5px;font-weight:650;fill:var(--ink)}
.ivr .said{font-size:12.5px;fill:var(--soft)}
.ivr .text{font-size:12px;fill:var(--ink)}
.ivr .to{font-size:11.5px;fill:var(--soft)}
.ivr .key{fill:none;stroke:var(--tone);stroke-width:1.1}
.ivr .label{font-size:11px;font-weight:650;fill:var(--tone)}
.ivr .rule{stroke:var(--line);stroke-width:1;stroke-dasharray:1 3}
.ivr .arrow{fill:none;stroke:var(--arrow);stroke-width:1.4}
.ivr .w1{stroke-width:1.4}.ivr .w2{stroke-width:2.5}.ivr .w3{stroke-width:4}.ivr .w4{stroke-width:5.5}
.ivr .w5{stroke-width:7}.ivr .w6{stroke-width:8.5}.ivr .w7{stroke-width:10}.ivr .w8{stroke-width:12}
.ivr .w9{stroke-width:14}.ivr .flow{opacity:.55}
.ivr .unhappy{stroke-dasharray:5 4}
.ivr .tip{fill:var(--arrow)}
.ivr .on{font-size:10.5px;font-weight:650;fill:var(--soft);paint-order:stroke;stroke:var(--bg);stroke-width:4px;
stroke-linejoin:round}
.ivr a:focus-visible .shape{stroke:var(--tone);stroke-width:3}
.ivr a:hover .to{text-decoration:underline}
"""
    + "".join(f".ivr .{deed}{{--tone:var(--{deed})}}" for deed in SHAPES if deed != "line")
    + (".ivr .line{--tone:var(--ink)}.ivr :is(.line,.transfer,.hang_up) .shape,.ivr .menu .shape{stroke:var(--tone)}\n")
)
STYLE = f"\n.ivr{{{LIGHT}}}\n@media (prefers-color-scheme:dark){{.ivr{{{DARK}}}}}{RULES}"
# for a page on which people choose light or dark themselves
PAGE_STYLE = (
    f".ivr{{{LIGHT}}}\n@media (prefers-color-scheme:dark){{:root:not([data-theme=light]) .ivr{{{DARK}}}}}\n"
    f":root[data-theme=dark] .ivr{{{DARK}}}{RULES}"
)
TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto" '
    'markerUnits="userSpaceOnUse"><path class="tip" d="M0 0 8 4 0 8Z"/></marker></defs>'
)
BOLD = 1.1  # bold letters are wider
PLAIN = frozenset({"then", "after", "call"})  # where a step has one way on, its arrow needs no word
HAPPY = PLAIN | {"if", "else", "ext.", "needs"}


Widths = Mapping[tuple[str, int], int]  # id of a box and number of its row -> 1 to 9


def draw_svg(graph: Graph, *, links: bool = False, styled: bool = True, widths: Widths | None = None) -> str:
    """Draw a graph; with `links`, boxes and written ways lead to `#step-<id>` of the page around the picture.

    Where it is not `styled`, that page brings PAGE_STYLE itself. `widths` are those of arrows, all thin where unsaid.
    """
    layout = lay_out(graph)
    wide, high = round(layout.width), round(layout.height)
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ivr" lang="{escape(graph.language)}" {size}>',
        f"<title>{escape(graph.company)}: the menu as a picture</title>",
        f"<style>{STYLE}</style>" if styled else "",
        TIP,
        f'<rect class="paper" width="{wide}" height="{high}"/>',
        *_arrows(layout, widths or {}),
    ]
    for placed in layout.placed.values():
        parts += _box(layout, placed, links)
    return "\n".join([*parts, "</svg>", ""])


def _forward(layout: Layout, placed: Placed, row: Row) -> Placed | None:
    """Find the box that a row's arrow leads to, if it has one: one column to the right."""
    target = layout.placed.get(row.step)
    return target if target is not None and target.column == placed.column + 1 else None


def _arrows(layout: Layout, widths: Widths) -> Iterator[str]:
    labels: list[str] = []
    for placed in layout.placed.values():
        for index, row in enumerate(placed.box.rows):
            target = _forward(layout, placed, row)
            if target is None:
                continue
            x, y = placed.x + WIDTH, placed.row_y(index)
            to_x, to_y = target.x - 2, target.y + HEAD / 2
            bend = (to_x - x) * 0.55
            tone = "arrow" if happy(placed.box, row) else "arrow unhappy"
            if thick := widths.get((placed.box.id, index)):
                tone += f" flow w{thick}"
            yield (
                f'<path class="{tone}" marker-end="url(#tip)" '
                f'd="M{x:.0f} {y:.1f}C{x + bend:.0f} {y:.1f} {to_x - bend:.0f} {to_y:.1f} {to_x:.0f} {to_y:.1f}"/>'
            )
            if row.label not in PLAIN:
                labels.append(
                    f'<text class="on" x="{x + 7:.0f}" y="{y - 4:.1f}">{escape(cut(row.label, 10.5, 70))}</text>'
                )
    yield from labels  # above every arrow


def happy(box: Box, row: Row) -> bool:
    """Tell a way that the caller chose, or that follows by itself, from one taken when something went wrong."""
    return row.label in HAPPY or (box.deed == "menu" and not row.label[:1].isalpha()) or row.label in {"#", "*"}


def _box(layout: Layout, placed: Placed, links: bool) -> Iterator[str]:
    box = placed.box
    x, y = placed.x, placed.y
    name = box.id.removeprefix("line:")
    opened = f'<a id="box-{escape(box.id)}" href="#step-{escape(box.id)}">' if links and box.deed != "line" else ""
    yield f'<g class="{box.deed}">{opened}<title>{escape(f"{box.deed} {name}: {box.said}")}</title>'
    yield f'<path class="shape" d="{_outline(box.deed, x, y, placed.height, 0)}"/>'
    if box.deed in {"transfer", "line"}:
        yield f'<path class="shape twice" d="{_outline(box.deed, x, y, placed.height, 3)}"/>'
    deed = box.deed.replace("_", " ").upper()
    yield f'<text class="deed" x="{x + WIDTH - 15:.0f}" y="{y + 22:.1f}" text-anchor="end">{deed}</text>'
    room = (WIDTH - 44 - width(deed, 10.5) * BOLD) / BOLD
    yield f'<text class="name" x="{x + 14:.0f}" y="{y + 22:.1f}">{escape(cut(name, 13.5, room))}</text>'
    for index, text in enumerate(placed.said):
        yield f'<text class="said" x="{x + 14:.0f}" y="{y + HEAD + 11 + index * TEXT:.1f}">{escape(text)}</text>'
    yield "</a>" if opened else ""
    if placed.said and box.rows:
        at = y + HEAD + len(placed.said) * TEXT + PAD / 2
        yield f'<path class="rule" d="M{x + 14:.0f} {at:.1f}h{WIDTH - 28:.0f}"/>'
    for index, row in enumerate(box.rows):
        yield from _row(layout, placed, index, row, links)
    yield "</g>"


def _row(layout: Layout, placed: Placed, index: int, row: Row, links: bool) -> Iterator[str]:
    x, y = placed.x + 14, placed.row_y(index)
    label = cut(row.label, 11, 150)
    badge = max(20.0, width(label, 11) * BOLD + 14)
    yield f'<rect class="key" x="{x:.0f}" y="{y - 9:.1f}" width="{badge:.0f}" height="18" rx="9"/>'
    yield f'<text class="label" x="{x + badge / 2:.1f}" y="{y + 4:.1f}" text-anchor="middle">{escape(label)}</text>'
    room = WIDTH - 28 - badge - 8
    written = ""
    if _forward(layout, placed, row) is None:
        written = "→ " + cut(row.target.replace("hang_up", "the call ends"), 11.5, room * (0.55 if row.text else 0.9))
        room -= width(written, 11.5) + 6
    if row.text and room > 20:
        yield f'<text class="text" x="{x + badge + 8:.0f}" y="{y + 4:.1f}">{escape(cut(row.text, 12, room))}</text>'
    if written:
        end = f'x="{placed.x + WIDTH - 14:.0f}" y="{y + 4:.1f}" text-anchor="end"'
        text = f'<text class="to" {end}>{escape(written)}</text>'
        linked = links and row.step in layout.placed
        yield f'<a href="#step-{escape(row.step)}">{text}</a>' if linked else text


def _outline(deed: str, x: float, y: float, height: float, inside: float) -> str:
    """Draw a box's edge: corners round, cut off, or one corner notched like a card that is filled in."""
    corner, made = SHAPES[deed]
    left, top, right, bottom = x + inside, y + inside, x + WIDTH - inside, y + height - inside
    c = max(corner - inside, 1.0)
    if made == "cut":
        return (
            f"M{left + c:.1f} {top:.1f}H{right - c:.1f}L{right:.1f} {top + c:.1f}V{bottom - c:.1f}L{right - c:.1f} "
            f"{bottom:.1f}H{left + c:.1f}L{left:.1f} {bottom - c:.1f}V{top + c:.1f}Z"
        )
    if made == "notch":
        return f"M{left + c:.1f} {top:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}V{top + c:.1f}Z"
    arc = f"a{c:.1f} {c:.1f} 0 0 1"
    return (
        f"M{left + c:.1f} {top:.1f}H{right - c:.1f}{arc} {c:.1f} {c:.1f}V{bottom - c:.1f}{arc} {-c:.1f} {c:.1f}"
        f"H{left + c:.1f}{arc} {-c:.1f} {-c:.1f}V{top + c:.1f}{arc} {c:.1f} {-c:.1f}Z"
    )
