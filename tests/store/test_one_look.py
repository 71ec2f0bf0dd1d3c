"""Several questions at one look: one transaction, and what is away is told as ever."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from ivr.errors import StoreUnavailable
from ivr.node import living_in
from ivr.store import Store
from ivr.store.flags import Flag


def test_what_lives_is_read_in_one_transaction(store: Store) -> None:
    begun: list[object] = []
    event.listen(store.database.engine, "begin", begun.append)
    assert living_in(store).flags == {}
    assert len(begun) == 1
    store.flags.on(Flag("storm", "Helen", 3600.0, 5.0))
    assert living_in(store).flags == {"storm": 3600.0}


def test_a_look_in_a_look_and_what_goes_wrong_in_one_leave_nothing_behind(store: Store) -> None:
    database = store.database
    with database.at_one_look():
        with database.at_one_look(), database.reading() as inner:
            pass
        with database.reading() as outer:
            assert outer is inner
    broken = "SELECT * FROM nothing_of_ours" if database.sqlite else "SELECT pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(StoreUnavailable), database.at_one_look(), database.reading() as connection:
        connection.execute(text(broken))
    with database.reading() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert connection is not outer
