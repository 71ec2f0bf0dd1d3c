"""A full house: three hundred callers wait for fifty agents, each with a desk open, on one whole node."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from drills.full_house import House, house, percentile
from rig.postgres import Postgres, postgres

__all__ = ["postgres"]

AGENTS, CALLERS, SECONDS = 50, 300, 75.0
BEATS = 4  # one each 15 s
SOON = 1.0  # seconds from the offer to the card on the screen


def told(made: House) -> str:
    """Put what was seen in a table's row."""
    delays = sorted(made.delays)
    return (
        f"| {made.database} | {len(made.desks)} | {len(made.callers)} | {len(delays)} | {made.taken} "
        f"| {percentile(delays, 50) * 1000:.0f} / {percentile(delays, 95) * 1000:.0f} / {delays[-1] * 1000:.0f} ms "
        f"| {' / '.join(f'{made.processor[role]:.0%}' for role in ('voice', 'pages', 'jobs'))} | {made.memory:.0f} MB |"
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


def test_a_few_agents_see_each_offer_on_their_desk(tmp_path: Path):
    with house(tmp_path, 4, 8) as made:
        made.work(8.0)
        judge(made, 3)


@pytest.mark.campaign
@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_three_hundred_wait_for_fifty_agents(tmp_path: Path, database: str, request: pytest.FixtureRequest):
    with ExitStack() as stack:
        url = ""
        if database == "PostgreSQL":
            server: Postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(server.database())
        made = stack.enter_context(house(tmp_path, AGENTS, CALLERS, url))
        made.work(SECONDS)
        print("\n" + told(made))
        judge(made, AGENTS)
        assert all(len(desk.here) >= BEATS for desk in made.desks), "each page has said that it is open"
        assert percentile(sorted(made.delays), 95) < SOON
