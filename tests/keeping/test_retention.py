"""How long things are kept is content: read, checked, and told in docs/privacy.md."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from menu.hotlines import CONFIG, good, only

from ivr.content import RECORDINGS, Retention
from ivr.keeping.purge import KINDS as PURGED
from ivr.keeping.times import KINDS

MAIN = "main:\n  say: Hello.\n  then: over\n"


def with_line(line: str) -> str:
    return f"{CONFIG}{line}\n"


def test_what_is_written_holds_and_what_is_not_has_its_default() -> None:
    content = good(MAIN, config=with_line("retention: {calls: 30 days, exports: 1 day}"))
    assert content.retention == Retention(calls=30, exports=1)
    assert good(MAIN).retention == Retention()


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("retention: {calls: 400}", "bad-time", "'400' is not a number of days"),
        ("retention: {calls: 0 days}", "bad-time", "'0 days' is not a number of days"),
        ("retention: {call: 30 days}", "unknown-key", "'call'"),
        ("retention: 30 days", "not-a-map", "'retention'"),
        ("limits: {talk: 30 h}\nretention: {calls: 1 day}", "retention-too-short", "records are needed"),
        ("retention: {cases: 30 days, messages: 90 days}", "retention-too-short", "go with their case, after 30 days"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_line(line: str, code: str, said: str) -> None:
    problem = only(code, MAIN, config=with_line(line))
    assert said in problem.text
    assert problem.line == CONFIG.count("\n") + 1 + line.count("\n")


def test_the_docs_tell_each_kind_with_its_time_and_no_other(root: Path) -> None:
    text = (root / "docs" / "privacy.md").read_text("utf-8").partition("## How long")[2].partition("\n## ")[0]
    rows = {name: rest.split(" | ") for name, rest in re.findall(r"^\| `(\w+)` \| (.*) \|", text, re.MULTILINE)}
    assert list(rows) == [kind.id for kind in KINDS]
    times = {field.name: field.default for field in fields(Retention)} | {"recordings": RECORDINGS}
    assert {name: row[1] for name, row in rows.items() if name in times} == {
        name: f"{days} days" for name, days in times.items()
    }
    assert set(PURGED) == set(times)
