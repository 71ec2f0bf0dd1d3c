"""What is counted is described."""

from __future__ import annotations

import re

from ivr.insight.words import WORDS, name, parts, word


def test_every_word_stands_in_the_docs(root):
    text = (root / "docs" / "insight.md").read_text(encoding="utf-8").partition("\n## Words\n")[2].partition("\n## ")[0]
    assert dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, re.MULTILINE)) == WORDS


def test_a_stroke_in_a_part_makes_no_further_part():
    written = word("rated", "a/b", "choice", "yes/no")
    assert name(written) == "rated"
    assert parts(written, 3) == ["a\N{DIVISION SLASH}b", "choice", "yes/no"]
