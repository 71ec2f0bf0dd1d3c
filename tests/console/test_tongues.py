"""Languages stand by the names that people know."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.tongues import spoken, tongue
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("da-DK", "Danish"),
        ("en-US", "English"),
        ("en-GB", "English (United Kingdom)"),
        ("es-419", "Spanish (Latin America)"),
        ("ka", "Georgian"),
        ("xx-YY", "xx-YY"),
        ("", ""),
        ("no such thing", "no such thing"),
    ],
)
def test_a_language_is_named(tag: str, name: str) -> None:
    assert tongue(tag) == name


def test_the_languages_of_a_hotline_are_named(root: Path) -> None:
    files = read_files(root / "config.yaml", root / "menus", root / "recordings")
    content = compile_hotline(files).content
    assert content is not None
    assert list(spoken(content.tree).values()) == ["English", "Danish", "Hungarian", "Latvian", "Georgian"]
