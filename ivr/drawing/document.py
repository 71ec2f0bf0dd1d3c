"""The picture with the list of steps beside it, as one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from ivr.content import Place
from ivr.drawing.graph import Box, Graph, Row
from ivr.drawing.svg import draw_svg

STYLE = """
:root{color-scheme:light dark;--bg:#f6f7f9;--surface:#fff;--ink:#161a21;--soft:#4b5463;--line:#d5dae2;--accent:#2753c4}
@media (prefers-color-scheme:dark){:root{--bg:#0e1115;--surface:#171c23;--ink:#e9ecf1;--soft:#b5bdc9;--line:#2d3541;
--accent:#92b3ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 "Inter Variable",system-ui,-apple-system,"Segoe UI",
Roboto,"Noto Sans","Noto Sans Georgian",sans-serif}
header{padding:1rem 1.5rem;border-bottom:1px solid var(--line);background:var(--surface)}
h1{font-size:1.25rem;margin:0}
header p{margin:.1rem 0 0;color:var(--soft)}
main{display:grid;grid-template-columns:minmax(0,1fr) minmax(19rem,25rem);height:calc(100vh - 4.6rem)}
.picture,.steps{overflow:auto;min-width:0}
.picture svg{display:block}
.steps{padding:0 1.25rem 2rem;border-left:1px solid var(--line);background:var(--surface)}
h2{font-size:1rem;margin:1rem 0 .25rem}
.steps article{padding:.75rem 0;border-top:1px solid var(--line);scroll-margin-top:.5rem}
.steps article:target{outline:2px solid var(--accent);outline-offset:4px;border-radius:4px}
h3{font-size:.95rem;margin:0;overflow-wrap:anywhere}
h3 span,.place{color:var(--soft);font-weight:400;font-size:.85rem}
.steps p{margin:.25rem 0;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem .75rem;margin:.35rem 0 0}
dt{font-weight:600;max-width:11rem}
dd{margin:0;overflow-wrap:anywhere}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:60rem){main{display:block;height:auto}.picture{max-height:75vh}.steps{border-left:0}}
@media print{main{display:block;height:auto}}
"""


def draw_page(graph: Graph, places: Mapping[str, Place]) -> str:
    """Write the page; `places` tells where each step is written."""
    steps = [box for box in graph.boxes.values() if box.deed != "line"]
    parts = [
        "<!doctype html>",
        f'<html lang="{escape(graph.language)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(graph.company)}: the menu</title><style>{STYLE}</style></head><body>",
        f"<header><h1>{escape(graph.company)}</h1>",
        f'<p lang="en">{len(steps)} steps. A dashed arrow is taken when something goes wrong.</p></header><main>',
        '<section class="picture" tabindex="0" aria-label="The menu as a picture">',
        draw_svg(graph, links=True),
        '</section><section class="steps" tabindex="0" aria-labelledby="steps"><h2 id="steps" lang="en">Steps</h2>',
    ]
    for box in steps:
        parts += _step(graph, box, places.get(box.id))
    return "\n".join([*parts, "</section></main></body></html>", ""])


def _step(graph: Graph, box: Box, place: Place | None) -> Iterator[str]:
    yield f'<article id="step-{escape(box.id)}">'
    yield f'<h3>{escape(box.id)} <span lang="en">{box.deed.replace("_", " ")}</span></h3>'
    if box.said:
        yield f"<p>{escape(box.said)}</p>"
    if box.rows:
        yield "<dl>"
        for row in box.rows:
            yield f"<dt>{escape(row.label)}</dt><dd>{_way(graph, row)}</dd>"
        yield "</dl>"
    if place is not None:
        yield f'<p class="place">{escape(place.path)}:{place.line}</p>'
    yield "</article>"


def _way(graph: Graph, row: Row) -> str:
    text = f"{escape(row.text)} → " if row.text else "→ "
    if row.step in graph.boxes:
        return f'{text}<a href="#step-{escape(row.step)}">{escape(row.step)}</a>'
    return text + escape(row.target.replace("_", " "))
