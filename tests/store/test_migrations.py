"""The migrations make the tables that the code knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from ivr.errors import SettingError
from ivr.store import Store
from ivr.store.tables import metadata


def test_the_migrations_lead_to_the_tables_of_the_code(store: Store) -> None:
    with store.database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrading_twice_does_no_harm(store: Store) -> None:
    store.upgrade()
    store.upgrade()


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
