"""A node that stands still in the middle of a commit keeps no other from the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from rig.postgres import Postgres
from samples import first

from ivr.store import Store
from ivr.store.committer import BUDGET
from ivr.store.postgresql_writer import PostgresqlWriter, _put
from ivr.store.rows import rows_of


@pytest.mark.parametrize("at_hand", ["turns", "calls"])
def test_what_it_had_begun_is_taken_back_and_its_turn_is_the_one_that_the_other_made(
    postgres: Postgres, tmp_path: Path, at_hand: str
) -> None:
    """Its locks would hold up the other node's answer to the same request: both would keep a turn of their own."""
    with postgres.database() as url:
        other = Store(url, tmp_path, budget=2 * BUDGET)
        entry = rows_of(first())
        still = PostgresqlWriter(other.database)
        connection = still._connected()
        connection.execute("BEGIN")
        _put(connection, at_hand, [entry.head if at_hand == "turns" else entry.call])
        assert other.commit(first())
        assert still.write([entry]) == [False]
        still.close()
        other.close()
