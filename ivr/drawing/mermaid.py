"""The picture as Mermaid text, for wikis and pull requests that draw it themselves.

Source of the notation: https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from ivr.drawing.graph import Box, Graph, Row
from ivr.drawing.measure import cut
from ivr.drawing.svg import happy

# deed -> what opens and closes a box of its shape
FRAMES = {
    "line": ("([", "])"),
    "menu": ("(", ")"),
    "say": ("[", "]"),
    "ask": ("[/", "/]"),
    "record": ("[/", "/]"),
    "case": ("[(", ")]"),
    "transfer": ("[[", "]]"),
    "send": ("[/", "/]"),
    "survey": ("[/", "/]"),
    "call_back": ("[[", "]]"),
    "office": ("[/", "/]"),
    "status": ("[/", "/]"),
    "look_up": ("[(", ")]"),
    "submit": ("[(", ")]"),
    "decide": ("{{", "}}"),
    "set": ("[", "]"),
    "hang_up": ("([", "])"),
}


def draw_mermaid(graph: Graph) -> str:
    """Write the graph; a way whose end depends on the call (`back`, `again`) is written into its box."""
    ids = {name: f"n{number}" for number, name in enumerate(graph.boxes)}
    lines = ["flowchart LR"]
    lines += [f"  {ids[name]}{_box(graph, box)}" for name, box in graph.boxes.items()]
    for name, box in graph.boxes.items():
        for row in box.rows:
            if row.step in ids:
                arrow = "-->" if happy(box, row) else "-.->"
                lines.append(f"  {ids[name]} {arrow}|{_quoted(_label(row))}| {ids[row.step]}")
    return "\n".join([*lines, ""])


def _box(graph: Graph, box: Box) -> str:
    opens, closes = FRAMES[box.deed]
    said = [f"{box.id.removeprefix('line:')} · {box.deed.replace('_', ' ')}", cut(box.said, 12, 500)]
    said += [f"{_label(row)} → {row.target}" for row in box.rows if row.step not in graph.boxes]
    return opens + _quoted("\n".join(text for text in said if text)) + closes


def _label(row: Row) -> str:
    return f"{row.label}: {row.text}" if row.text else row.label


def _quoted(text: str) -> str:
    """Quote a text; characters that Mermaid would read are written by their numbers, line ends as its <br/>."""
    plain = "".join(char if char.isalnum() or char in " .,:;!?'-_/→·…()\n" else f"#{ord(char)};" for char in text)
    return '"' + plain.replace("\n", "<br/>") + '"'
