"""A caller is erased whom we have promised to call back: nobody is rung for them any more, and nobody is cut off."""

from __future__ import annotations

import time

import pytest
from test_call_backs import ALWAYS_DAY, ON_SQLITE, attempts, promised
from waiting_hotline import CONFIG, MAIN, Office, hotline

from ivr import tickets as words
from ivr.archive.calls import Archive
from ivr.depot.choosing import depot_of
from ivr.handover import events as ev
from ivr.keeping.erase import Eraser
from ivr.keeping.places import Places
from ivr.keeping.reach import reach
from ivr.keys import Keyring
from ivr.privacy import Erased
from ivr.simulator.acts import Agent as Habit
from ivr.simulator.acts import AgentHangsUp


@pytest.fixture(scope="module")
def content():
    """The hotline, where it is always day."""
    return hotline(MAIN, CONFIG + ALWAYS_DAY)


def eraser_of(at_work: Office) -> Eraser:
    keyring, settings = Keyring(at_work.settings.secret_keys), at_work.settings
    return Eraser(at_work.node.store, keyring, Places(settings.data, depot_of(settings)))


def erased(at_work: Office, call: str):
    """Erase a call and what belongs to it, as far as it can be done now."""
    eraser, now = eraser_of(at_work), time.time()
    found = reach(Archive(at_work.node.store, eraser.keyring), eraser.places, [call])
    return found, eraser.carry_out(eraser.ask(found, "Ada", now), now)


def test_a_promise_in_the_queue_is_taken_out_of_it_and_the_team_serves_who_comes_next(at_work):
    at_work.ready("Priya")
    call = promised(at_work)
    at_work.round()
    assert attempts(at_work)[-1].state == words.WAITING
    _, made = erased(at_work, call.sid)
    assert made.done_at
    assert (attempts(at_work)[-1].state, at_work.promises()) == (words.LEFT, [("cancelled", "erased", 0)])
    assert at_work.called_back(Habit("takes")) is None
    assert attempts(at_work)[-1].state == words.LEFT
    after = at_work.call("1")
    at_work.offered()
    assert after.awaiting.kind == "talk"
    at_work.calls.remove(call)  # it can be played again no more


@ON_SQLITE
def test_a_phone_that_rings_for_a_promise_is_silenced_and_its_owner_is_ready(at_work):
    at_work.ready("Priya")
    call = promised(at_work)
    leg = at_work.called_back(None, "answers")
    _, made = erased(at_work, call.sid)
    at_work.round()
    assert (bool(made.done_at), attempts(at_work)[-1].state) == (True, words.LEFT)
    assert at_work.carrier.ledger.calls[leg.placed.sid].status == "completed"
    assert (at_work.agent("Priya").state, at_work.promises()) == (words.READY, [("cancelled", "erased", 0)])
    at_work.calls.remove(call)


@ON_SQLITE
@pytest.mark.parametrize("held", [False, True])
def test_who_was_called_back_talks_on_and_is_erased_when_the_talk_is_over(at_work, held):
    at_work.ready("Priya")
    call = promised(at_work)
    leg = at_work.called_back(Habit("takes", talks=None))
    if held:
        at_work.floor.ask(call.sid, at_work.asker("Priya"), ev.Hold())
        at_work.work()
    found, made = erased(at_work, call.sid)
    assert (found.going_on, made.done_at) == ((call.sid,), None)
    assert (leg.over, at_work.agent("Priya").state) == (False, words.IN_TALK)
    assert len(at_work.floor.desk.open()) == held
    if held:
        at_work.floor.ask(call.sid, at_work.asker("Priya"), ev.Unhold())
        at_work.work()
    leg.act(AgentHangsUp())
    at_work.work()
    eraser_of(at_work).run(time.time())
    with pytest.raises(Erased):
        at_work.floor.desk._key(call.sid)
    assert (at_work.agent("Priya").state, at_work.floor.desk.open()) == (words.READY, [])
    assert attempts(at_work)[-1].state == words.DONE
    at_work.calls.remove(call)
