"""Every way in which a hand-over can end: what the caller heard, and agent, queue, case and story afterwards."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest
from waiting_hotline import CONFIG, MAIN, hotline, office

from ivr.archive.calls import Archive
from ivr.archive.story import story
from ivr.engine.events import WaitEnded
from ivr.keys import Keyring
from ivr.simulator.acts import Agent as Habit
from ivr.simulator.acts import AgentHangsUp, Keys
from ivr.worker.process import queueing_of

KINDS = "kinds: {complaint: {series: C, team: care}}\nfailed: main.sorry\n"
REGISTER = """
register:
  case: complaint
  about: a bill
  words: Your reference is {case.number}.
  failed: people
  then: people

served:
"""
THANKS, SORRY = "Thank you for calling.", "Nobody can take your call."


def content():
    """Let a complaint be registered before a person is asked for."""
    main = MAIN.replace("\nserved:\n", REGISTER, 1).replace(
        "    3: {for: something", "    6: a complaint -> register\n    3: {for: something", 1
    )
    return hotline(main, CONFIG.replace("failed: main.sorry\n", KINDS))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def at_work(request, tmp_path_factory):
    """One installation for all of them on each database."""
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres").database())
        yield stack.enter_context(office(tmp_path_factory.mktemp("endings"), url, content()))


def waits_on(call):
    """Let the caller's patience be over."""
    for _ in range(20):
        if call.waits:
            call.silence()


def taken(at_work, call):
    at_work.offered().act(AgentHangsUp())


def passed(at_work, call):
    at_work.offered("passes")
    waits_on(call)


def machine(at_work, call):
    at_work.offered("voicemail")
    waits_on(call)


def caller_gone_in_the_queue(at_work, call):
    call.hang_up()


def caller_gone_in_the_whisper(at_work, call):
    leg = at_work.offered("answers")
    call.hang_up()
    leg.act(Keys("1"))
    assert leg.heard[-1] == "The caller has left."


def caller_gone_in_the_talk(at_work, call):
    at_work.offered()
    call.hang_up()


def agent_gone_in_the_whisper(at_work, call):
    at_work.offered("hangs_up")
    waits_on(call)


def nobody(at_work, call):
    assert at_work.offered() is None


def agent_gone_in_the_talk_and_nobody_told_us(at_work, call):
    """Lose every word of the agent's leg: the caller comes out of the queue, and the sweep frees the agent."""
    leg = at_work.offered()
    call.act(AgentHangsUp())
    at_work.carrier.ledger.calls[leg.placed.sid].status = "completed"
    at_work.queueing._sweep.run(time.time() + 60)


def carrier_error(at_work, call):
    """The carrier's queue has failed: people are rung in its place."""
    assert call.over


def carrier_away(at_work, call):
    """The carrier places no call: the caller waits on, until patience is over."""
    at_work.carrier.ledger.down = True
    assert at_work.offered() is None
    at_work.carrier.ledger.down = False
    at_work.clock += 60.0  # the job process has let it rest meanwhile
    waits_on(call)


def restart_in_the_middle(at_work, call):
    leg = at_work.offered("answers")
    at_work.queueing = queueing_of(at_work.settings, at_work.node, at_work.legs)  # another job process
    at_work.queueing._offers.run(time.time())
    leg.act(Keys("1"))
    leg.act(AgentHangsUp())


@dataclass(frozen=True)
class After:
    """How everything stands afterwards."""

    heard: str  # last, by the caller
    ticket: tuple[tuple[str, str], ...]  # state and reason
    wait: tuple[str, ...]  # how it ended, in the story
    outcome: str  # of the call
    agent: tuple[str, str] = ("ready", "")


CONNECTED, MUSIC = "You are being connected.", "To be called back, press 3."
SERVED = After(THANKS, (("done", ""),), ("answered",), "talked")
WAITED = After(SORRY, (("left", "patience"),), ("patience",), "case")
LEFT = After(MUSIC, (("abandoned", "hung_up"),), ("hung_up",), "case")
WAYS = {
    taken: SERVED,
    passed: WAITED,
    nobody: After(SORRY, (), (), "case", ("not_ready", "lunch")),
    machine: replace(WAITED, agent=("not_ready", "missed a call")),
    caller_gone_in_the_queue: LEFT,
    caller_gone_in_the_whisper: LEFT,
    caller_gone_in_the_talk: replace(SERVED, heard=CONNECTED),
    agent_gone_in_the_whisper: WAITED,
    agent_gone_in_the_talk_and_nobody_told_us: SERVED,
    carrier_error: After(THANKS, (), ("error",), "talked"),
    carrier_away: replace(WAITED, agent=("ready", "")),
    restart_in_the_middle: SERVED,
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_hand_over_ends_and_nothing_of_it_is_left(at_work, way):
    store, carrier = at_work.node.store, at_work.carrier
    at_work.ready("Priya")
    if way is nobody:
        store.agents.say(at_work.agent("Priya").person, "not_ready", "lunch", time.time())
        at_work.refresh()
    if way is carrier_error:
        at_work.carrier = replace(carrier, queue_fails="error")
    call = at_work.call("6", everyone=Habit("takes", talks=20.0))
    at_work.carrier = carrier
    way(at_work, call)
    at_work.endings.end(call.sid, time.time())
    at_work.done()
    told = story(Archive(store, Keyring(at_work.settings.secret_keys)), call.sid, at_work.node.library.get)
    waits = tuple(event.how for scene in told.scenes for event in scene.events if isinstance(event, WaitEnded))
    tickets = tuple((ticket.state, ticket.reason) for ticket in store.tickets.of_call(call.sid))
    priya = at_work.agent("Priya")
    after = After(call.heard_by()[-1], tickets, waits, told.call.outcome, (priya.state, priya.reason))
    assert after == WAYS[way]
    assert [(case.kind, case.status, case.team) for case in store.cases.of_call(call.sid)] == [
        ("complaint", "new", "care")
    ]
    assert not [queue.name for queue in at_work.carrier.ledger.queues.values() if queue.members]
    assert (call.over, priya.offer, store.offers.running()) == (True, "", [])
    assert call.faults == ()
