"""The migrations make the tables that the code knows."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from samples import ident, turn
from sqlalchemy import column, inspect, table

from ivr.errors import SettingError
from ivr.records import Entry
from ivr.store import Store
from ivr.store.migrations import upgrade
from ivr.store.tables import metadata


def test_the_migrations_lead_to_the_tables_of_the_code(store: Store) -> None:
    with store.database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrading_twice_does_no_harm(store: Store) -> None:
    store.upgrade()
    store.upgrade()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_turns_of_an_earlier_release_are_kept(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with ExitStack() as stack:
        server = request.getfixturevalue("postgres") if kind == "postgresql" else None
        url = stack.enter_context(server.database(migrated=False)) if server else ""
        store = Store(url, tmp_path)
        stack.callback(store.close)
        upgrade(store.database, "talks")
        with store.database.writing() as connection:
            for made in (turn(1), turn(2, parent=1)):
                row = {name: value for name, value in asdict(made).items() if name not in {"request", "effects"}}
                connection.execute(table("turns", *map(column, row)).insert().values(row))
        store.upgrade()
        assert [each.id for each in store.chain("CA1")] == [ident(1), ident(2)]
        assert store.turn("CA1", ident(2)) == turn(2, parent=1)
        assert not store.commit(Entry(turn(2, parent=1)))
        keys = inspect(store.database.engine).get_pk_constraint("turns")["constrained_columns"]
        assert keys == ["call", "request"]
        assert inspect(store.database.engine).get_indexes("turns") == []


def test_sqlite_syncs_every_commit(tmp_path: Path) -> None:
    store = Store("", tmp_path)
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    store.close()


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "not an address"])
def test_an_address_that_is_no_database_of_ours_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="DATABASE_URL"):
        Store(url, tmp_path)
