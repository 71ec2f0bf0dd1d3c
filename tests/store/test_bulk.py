"""Filling in bulk: what the database learns of its rows stays."""

from __future__ import annotations

from pathlib import Path

from rig.tables import with_tables
from samples import call, turn
from sqlalchemy import text

from ivr.records import Entry
from ivr.store import Store
from ivr.store.bulk import Bulk


def test_what_a_database_learns_of_its_rows_is_kept(tmp_path: Path) -> None:
    store = Store("", tmp_path)
    with_tables(store)
    store.commit(Entry(turn(1), call()))
    with Bulk(store.database).unindexed(lambda _: None):
        pass
    with store.database.reading() as connection:
        learned = connection.execute(text("SELECT idx FROM sqlite_stat1 WHERE tbl = 'calls'")).scalars().all()
    store.close()
    assert "ix_calls_language_at_call" in learned
