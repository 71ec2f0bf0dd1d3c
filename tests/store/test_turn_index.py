"""Turns stand by their call: whatever is asked of them is found there, never by going through all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rig.tables import with_tables
from samples import effect, first, ident
from sqlalchemy import event

from ivr.store import Store


def test_no_question_goes_through_all_turns(tmp_path: Path) -> None:
    store = Store("", tmp_path)
    with_tables(store)
    store.commit(first(1, effects=(effect(10),)))
    asked: list[tuple[str, Any]] = []
    event.listen(store.database.engine, "before_cursor_execute", lambda *all: asked.append((all[2], all[3])))
    store.turn("CA1", ident(1))
    store.chain("CA1")
    store.turns.chains(["CA1", "CA2"])
    store.turns.keyed("CA1", "CA2")
    store.calls.quiet(9.0, 10)
    store.effects.release(9.0)
    store.effects.decide("CA1", 9.0)
    plans = {}
    for statement, values in [each for each in asked if "turns" in each[0]]:
        with store.database.reading() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans[statement] = [row[3] for row in rows]
    store.close()
    assert len(plans) == 9
    assert [step for plan in plans.values() for step in plan if step.split()[:2] == ["SCAN", "turns"]] == []
    assert [step for plan in plans.values() for step in plan if step.startswith(("SCAN own", "SCAN later"))] == []
