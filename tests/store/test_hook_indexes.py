"""What webhooks have to tell is found without reading what was told before, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from ivr.store import Store
from ivr.store.hooks import MENU_PUBLISHED, Hook

# what is asked -> the index that answers it
ASKED = {
    "to_tell": ("ix_deliveries_due", 9.0),
    "due": ("ix_deliveries_due", "wh_1", 9.0, 20),
    "latest": ("ix_deliveries_hook_at", "wh_1", 20),
    "turn_off": ("ix_deliveries_due", "wh_2", "Helen", 9.0),
    "tidy": ("ix_deliveries_settled", 1.0),
}


@pytest.fixture
def told(store: Store) -> Store:
    """A hook that was told of five hundred things and has one to be told, and one that waits for nothing."""
    for name in ("wh_1", "wh_2", "wh_3"):
        store.hooks.add(Hook(name, "https://crm.example", (MENU_PUBLISHED,), "k1", b"", "Helen", 1.0))
    with store.database.writing() as connection:
        for number in range(500):
            row = (f"m{number}", f"wh_{number % 3 + 1}", "test", "s", 2.0, "sent", 1, 2.0, "", 2.0)
            connection.exec_driver_sql(f"INSERT INTO deliveries VALUES {row}")
    store.versions.switch("v" * 64, "Tomas", "", 5.0)
    return store


def test_what_is_due_and_what_is_settled_is_found_by_its_own_index(told: Store) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(told.database.engine, "before_cursor_execute", lambda *all: asked.append((all[2], all[3])))
    found = {}
    for name, (index, *given) in ASKED.items():
        asked.clear()
        getattr(told.hooks, name)(*given)
        statements = [each for each in asked if "deliveries" in each[0]]
        found[name] = next((index for one in statements if index in plan_of(told, *one)), statements)
        if told.database.sqlite and name in {"to_tell", "due"}:  # not all that is due is read to find one hook's
            assert "(hook=? AND due_at<?)" in plan_of(told, *statements[0])
    assert found == {name: index for name, (index, *_) in ASKED.items()}


def plan_of(store: Store, statement: str, values: Any) -> str:
    """Say how the database answers; PostgreSQL as for a table that is too long to be read through."""
    explain = "EXPLAIN QUERY PLAN" if store.database.sqlite else "EXPLAIN"
    with store.database.reading() as connection:
        if not store.database.sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return " ".join(str(tuple(row)) for row in connection.exec_driver_sql(f"{explain} {statement}", values))


def test_only_those_are_told_that_have_something_due(told: Store) -> None:
    assert [hook.id for hook in told.hooks.to_tell(9.0)] == ["wh_1", "wh_2", "wh_3"]
    assert told.hooks.to_tell(4.0) == []
    told.hooks.turn_off("wh_2", "Helen", 9.0)
    [first] = told.hooks.due("wh_1", 9.0, 20)
    told.hooks.settle(first.id, "sent", 9.0, 9.0)
    assert [hook.id for hook in told.hooks.to_tell(9.0)] == ["wh_3"]
    assert told.hooks.tidy(3.0) == 500
