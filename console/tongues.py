"""Languages by their names, as the pages write them."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from flask import Flask

from ivr.engine.tree import Tree

OF_PAGES = "en"


@cache
def tongue(tag: str) -> str:
    """Name a language by its tag; its place only where it is not the one that everybody thinks of: da-DK is Danish."""
    try:
        found = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return tag
    name = str(found.get_language_name(OF_PAGES) or tag)
    usual = str(get_global("likely_subtags").get(found.language, "")).rpartition("_")[2]
    place = found.get_territory_name(OF_PAGES)
    return f"{name} ({place})" if place and found.territory != usual else name


def spoken(tree: Tree) -> dict[str, str]:
    """Name the languages that a hotline speaks, the first line's first, by their tags."""
    tags = (tag for line in tree.lines.values() for tag in line.languages or (tree.language,))
    return {tag: tongue(tag) for tag in tags}


def install(app: Flask) -> None:
    """Give them to the templates."""
    app.add_template_filter(tongue)
