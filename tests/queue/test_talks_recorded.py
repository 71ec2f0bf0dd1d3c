"""Talks of a team with `record: yes`: recorded from their beginning, by whom and by when nobody need ask."""

from __future__ import annotations

import time

import pytest
from talking_desk import sitting
from waiting_hotline import CONFIG, MAIN, hotline

from ivr.archive.calls import Archive
from ivr.archive.in_lines import lines_of
from ivr.archive.story import story
from ivr.handover import events as ev
from ivr.keys import Keyring
from ivr.simulator.acts import AgentHangsUp
from ivr.worker.process import taping_of
from ivr.worker.tapes import DOUBT, Taping

TOLD = "This call is recorded."
TEAMS = "  rung: {name: the others, ring: ['+15005550107'], record: yes}\n  plain: {by: queue}\n"
RECORDS = CONFIG.replace("care: {name", "care: {record: yes, name").replace(
    "failed:", f"{TEAMS}recording: {{consent: {TOLD}}}\nfailed:"
)
SURVEY = MAIN.replace("served:\n  hang_up: Thank you for calling.", "served:\n  survey: [resolved]\n  then: sorry")
KEYS = "  2: gas -> gas\n    5: the others -> others\n    6: somebody -> somebody\n"
OTHERS = "\nothers:\n  transfer: rung\n  summary: A bill.\n  after: served\n\nsomebody:\n  transfer: plain\n"


@pytest.fixture(scope="module")
def content():
    return hotline(SURVEY.replace("  2: gas -> gas\n", KEYS) + OTHERS, RECORDS)


class Tapes:
    """What the double records, and the job process that has it do so."""

    def __init__(self, office):
        self.office, self.ledger = office, office.carrier.ledger
        self.taping: Taping = taping_of(office.settings, office.node, office.legs)

    def look(self, later=0.0, times=3):
        now = time.time() + later
        for _ in range(times):
            self.taping.run(now)
            now += 1.0

    @property
    def made(self):
        return [(one.call, one.taping, one.channels) for one in self.ledger.recordings.values()]

    def told(self, call):
        office = self.office
        archive = Archive(office.node.store, Keyring(office.settings.secret_keys))
        return lines_of(story(archive, call.sid, office.node.library.get), "UTC")


@pytest.fixture
def tapes(at_work):
    return Tapes(at_work)


def test_a_talk_is_recorded_from_its_beginning_and_the_survey_after_it_is_not(tapes):
    office = tapes.office
    office.ready("Priya")
    call = office.call("1")
    assert TOLD in call.heard_by()
    tapes.look()
    assert tapes.made == [], "who waits is not recorded"
    leg = office.offered()
    tapes.look()
    assert tapes.made == [(call.sid, "in-progress", 2)]
    leg.act(AgentHangsUp())
    assert not call.over
    tapes.look(2.0)
    assert tapes.made == [(call.sid, "", 2)]
    (kept,) = office.node.store.recordings.of_call(call.sid)
    assert kept.state == "waiting"
    assert kept.due_at <= time.time(), "the carrier has told that it is ready"
    fetched = office.deeds.fetch(kept.sid)
    assert (fetched.state, fetched.seconds) == ("kept", 10)
    office.deeds.settle(kept.sid, 1, fetched)
    call.hang_up()
    office.node.switchboard.end(call.sid, time.time())
    told = "\n".join(tapes.told(call))
    assert "was told that what is said next is recorded" in told
    assert f"the talk is recorded from here on ({kept.sid})" in told
    assert "the recording of the talk is over" in told
    assert f"recording of a talk {kept.sid}: kept, 10 s" in told
    assert "left a message" not in told


def test_a_caller_who_hangs_up_in_the_talk_leaves_its_recording(tapes):
    office = tapes.office
    office.ready("Priya")
    call = office.call("1")
    office.offered()
    tapes.look()
    call.hang_up()
    tapes.look(2.0)
    (kept,) = office.node.store.recordings.of_call(call.sid)
    assert office.deeds.fetch(kept.sid).state == "kept"


def test_who_was_told_nothing_is_not_recorded(tapes):
    """They were put through to a team that records nothing, and sent on to one that does."""
    office = tapes.office
    office.ready("Priya")
    office.enrols("Sam", "plain")
    call = office.call("6")
    assert TOLD not in call.heard_by()
    office.offered()
    tapes.look()
    office.floor.ask(call.sid, office.asker("Sam"), ev.Send("care"))
    office.work()
    office.offered()
    tapes.look()
    assert office.states == ["talking"]
    assert tapes.made == []
    assert "the talk is not recorded: the caller was not told of it in this call" in "\n".join(tapes.told(call))


def test_a_ring_is_recorded_once_somebody_has_taken_the_call(tapes):
    office = tapes.office
    call = office.call("5")
    assert call.heard_by()[-1] == TOLD
    call.agent("takes")
    tapes.look(times=1)
    assert tapes.made == [], "the summary is being spoken"
    tapes.look(5.0)
    assert tapes.made == [(call.sid, "in-progress", 2)]
    call.agent_hangs_up()
    tapes.look(6.0)
    assert tapes.made == [(call.sid, "", 2)]


