"""The queue's machine goes red where talks or counts are broken: each fault is one that a hurried hand could make."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from queue_machine import Queue
from rig.tables import with_tables

from ivr import tickets as words
from ivr.handover import orders
from ivr.handover.orders import Empty
from ivr.handover.talk import CONSULTING, HANDING, HELD, TOGETHER, Close
from ivr.store import Store
from ivr.store.offers import Offers
from ivr.store.queue_tables import tickets
from ivr.store.talks import _DEEDS, _talking
from ivr.store.tickets import Tickets
from ivr.worker.offers import Offers as JobProcess

EXAMPLES = 100  # random talks before we give up; each fault is found in a few


def nobody_freed(_party):
    """Forget whoever was consulted."""
    return ()


def nobody_rests(_talk, _party):
    """Forget the agent whose leg is over."""
    return ()


def without_end(*given, asked=orders.orders):
    """Leave a room as it is when its talk is over."""
    return [each for each in asked(*given) if not isinstance(each, Empty)]


def hangs_on_nobody(talk, asked=orders._wanted):
    """Want a room to go on whoever leaves it."""
    return [(leg, replace(flags, ends=False)) for leg, flags in asked(talk)]


def gone_once_more(self, call, now):
    """Let whoever hangs up after a talk count as somebody who gave up waiting."""
    return self._move(tickets.c.call == call, words.ABANDONED, words.HUNG_UP, now)


def gone_unheard(self, call, now):
    """Let whoever hangs up in a talk count as somebody who gave up waiting."""
    still = tickets.c.state.in_(words.OPEN)
    return self._move((tickets.c.call == call) & still, words.ABANDONED, words.HUNG_UP, now)


def closed_as_left(connection, deed, now):
    """Let a talk that is over count as a caller who left the queue."""
    connection.execute(_talking(deed.ticket).values(state=words.LEFT, reason="", changed_at=now))


def always_bridged(self, offer, _bridged, *rest, asked=Offers.part):
    """Let an agent who found nobody count as one who talked."""
    asked(self, offer, True, *rest)


def settled_as_done(self, ticket, _state, *rest, asked=Tickets.settle):
    """Let every wait that is over count as answered."""
    asked(self, ticket, words.DONE, *rest)


def only_who_is_offered_nobody(self):
    """Forget those who wait while an agent's phone rings for them."""
    waits = [ticket.team for ticket in self.open() if ticket.state == words.WAITING]
    return {team: waits.count(team) for team in waits}


def first_alone(self, now, asked=JobProcess._choose):
    """Look at nobody but the first who waits."""
    tickets = self._store.tickets
    with pytest.MonkeyPatch.context() as patch:
        waiting = [ticket for ticket in tickets.open() if ticket.state == words.WAITING]
        patch.setattr(tickets, "open", lambda: waiting[:1])
        return asked(self, now)


def never_looked_for(_self, _offer, _ticket, _now):
    """Leave open whether an interrupted call was placed."""


def dialled_again(self, now, asked=JobProcess._wanted):
    """Dial for an offer whose placing was interrupted, as if nobody had."""
    for offer in self._store.offers.running():
        if offer.state == words.PLACING and now - offer.at > 1.0:
            return offer, self._store.tickets.find(offer.ticket)
    return asked(self, now)


def last_first(self, asked=Tickets.open):
    """List those who wait in the wrong order."""
    return asked(self)[::-1]


def nobody_refused(_self, _call):
    """Forget who has passed a call."""
    return set()


def shortest_ready(ready):
    """Choose who has only just become ready."""
    return max(ready, key=lambda each: (each.since, each.person), default=None)


ENDLESS = [("ivr.handover.orders.orders", without_end), ("ivr.handover.orders._wanted", hangs_on_nobody)]
FAULTS = {
    "a colleague is not freed after a consultation": (CONSULTING, [("ivr.handover.moves._free", nobody_freed)]),
    "an agent is not freed when their leg is over": (HANDING, [("ivr.handover.moves._rest", nobody_rests)]),
    "a caller is left in a room": (HELD, ENDLESS),
    "a ticket is ended twice": (TOGETHER, [(f"{Tickets.__module__}.Tickets.gone", gone_once_more)]),
}


COUNTS = f"{Tickets.__module__}.Tickets"
# Here every ticket is somewhere, and ends once: only a count that does not ask the tickets knows better.
MISCOUNTED = {
    "a talk that the caller ended counts as given up": (TOGETHER, [(f"{COUNTS}.gone", gone_unheard)]),
    "a talk that the agent ended counts as left": (
        HELD,
        [("ivr.store.talks._DEEDS", _DEEDS | {Close: closed_as_left})],
    ),
    "a call that found nobody counts as answered": (TOGETHER, [(f"{Offers.__module__}.Offers.part", always_bridged)]),
    "an overflow counts as answered": (TOGETHER, [(f"{COUNTS}.settle", settled_as_done)]),
    "who is being offered is not counted as waiting": (TOGETHER, [(f"{COUNTS}.waiting", only_who_is_offered_nobody)]),
}


WORK = "ivr.worker.offers"
OFFERED_BADLY = {
    "calls are placed too slowly": ("is free for a caller", [(f"{WORK}.EVERY", 9.0)]),
    "whoever waits first holds up the others": ("is free for a caller", [(f"{WORK}.Offers._choose", first_alone)]),
    "an interrupted call stays open": ("whether a call was placed", [(f"{WORK}.Offers._look_for", never_looked_for)]),
    "an interrupted call is placed again": ("be rung twice", [(f"{WORK}.Offers._wanted", dialled_again)]),
    "the last comer is served first": ("was overtaken", [(f"{COUNTS}.open", last_first)]),
    "who passed a call is rung again": ("rung again", [(f"{Offers.__module__}.Offers.refused_by", nobody_refused)]),
    "who has just talked is rung first": ("ready longer", [("ivr.tickets.longest_ready", shortest_ready)]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_machine_sees_that(tmp_path, monkeypatch, fault):
    begins, broken = FAULTS[fault]
    with pytest.raises(AssertionError):
        played(tmp_path, monkeypatch, begins, broken)


@pytest.mark.parametrize("fault", MISCOUNTED)
def test_the_counts_see_that(tmp_path, monkeypatch, fault):
    begins, broken = MISCOUNTED[fault]
    with pytest.raises(AssertionError, match="miscounted"):
        played(tmp_path, monkeypatch, begins, broken)


@pytest.mark.parametrize("fault", OFFERED_BADLY)
def test_the_rounds_see_that(tmp_path, monkeypatch, fault):
    told, broken = OFFERED_BADLY[fault]
    with pytest.raises(AssertionError, match=told):
        played(tmp_path, monkeypatch, TOGETHER, broken)


def played(folder, monkeypatch, begins, broken):
    """Play random calls on a store of its own, with these parts broken."""
    for place, fake in broken:
        monkeypatch.setattr(place, fake)
    store = Store("", folder, budget=60)
    with_tables(store)
    plan = settings(
        max_examples=EXAMPLES,
        stateful_step_count=15,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(lambda: Queue(store, os.urandom(4).hex(), begins), settings=plan)
    finally:
        store.close()
