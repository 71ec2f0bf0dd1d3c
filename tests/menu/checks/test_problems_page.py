"""docs/problems.md is what the rules say of themselves, and leaves no code out."""

import ast
import re
from pathlib import Path

from ivr.menu.checks import RULES
from ivr.menu.checks.page import page
from ivr.menu.checks.reader_codes import READER

ROOT = Path(__file__).resolve().parents[3]
NAMERS = {"add", "unknown", "Problem", "Unreadable", "_refused", "_plain", "_quote"}  # what is given a code


def codes_in_reader():
    """Every code that the reader gives, found in its source."""
    found = set()
    for path in (ROOT / "ivr" / "menu").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in NAMERS:
                    found.update(_code(node))
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if getattr(target, "id", "") == "HINTS":
                    found.update(key.value for key in node.value.keys)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(
                    re.findall(r"^[a-z]+(?:-[a-z]+)*-[a-z]+[0-9]*$", node.value)
                )  # codes that stand in a table
    return found


def _code(call):
    words = [arg.value for arg in call.args[:3] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return [word for word in words[:1] if word and all(part.isalpha() and part.islower() for part in word.split("-"))]


def test_the_page_is_up_to_date():
    written = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    assert written == page(), "python -m ivr.menu.checks.page > docs/problems.md"


def test_every_code_of_the_reader_has_its_page():
    assert codes_in_reader() - set(READER) == set()


def test_no_page_is_left_of_a_code_that_is_gone():
    assert set(READER) - codes_in_reader() == set()


def test_every_rule_has_a_page_and_a_code_of_its_own():
    assert len({rule.CODE for rule in RULES} | set(READER)) == len(RULES) + len(READER)
    assert all(rule.__doc__ and "Put right:" in rule.__doc__ for rule in RULES)
