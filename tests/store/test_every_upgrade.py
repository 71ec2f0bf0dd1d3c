"""From the first release's tables, filled, through every migration: no row is lost, and what stays is what it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Double, Float, Integer, LargeBinary, MetaData, Numeric, Table, select

import ivr.store.migrations
from ivr.store import Store
from ivr.store.database import Database
from ivr.store.migrations import upgrade

Rows = dict[str, list[dict[str, Any]]]
NOT_OURS = "alembic_version"
DROPPED: dict[tuple[str, str], set[str]] = {}  # by migration and table: columns that went on purpose, and why


def revisions() -> list[str]:
    """Name them, the first release's first."""
    config = Config()
    config.set_main_option("script_location", str(Path(ivr.store.migrations.__file__).parent))
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


def made_up(table: Table, number: int) -> dict[str, Any]:
    """A row that the table takes."""
    row: dict[str, Any] = {}
    for column in table.columns:
        match column.type:
            case Boolean():
                row[column.name] = False
            case Double() | Float() | Numeric():
                row[column.name] = 1_800_000_000.0 + number
            case Integer():
                row[column.name] = number
            case LargeBinary():
                row[column.name] = bytes([number]) * 16
            case _:
                row[column.name] = f"{column.name}{number}"
    return row


def tables(database: Database) -> dict[str, Table]:
    standing = MetaData()
    with database.reading() as connection:
        standing.reflect(connection)
    return {name: table for name, table in standing.tables.items() if name != NOT_OURS}


def read(database: Database, standing: dict[str, Table]) -> Rows:
    with database.reading() as connection:
        return {
            name: [dict(row._mapping) for row in connection.execute(select(table))] for name, table in standing.items()
        }


def fill(database: Database, empty: dict[str, Table]) -> None:
    """Put two rows into tables that are new."""
    with database.writing() as connection:
        for table in empty.values():
            connection.execute(table.insert(), [made_up(table, number) for number in (1, 2)])


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_upgrade_loses_a_row(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if kind == "postgresql":
        with request.getfixturevalue("postgres").database(migrated=False) as url:
            walk(Store(url, tmp_path))
    else:
        walk(Store("", tmp_path))


def walk(store: Store) -> None:
    before: Rows = {}
    for revision in revisions():
        upgrade(store.database, revision)
        standing = tables(store.database)
        after = read(store.database, standing)
        for name, rows in before.items():
            assert name in after, f"{revision} drops {name}"
            assert len(after[name]) == len(rows), f"{revision} changes how many rows {name} has"
            for was, now in zip(rows, after[name], strict=True):
                stays = was.keys() - DROPPED.get((revision, name), set())
                assert stays <= now.keys(), f"{revision} drops {stays - now.keys()} of {name}"
                assert {one: was[one] for one in stays} == {one: now[one] for one in stays}, f"{revision}: {name}"
        fill(store.database, {name: table for name, table in standing.items() if not after[name]})
        before = read(store.database, standing)
        assert all(before.values())
    assert store.revisions()[0] == store.revisions()[1]
    store.close()
