"""docs/menu-language.md says what the compiler takes, and its examples compile."""

from __future__ import annotations

import re

import pytest

from ivr.menu.choices import CHOICE, EXTENSION
from ivr.menu.compile import compile_hotline
from ivr.menu.config import CONFIG, LINE, TEAM
from ivr.menu.maps import LATER
from ivr.menu.problems import ERROR
from ivr.menu.table import DEEDS, DEEDS_LATER, EVERY, LISTENS


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs/menu-language.md").read_text(encoding="utf-8")


def blocks(page):
    """The examples by their paths."""
    found = re.findall(r"```yaml\n# (\S+)\n(.*?)```", page, re.DOTALL)
    assert len(found) == page.count("```yaml")
    tables = re.findall(r"```csv (\S+)\n(.*?)```", page, re.DOTALL)
    return {path: f"# {path}\n{text}".encode() for path, text in found} | {path: text.encode() for path, text in tables}


def test_the_examples_of_the_page_compile(page):
    found = compile_hotline(blocks(page))
    assert found.content is not None, "\n".join(str(problem) for problem in found.problems if problem.severity == ERROR)


def test_every_deed_has_a_heading_and_an_example(page):
    used = b"\n".join(blocks(page).values()).decode()
    for deed in DEEDS:
        assert f"\n## {deed}\n" in page
        assert re.search(rf"^  {deed}:", used, re.MULTILINE), deed


def test_every_key_is_named_on_the_page(page):
    tables = [EVERY, LISTENS, CHOICE, EXTENSION, *(deed.options for deed in DEEDS.values())]
    for key in {key for table in tables for key in table} | DEEDS_LATER:
        assert re.search(rf"`[^`]*\b{key}\b[^`]*`", page), key


def test_every_key_of_config_is_in_the_example(page):
    example = blocks(page)["config.yaml"].decode()
    later = {key for key, option in TEAM.items() if option == LATER}
    for key in {*CONFIG, *LINE, *TEAM} - later - {"seed", "by", "name"}:
        assert re.search(rf"\b{key}:", example), key
