"""Every form in which a menu is drawn."""

from __future__ import annotations

from ivr.content import Content
from ivr.drawing.document import draw_page
from ivr.drawing.graph import graph_of
from ivr.drawing.mermaid import draw_mermaid
from ivr.drawing.svg import draw_svg
from ivr.drawing.words import write_page
from ivr.errors import IvrError

FORMS = ("svg", "html", "mermaid", "words")


def draw(content: Content, form: str, language: str = "") -> str:
    """Draw a version in one of FORMS, in one of its languages ("" is the source's); IvrError where it lacks that."""
    tree = content.tree
    spoken = {tree.language, *tree.voices, *(tag for line in tree.lines.values() for tag in line.languages)}
    if language and language not in spoken:
        raise IvrError(f"the menu is not spoken in {language!r}", hint=f"one of {', '.join(sorted(spoken))}")
    if form == "words":
        return write_page(content, language)
    graph = graph_of(content, language)
    if form == "html":
        return draw_page(graph, content.places)
    return draw_mermaid(graph) if form == "mermaid" else draw_svg(graph)
