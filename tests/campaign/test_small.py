"""A small campaign on one node with SQLite: its checker finds nothing, and names each fault that is planted then."""

from __future__ import annotations

import ast
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from campaign.check.calls import windows
from campaign.check.evidence import Evidence
from campaign.check.verdict import Finding, judge
from campaign.course import Plan, run
from campaign.weather import Climate
from campaign.world import world

# What is repeated a minute later, where the job process or the carrier were away, has no time here.
KINDS = ("kill_a_worker", "take_the_database", "publish", "flag", "spoil_recordings")
SMALL = Plan(300, 120.0, streets=2, callers=6, climate=Climate(KINDS, (0.1, 0.5), (1.4, 1.6), seed=7), calm=30)
OURS = {"ivr", "webhooks", "console", "bench"}


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of what a campaign left, to be spoilt."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "evidence.json"

    def change(self, *statements: str) -> None:
        """Change the database behind the product's back."""
        with closing(sqlite3.connect(self.folder / "node0" / "ivr.db", isolation_level=None)) as connection:
            for statement in statements:
                assert connection.execute(statement).rowcount == 1, statement

    def rows(self, query: str) -> list[tuple]:
        with closing(sqlite3.connect(self.folder / "node0" / "ivr.db")) as connection:
            return connection.execute(query).fetchall()

    def rewrite(self, change: Callable[[list[dict]], None]) -> None:
        """Change the history."""
        file = self.folder / "history.jsonl"
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        change(lines)
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def findings(self, *, replay: bool = False) -> list[Finding]:
        return judge(Evidence.of(self.file), replay=replay)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run the small campaign once; gives the folder of its evidence."""
    folder = tmp_path_factory.mktemp("campaign") / "kept"
    with world("single") as made:
        done = run(made, SMALL)
        assert done.steps >= SMALL.steps / 2, done.tell()
        assert not done.left, done.left
        shutil.copytree(made.folder, folder)
        moved = (folder / "evidence.json").read_text().replace(str(made.folder), str(folder))
        (folder / "evidence.json").write_text(moved)
    return folder


@pytest.fixture
def copy(outcome: Path, tmp_path: Path) -> Copy:
    """Give a copy that a test may spoil."""
    shutil.copytree(outcome, tmp_path / "copy")
    made = Copy(tmp_path / "copy")
    made.file.write_text(made.file.read_text().replace(str(outcome), str(made.folder)))
    return made


def test_a_small_campaign_loses_nothing_doubles_nothing_and_leaves_no_ghost(copy):
    assert copy.findings(replay=True) == []


def test_the_checker_imports_no_product_code(root):
    files = sorted((root / "tests" / "campaign" / "check").glob("*.py"))
    trees = [ast.parse(file.read_text()) for file in files]
    named = {
        name.partition(".")[0]
        for tree in trees
        for node in ast.walk(tree)
        for name in ([each.name for each in node.names] if isinstance(node, ast.Import) else [_from(node)])
    }
    assert len(files) > 4
    assert not named & OURS


def _from(node: ast.AST) -> str:
    return (node.module or "") if isinstance(node, ast.ImportFrom) else ""


LAST = "(SELECT id FROM turns WHERE kind = 'drive' AND id NOT IN (SELECT parent FROM turns) LIMIT 1)"
TURN = "the turn"  # that a caller heard last, while the database was there
COPIED = "id, request, call, leg, parent, kind, version, engine, at, took, place, heard, private, seed"


def second(**changed: str) -> str:
    """Write a turn a second time, with other values in some columns."""
    values = ", ".join(changed.get(name, name) for name in COPIED.split(", "))
    return f"INSERT INTO turns ({COPIED}) SELECT {values} FROM turns WHERE id = {TURN}"


def first(table: str, name: str, where: str = "") -> str:
    """Name one row of a table."""
    return f"{name} = (SELECT {name} FROM {table} {where} LIMIT 1)"


def lose(table: str, name: str, where: str = "") -> str:
    return f"DELETE FROM {table} WHERE {first(table, name, where)}"


def change(table: str, name: str, value: str, where: str = "") -> str:
    return f"UPDATE {table} SET {value} WHERE {first(table, name, where)}"


SPOKEN = "WHERE effect IN (SELECT effects.id FROM effects JOIN turns ON turns.id = turn WHERE turns.kind = 'drive')"
CASE_TWICE = (
    "INSERT INTO cases SELECT 'C999999', x'01', call, visit, kind, team, priority, language, status, at, private, "
    "'', revision, owner, owed_at, due_at, reckon, late_at FROM cases LIMIT 1"
)
PLANTED = {
    "a turn is lost": ("lost", f"DELETE FROM turns WHERE id = {TURN}"),
    "an end is lost": ("lost", lose("turns", "id", "WHERE kind = 'end'")),
    "a call is lost": ("lost", lose("calls", "call")),
    "a case is lost": ("lost", lose("cases", "number")),
    "a recording is lost": ("lost", lose("recordings", "sid")),
    "a recording has other bytes": ("lost", change("recordings", "sid", "sha256 = 'other'")),
    "a note is lost": ("lost", lose("notes", "id", "WHERE kind = 'recording'")),
    "a message is lost": ("lost", change("messages", "id", "provider = 'SM0'", "WHERE state = 'sent'")),
    "an effect is given up": ("lost", change("effects", "id", "state = 'dropped'", "WHERE state = 'sent'")),
    "a turn is doubled": ("doubled", second(id="x'01'", request="x'01'")),
    "a case is doubled": ("doubled", CASE_TWICE),
    "a turn nobody asked for": ("ghost", second(id="x'01'", request="x'01'", at="at + 900")),
    "a call nobody made": ("ghost", change("calls", "call", "call = 'CA0'")),
    "a call that goes on": ("ghost", change("calls", "call", "ended_at = NULL")),
    "a case nobody was told of": ("ghost", change("cases", "number", "number = 'C999999'", SPOKEN)),
    "a ticket without a call": ("ghost", change("tickets", "id", "call = 'CA0'")),
    "a ticket that waits": ("ghost", change("tickets", "id", "state = 'waiting'")),
    "an agent who is stuck": ("ghost", change("agents", "person", "state = 'talking'")),
}


def heard_last(copy: Copy) -> str:
    """Name a turn, hexadecimal, that stands in no doubt: no node could have answered its request a second time."""
    away = windows(Evidence.of(copy.file))
    found = copy.rows("SELECT at, hex(id) FROM turns WHERE id IN (SELECT parent FROM turns WHERE kind = 'end')")
    return next(name for at, name in found if not any(since - 1 <= at <= until + 1 for since, until in away))


@pytest.mark.parametrize("planted", PLANTED)
def test_the_checker_names_what_is_planted_in_the_database(planted, copy):
    kind, statement = PLANTED[planted]
    copy.change(statement.replace(TURN, f"x'{heard_last(copy)}'"))
    assert kind in {each.kind for each in copy.findings()}


def test_the_checker_names_a_message_that_left_twice(copy):
    def twice(lines: list[dict]) -> None:
        texts = next(line for line in lines if line["what"] == "left")["texts"]
        texts.append({**texts[0], "sid": "SM1"})

    copy.rewrite(twice)
    assert {"doubled", "ghost"} == {each.kind for each in copy.findings()}


def test_the_checker_names_a_caller_whom_the_carrier_has_in_a_queue(copy):
    def left(lines: list[dict]) -> None:
        next(line for line in lines if line["what"] == "left")["queues"]["c-1"] = ["CA1"]

    copy.rewrite(left)
    assert [each.kind for each in copy.findings()] == ["ghost"]


def test_the_checker_names_an_answer_that_differs_from_the_one_before(copy):
    def other(lines: list[dict]) -> None:
        lines[:] = [line for line in lines if not line.get("away")]
        line = next(line for line in lines if line["what"] == "asked" and line["heard"] and "/step" in line["path"])
        lines.append({**line, "answer": line["answer"].replace("Say", "say"), "part": "copy", "heard": False})

    copy.rewrite(other)
    assert "doubled" in {each.kind for each in copy.findings()}


def test_the_checker_names_a_record_of_the_spool_that_is_not_in_the_database(copy):
    frames = [frame for frame in Evidence.of(copy.file).frames if frame.table == "turns"]
    assert frames, "the database was away: something lay in the spool"
    copy.change(f"DELETE FROM turns WHERE id = x'{frames[0].id.hex()}'")
    assert any("of a spool" in each.what for each in copy.findings())


def test_the_checker_names_a_record_that_plays_otherwise(copy):
    ((turn,),) = copy.rows("SELECT hex(id) FROM turns WHERE heard = 'Pressed' AND kind = 'drive' LIMIT 1")
    other = f"SELECT private FROM turns WHERE heard = 'Pressed' AND id <> x'{turn}' LIMIT 1"
    copy.change(f"UPDATE turns SET private = ({other}) WHERE id = x'{turn}'")
    assert "replay" in {each.kind for each in copy.findings(replay=True)}
