"""What is asked of queues a few times a second takes as long in the tenth year as on the first day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rig.tables import with_tables
from samples import ident
from sqlalchemy import event

from ivr.store import Store
from ivr.tickets import Ticket

TICKET = Ticket(ident(1), "CA1", "care", "v", "l", "en-US", (), 5, 1.0, pretend=False, private=b"")
# what is asked -> the index that answers it
ASKED = {
    "tickets.open": ("ix_tickets_open",),
    "tickets.waiting": ("ix_tickets_open",),
    "tickets.place": ("ix_tickets_open", TICKET),
    "tickets.paces": ("ix_tickets_talked", 9.0),
    "tickets.tallies": ("ix_tickets_joined_at", 9.0, {"care": 20.0}),
    "calls.going_on": ("ix_calls_open",),
    "call_backs.promised": ("ix_call_backs_open", 9.0),
    "offers.running": ("ix_offers_running",),
    "offers.engaged": ("ix_tickets_open",),
    "offers.refused": ("ix_offers_ticket", b"", 0.0),
    "offers.refused_by": ("ix_offers_call", "CA1"),
    "routing.rejected": ("ix_reservations_open",),
    "routing.wrapping": ("ix_reservations_open",),
    "talks.open": ("ix_talks_open",),
    "talks.due": ("ix_talks_due", 9.0),
}


def test_what_is_asked_of_queues_is_answered_from_the_rows_that_are_not_over(tmp_path: Path) -> None:
    store = Store("", tmp_path)
    with_tables(store)
    asked: list[tuple[str, Any]] = []
    event.listen(store.database.engine, "before_cursor_execute", lambda *all: asked.append((all[2], all[3])))
    found = {}
    for name, (index, *given) in ASKED.items():
        room, question = name.split(".")
        asked.clear()
        getattr(getattr(store, room), question)(*given)
        (statement, values) = next(each for each in asked if each[0].startswith("SELECT"))
        with store.database.reading() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plan = [row[3] for row in rows]
        found[name] = next((index for step in plan if index in step), plan)
    store.close()
    assert found == {name: index for name, (index, *_) in ASKED.items()}
