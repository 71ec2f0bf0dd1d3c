"""The list of log lines is that of the documentation, and so are the faults with their lines and alerts."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

LEVELS = {"info", "warning", "error", "exception"}
HARMLESS = {"case_late": {"number"}, "case_without_due": {"number"}, "too_many_calls": {"caller"}}  # of a case; a mark
PERSONAL = {"number", "caller", "address", "email", "phone", "digits", "keys", "body", "text", "sender", "to"}


def calls(root: Path) -> Iterator[tuple[str, ast.Call, str]]:
    """Every line that is logged: its event, and where."""
    for room in ("ivr", "webhooks", "console"):
        for path in sorted((root / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                    continue
                if isinstance(node.func.value, ast.Name) and node.func.value.id == "log" and node.func.attr in LEVELS:
                    event = node.args[0]
                    assert isinstance(event, ast.Constant), f"{path}:{node.lineno}: an event is one word"
                    yield event.value, node, f"{path.relative_to(root)}:{node.lineno}"


def section(root: Path, heading: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    text = (root / "docs" / "observability.md").read_text(encoding="utf-8")
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+) \|$", part, re.MULTILINE)
    return [[cell.strip() for cell in re.split(r"\|(?!\|)", row)] for row in rows[2:]]


def test_every_line_is_documented_with_its_level_and_no_other(root: Path) -> None:
    there: dict[str, set[str]] = defaultdict(set)
    for event, node, _ in calls(root):
        assert isinstance(node.func, ast.Attribute)
        there[event].add("error" if node.func.attr == "exception" else node.func.attr)
    documented = {row[0].strip("`"): set(row[1].split(", ")) for row in section(root, "Log lines")}
    assert documented == there


def test_lines_are_words_with_facts_and_none_names_a_person(root: Path) -> None:
    for event, node, where in calls(root):
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", event), where
        assert len(node.args) == 1, f"{where}: facts have names"
        facts = {keyword.arg or "" for keyword in node.keywords}
        assert facts & PERSONAL <= HARMLESS.get(event, set()), where


def test_each_fault_has_a_line_or_an_alert_that_exists(root: Path) -> None:
    events = {event for event, _, _ in calls(root)}
    groups = yaml.safe_load((root / "deploy" / "prometheus" / "alerts.yml").read_text())["groups"]
    alerts = {rule["alert"] for group in groups for rule in group["rules"]}
    named: set[str] = set()
    for fault, lines, firing in section(root, "Which fault is told by what"):
        told = set(re.findall(r"`([a-z_]+)`", lines))
        fires = set(re.findall(r"`(\w+)`", firing))
        assert told <= events, fault
        assert fires <= alerts, fault
        assert told | fires, fault
        named |= fires
    assert alerts - named == set(), "an alert that no fault names"
