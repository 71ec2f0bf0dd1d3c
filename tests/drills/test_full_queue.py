"""A full house: hundreds of callers, and people who each have a desk open, on one node, in either kind of queue."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from drills.full_house import Crowd, House, house, percentile
from rig.postgres import Postgres, postgres

__all__ = ["postgres"]

SECONDS = 75.0
SOON = 1.0  # seconds from the offer to the card on the screen
OFFERS = 50  # at least: our own queue calls one a second
BEATS = 4  # one each 15 s
ROLES = ("voice", "pages", "jobs")


def told(made: House) -> str:
    """Put what was seen in a table's row."""
    delays = sorted(made.delays)
    of = [percentile(delays, share) * 1000 for share in (50, 95, 100)]
    return (
        f"| {'PostgreSQL' if made.crowd.database else 'SQLite'} | {'TaskRouter' if made.crowd.routed else 'our own'} "
        f"| {len(made.desks)} | {len(made.callers)} | {len(delays)} | {made.taken} "
        f"| {' / '.join(f'{each:.0f}' for each in of)} ms "
        f"| {' / '.join(f'{made.processor[role]:.0%}' for role in ROLES)} | {made.memory:.0f} MB |"
    )


def judge(made: House, offers: int) -> None:
    assert len(made.delays) >= offers, "so many offers came to a desk"
    assert not made.unseen, "every offer came to the desk of whom it was for"
    assert not made.strays, "no offer came to the desk of anybody else"
    states = [ticket.state for caller in made.callers for ticket in made.store.tickets.of_call(caller.sid)]
    assert len(states) == len(made.callers), "one ticket for each caller"
    assert made.taken == states.count("talking") + states.count("done")
    assert made.faults == []
    assert {answered for desk in made.desks for answered in desk.here} <= {200}


@pytest.mark.parametrize("routed", [False, True])
def test_a_few_agents_see_each_offer_on_their_desk(tmp_path: Path, routed: bool):
    with house(tmp_path, Crowd(4, 8, routed=routed)) as made:
        made.work(8.0)
        judge(made, 3)


@pytest.mark.campaign
@pytest.mark.parametrize(("agents", "callers", "routed"), [(50, 300, False), (300, 300, True)])
@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_a_full_house(tmp_path: Path, database: str, agents: int, callers: int, routed: bool, request):
    with ExitStack() as stack:
        url = ""
        if database == "PostgreSQL":
            server: Postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(server.database())
        made = stack.enter_context(house(tmp_path, Crowd(agents, callers, url, routed)))
        made.work(SECONDS)
        print("\n" + told(made))
        judge(made, OFFERS)
        assert all(len(desk.here) >= BEATS for desk in made.desks), "each page has said that it is open"
        assert percentile(sorted(made.delays), 95) < SOON
