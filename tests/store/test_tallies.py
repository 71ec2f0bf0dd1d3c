"""How callers fared in the queues of a day: counted by the store, and one by one."""

from __future__ import annotations

from ivr import tickets as words
from ivr.store import Store
from ivr.store.queue_tables import tickets
from ivr.store.tickets import ticket_row
from ivr.tickets import Tally, Ticket

MIDNIGHT = 1_000_000.0


def came(store: Store, number: int, *, state: str, waited: float, **more: object) -> None:
    """Write a ticket of somebody who came a while after midnight, and whose wait ended so."""
    joined = MIDNIGHT + 100 * number
    known: dict[str, object] = {"team": "bills", "changed_at": joined + waited, "pretend": False}
    met = state in words.HELD or state == words.DONE
    known |= {"claimed_at": joined + waited if met else None} | more
    if met:
        known["changed_at"] = joined + waited + 300  # the talk
    fixed = {"version": "v", "line": "care", "language": "en-US", "skills": (), "priority": 3, "private": b""}
    made = Ticket(id=b"%d" % number, call=f"CA{number}", joined_at=joined, state=state, **(fixed | known))
    with store.database.writing() as connection:
        connection.execute(tickets.insert().values(ticket_row(made)))


def test_a_day_is_counted_by_team_and_only_what_the_level_is_taken_of(store: Store) -> None:
    met_soon = [(words.DONE, 20), (words.TALKING, 3), (words.DONE, 0)]
    met_later = [(words.DONE, 20.5), (words.TALKING, 90)]
    left_soon = [(words.ABANDONED, 5), (words.LEFT, 20)]
    left_later = [(words.ABANDONED, 60), (words.CALL_BACK, 40), (words.LEFT, 300)]
    undecided = [(words.WAITING, 50), (words.OFFERED, 50), (words.CLAIMED, 4)]
    rows = [*met_soon, *met_later, *left_soon, *left_later, *undecided]
    for number, (state, waited) in enumerate(rows):
        came(store, number, state=state, waited=waited)
    came(store, 50, state=words.DONE, waited=1, pretend=True)
    came(store, 51, state=words.DONE, waited=1, call_back=b"promise")
    came(store, 52, state=words.DONE, waited=1, team="gas")
    came(store, 53, state=words.DONE, waited=1, team="forgotten")
    came(store, -1, state=words.DONE, waited=900)  # came before midnight, met after it
    found = store.tickets.tallies(MIDNIGHT, {"bills": 20.0, "gas": 0.5})
    assert found == {"bills": Tally(3, 2, 2, 3, 2), "gas": Tally(0, 1, 0, 0, 0)}
    assert (found["bills"].met, found["bills"].counted, found["bills"].all) == (5, 8, 10)
    assert sum(found.values(), Tally()) == Tally(3, 3, 2, 3, 2)