def test_a_ring_that_nobody_takes_is_not_recorded(tapes):
    call = tapes.office.call("5")
    call.agent("passes")
    tapes.look(20.0)
    assert tapes.made == []


def test_a_lost_answer_is_looked_up_and_nothing_is_begun_twice(tapes):
    office = tapes.office
    office.ready("Priya")
    call = office.call("1")
    office.offered()
    tapes.ledger.taped_unheard = 1
    tapes.look()
    assert tapes.made == [(call.sid, "in-progress", 2)]
    assert [tape.sid for tape in office.node.store.tapes.of_call(call.sid)] == [""]
    tapes.look(5.0)
    assert [tape.sid for tape in office.node.store.tapes.of_call(call.sid)] == list(tapes.ledger.recordings)
    assert tapes.made == [(call.sid, "in-progress", 2)]


def test_a_job_process_that_is_killed_while_it_asks_begins_nothing_twice(tapes):
    office = tapes.office
    office.ready("Priya")
    call = office.call("1")
    office.offered()
    tapes.look()
    (tape,) = office.node.store.tapes.of_call(call.sid)
    assert office.node.store.tapes.change(tape, state="asked", sid="", since=None, due=time.time() + DOUBT)
    Tapes(office).look(5.0)
    assert [one.state for one in office.node.store.tapes.of_call(call.sid)] == ["asked"]
    Tapes(office).look(DOUBT + 1)
    assert [one.sid for one in office.node.store.tapes.of_call(call.sid)] == [tape.sid]
    assert tapes.made == [(call.sid, "in-progress", 2)]


def test_while_the_carrier_is_away_it_is_tried_again_and_the_story_says_so(tapes):
    office = tapes.office
    office.ready("Priya")
    call = office.call("1")
    office.offered()
    tapes.ledger.away = 1
    tapes.look()
    assert tapes.made == []
    tapes.look(4.0)
    tapes.look(8.0)
    assert tapes.made == [(call.sid, "in-progress", 2)]
    assert "the talk is not recorded yet: the carrier did not answer" in "\n".join(tapes.told(call))


def test_the_agent_pauses_the_recording_and_has_it_go_on(tapes):
    office = tapes.office
    office.ready("Priya")
    call = office.call("1")
    office.offered()
    tapes.look()
    for wanted in ("paused", "in-progress"):
        office.floor.ask(call.sid, office.asker("Priya"), ev.Record(wanted))
        office.work()
        tapes.look()
        assert tapes.made == [(call.sid, wanted, 2)]


def test_what_was_paused_before_it_began_is_not_begun_meanwhile(tapes):
    office = tapes.office
    office.ready("Priya")
    call = office.call("1")
    office.offered()
    office.floor.ask(call.sid, office.asker("Priya"), ev.Record("paused"))
    office.work()
    tapes.look(2.0)
    assert tapes.made == []
    office.floor.ask(call.sid, office.asker("Priya"), ev.Record("in-progress"))
    tapes.look(4.0)
    assert tapes.made == [(call.sid, "in-progress", 2)]


def test_what_is_paused_while_the_carrier_begins_is_paused_as_soon_as_it_has(tapes):
    office = tapes.office
    office.ready("Priya")
    call = office.call("1")
    office.offered()
    asked = []

    def pause(method, target, _body, _reply):
        if method == "POST" and target.endswith("/Recordings.json"):
            asked.append(office.floor.ask(call.sid, office.asker("Priya"), ev.Record("paused")))

    office.witnesses.append(pause)  # before the job process hears the carrier's answer
    tapes.look()
    assert len(asked) == 1
    assert tapes.made == [(call.sid, "paused", 2)]


def test_a_recording_goes_on_through_hold_and_hand_over(tapes):
    desk = sitting(tapes.office)
    tapes.look()
    desk.ask(ev.Hold())
    tapes.look(2.0)
    sam = desk.consults()
    desk.ask(ev.Hand())
    tapes.look(4.0)
    assert tapes.made == [(desk.call.sid, "in-progress", 2)]
    desk.hangs_up(sam)
    tapes.look(6.0)
    assert tapes.made == [(desk.call.sid, "", 2)]


def test_nobody_is_recorded_while_they_wait_again(tapes):
    desk = sitting(tapes.office)
    tapes.look()
    desk.ask(ev.Hold())
    desk.hangs_up(desk.leg)
    assert desk.ticket.state == "waiting"
    tapes.look(2.0)
    assert tapes.made == [(desk.call.sid, "", 2)]
    tapes.office.offered()
    tapes.look(4.0)
    assert tapes.made == [(desk.call.sid, "", 2), (desk.call.sid, "in-progress", 2)]


def test_what_the_carrier_refuses_is_said_and_not_asked_for_again(tapes):
    office = tapes.office
    office.ready("Priya")
    call = office.call("1")
    office.offered()
    asked = []
    office.witnesses.append(lambda method, target, *_: asked.append(target) if method == "POST" else None)
    tapes.ledger.calls[call.sid].status = "failed"
    tapes.look()
    tapes.look(DOUBT + 1)
    assert [one for one in asked if one.endswith("/Recordings.json")] == [asked[0]]
    assert "the talk is not recorded: the carrier does not record: 21220" in "\n".join(tapes.told(call))
