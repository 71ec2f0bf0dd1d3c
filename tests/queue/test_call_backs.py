"""Promises to call back, kept over HTTP: the agent first, then the caller; every way in which an attempt can end."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from waiting_hotline import CONFIG, MAIN, PHONES, Office, hotline, office

from ivr.__main__ import ivr_words
from ivr.archive.calls import Archive
from ivr.archive.promises import attempts_told
from ivr.archive.story import story
from ivr.callers import Callers, Kept
from ivr.keys import Keyring
from ivr.menu.compile import compile_hotline
from ivr.simulator.acts import Agent as Habit
from ivr.simulator.acts import AgentHangsUp, HangUp
from ivr.simulator.agent import AgentCall

CALLER = "+14155550123"
ALWAYS_DAY = 'call_backs: {daytime: "24/7", pauses: [10 min, 1 h]}\n'
ON_SQLITE = pytest.mark.parametrize("office_server", ["sqlite"], indirect=True)

# How whoever is called behaves (None: it rings on), what the agent does then -> the promise, and the agent.
WAYS = [
    (Habit("takes", talks=5), None, ("done", "", 1), "ready"),
    (Habit("no_answer"), None, ("waiting", "no_answer", 1), "ready"),
    (Habit("busy"), None, ("waiting", "busy", 1), "ready"),
    (Habit("failed"), None, ("waiting", "failed", 1), "ready"),
    (Habit("voicemail"), None, ("waiting", "machine", 1), "ready"),
    (Habit("hangs_up"), None, ("waiting", "hung_up", 1), "ready"),
    (Habit("passes"), None, ("given_up", "declined", 1), "ready"),
    (None, HangUp(), ("waiting", "agent_gone", 1), "ready"),
    (Habit("takes", talks=None), HangUp(), ("done", "", 1), "ready"),
]


@pytest.fixture(scope="module")
def content():
    """The hotline, where it is always day."""
    return hotline(MAIN, CONFIG + ALWAYS_DAY)


def words(call) -> str:
    return " ".join(call.heard_by())


def promised(at_work: Office):
    """Let a caller give the place in the queue up for a call back, agree on the number, and hang up."""
    call = at_work.call("1")
    call.press("3")
    call.press("1")
    assert "We will call you back on" in words(call)
    at_work.endings.end(call.sid, time.time())
    at_work.done()
    return call


def row(at_work: Office):
    return at_work.node.store.call_backs.latest(1)[0]


def attempts(at_work: Office):
    return at_work.node.store.call_backs.attempts(row(at_work).effect)


@ON_SQLITE
def test_at_its_turn_the_agent_is_called_first_then_the_caller_and_the_two_talk(at_work):
    at_work.ready("Priya")
    call = promised(at_work)
    kept = at_work.tickets[0].joined_at
    leg = at_work.called_back(Habit("takes", talks=30))
    assert leg.placed.called == PHONES["Priya"]
    assert leg.heard[0].startswith("A call back for customer care, promised for ")
    assert leg.heard[1:] == ["A call about a bill.", "The caller is being called now."]
    asked = [item.text for item in leg.story.items if item.spoken and item.leg == CALLER]
    assert asked[0].startswith("This is Aurora Energy. You asked us to call you back.")
    assert asked[1:] == ["You are being connected."]
    (again,) = attempts(at_work)
    assert (again.call, again.joined_at, again.state) == (call.sid, kept, "done")
    assert (at_work.promises(), at_work.agent("Priya").state) == ([("done", "", 1)], "ready")
    archive = Archive(at_work.node.store, Keyring(at_work.settings.secret_keys))
    told = story(archive, call.sid, at_work.node.library.get)
    did = [scene.did for scene in told.scenes]
    assert {"an agent answered", "a call back was answered", "the talk is over"} <= set(did)
    (promise,) = told.call_backs
    assert (promise.number, promise.reason, promise.stands) == (CALLER, "A call about a bill.", "done")


def test_every_way_in_which_an_attempt_can_end_has_a_state_and_frees_the_agent(at_work):
    at_work.ready("Priya")
    for callee, then, promise, agent in WAYS:
        promised(at_work)
        leg = at_work.called_back(callee)
        assert leg.placed.called == PHONES["Priya"]
        if then is not None:
            assert (attempts(at_work)[-1].state, at_work.agent("Priya").state) != ("done", "ready")
            leg.act(then)
            at_work.round()
        assert (leg.over, at_work.promises()[0], at_work.agent("Priya").state) == (True, promise, agent)
        if promise[0] == "waiting":
            assert leg.heard[-1] == "The caller could not be reached." or then is not None
            at_work.node.store.call_backs.cancel(row(at_work).effect, "tests", time.time())


@ON_SQLITE
def test_who_is_not_reached_is_called_three_times_at_most_with_growing_pauses(at_work):
    at_work.ready("Priya")
    call = promised(at_work)
    for pause in (0, 600, 3600):
        at_work.clock += pause - 10 if pause else 0
        assert pause == 0 or at_work.called_back(Habit("takes")) is None, "not before the pause is over"
        at_work.clock += 10
        assert at_work.called_back(Habit("no_answer")) is not None
    at_work.clock += 90_000
    assert at_work.called_back(Habit("takes")) is None
    assert at_work.promises() == [("given_up", "no_answer", 3)]
    archive = Archive(at_work.node.store, Keyring(at_work.settings.secret_keys))
    (promise,) = story(archive, call.sid, at_work.node.library.get).call_backs
    assert promise.stands == "given up: nobody answered"
    assert attempts_told(promise) == ["nobody answered"] * 3


@ON_SQLITE
def test_nobody_overtakes_and_nobody_is_overtaken(at_work):
    at_work.ready("Priya")
    before = at_work.call("1", caller="+14155550124")
    between = promised(at_work)
    after = at_work.call("1", caller="+14155550125")
    order = []
    for _ in range(3):
        at_work.round()
        leg = at_work.offered("takes", callee=Habit("takes", talks=None))
        back = leg.heard[0].startswith("A call back")
        order += [between.sid] if back else [call.sid for call in (before, after) if call.awaiting.kind == "talk"]
        leg.act(HangUp() if back else AgentHangsUp())
    assert order == [before.sid, between.sid, after.sid]


def calls_out(at_work: Office) -> list:
    """Let the job process offer whatever it will, and list whom it rings for it."""
    at_work.round()
    for _ in range(3):
        at_work.clock = max(at_work.clock, time.time()) + 2.0
        at_work.queueing._offers.run(at_work.clock)
    return list(at_work.carrier.ledger.placed)


def test_whom_a_team_has_promised_two_calls_gets_one_at_the_earlier_place(at_work):
    at_work.ready("Priya", "Sam")
    older, newer = promised(at_work), promised(at_work)
    places = [ticket.joined_at for ticket in at_work.tickets]
    assert len(calls_out(at_work)) == 1
    assert at_work.promises() == [("queued", "", 0), ("given_up", "promised_anew", 0)]
    (again,) = attempts(at_work)
    assert (again.call, again.joined_at) == (newer.sid, min(places))
    archive = Archive(at_work.node.store, Keyring(at_work.settings.secret_keys))
    (promise,) = story(archive, older.sid, at_work.node.library.get).call_backs
    assert promise.stands == "given up: the same team has promised the caller another call since"


@ON_SQLITE
def test_a_promise_that_is_being_kept_keeps_the_next_of_its_number_waiting_and_a_talk_does_for_both(at_work):
    at_work.ready("Priya", "Sam")
    promised(at_work)
    at_work.round()
    promised(at_work)
    assert len(calls_out(at_work)) == 1
    assert at_work.promises() == [("waiting", "", 0), ("queued", "", 0)]
    leg = AgentCall(at_work.carrier, at_work.carrier.ledger.placed.pop(0), Habit("takes"))
    leg.callee = Habit("takes", talks=5)
    leg.advance()
    at_work.round()
    assert at_work.promises() == [("given_up", "talked", 0), ("done", "", 1)]
    assert calls_out(at_work) == []


def test_of_two_promises_of_one_number_two_nodes_begin_one(at_work):
    at_work.ready("Priya")
    store = at_work.node.store
    promised(at_work)
    promised(at_work)
    first, second = store.call_backs.open()
    stands = at_work.tickets[0]
    made = [
        replace(stands, id=bytes([n]) * 16, state="waiting", call_back=row.effect)
        for n, row in enumerate((first, second))
    ]
    with ThreadPoolExecutor() as nodes:
        began = list(
            nodes.map(lambda two: store.call_backs.queue(*two, time.time()), zip((first, second), made, strict=True))
        )
    assert sorted(began) == [False, True]
    queued = first if began[0] else second
    other = second if began[0] else first
    assert not store.call_backs.queue(other, made[1 - began.index(True)], time.time())
    assert store.call_backs.queue(other, made[1 - began.index(True)], time.time(), [queued.effect]), "of another number"


@ON_SQLITE
def test_who_has_talked_to_the_team_since_is_not_called_back_and_who_is_in_a_queue_is_not_called_now(at_work):
    at_work.ready("Priya")
    promised(at_work)
    call = at_work.call("1")
    at_work.round()
    assert at_work.promises() == [("waiting", "", 0)], "they wait on the phone"
    leg = at_work.offered("takes")
    at_work.clock += 120
    at_work.round()
    assert at_work.promises() == [("waiting", "", 0)], "they talk"
    leg.act(AgentHangsUp())
    assert call.over
    at_work.clock += 120
    assert at_work.called_back(Habit("takes")) is None
    assert at_work.promises() == [("given_up", "talked", 0)]


@ON_SQLITE
def test_an_agent_who_passes_is_not_asked_again_at_once_and_the_caller_hears_nothing(at_work):
    at_work.ready("Priya", "Sam")
    promised(at_work)
    assert at_work.called_back(None, "passes").placed.called == PHONES["Priya"]
    assert (at_work.promises(), attempts(at_work)[-1].state) == ([("queued", "", 0)], "waiting")
    assert at_work.called_back(Habit("takes", talks=5)).placed.called == PHONES["Sam"]
    assert at_work.promises() == [("done", "", 1)]


def test_it_is_called_in_the_callers_daytime_alone(tmp_path):
    with office(tmp_path, "", hotline(MAIN, CONFIG)) as at_work:
        at_work.ready("Priya")
        promised(at_work)
        there = datetime.fromtimestamp(time.time() + 86_400, ZoneInfo("America/Los_Angeles"))
        at_work.clock = there.replace(hour=3).timestamp()
        assert at_work.called_back(Habit("takes")) is None
        assert at_work.promises() == [("waiting", "", 0)]
        at_work.clock = there.replace(hour=11).timestamp()
        assert at_work.called_back(Habit("takes", talks=5)) is not None


@ON_SQLITE
def test_a_promise_can_be_cancelled_until_it_is_being_kept_and_ends_with_no_call_but_its_own(at_work):
    at_work.ready("Priya")
    store = at_work.node.store
    call = promised(at_work)
    leg = at_work.called_back(None, "answers")
    at_work.endings.end(call.sid, time.time())
    assert at_work.promises() == [("queued", "", 0)], "the first call has ended, its promise has not"
    assert store.call_backs.cancel(row(at_work).effect, "Ada", time.time())
    at_work.round()
    assert at_work.carrier.ledger.calls[leg.placed.sid].status == "completed", "a phone that rings is silenced"
    assert (at_work.promises(), at_work.agent("Priya").state) == ([("cancelled", "by Ada", 0)], "ready")
    assert not store.call_backs.cancel(row(at_work).effect, "Ada", time.time())
    promised(at_work)
    Callers(store, Keyring(at_work.settings.secret_keys)).keep(CALLER, Kept(lists=("no_calls",)))
    assert at_work.called_back(Habit("takes")) is None
    assert at_work.promises()[0] == ("given_up", "opted_out", 0)


@ON_SQLITE
def test_a_leg_that_ended_without_a_word_frees_its_agent_and_the_caller_is_called_later(at_work):
    at_work.ready("Priya")
    promised(at_work)
    leg = at_work.called_back(None)
    at_work.carrier.ledger.calls[leg.placed.sid].status = "completed"
    at_work.queueing._sweep.run(max(at_work.clock, time.time()) + 60)
    at_work.round()
    assert at_work.promises() == [("waiting", "agent_gone", 1)]
    assert at_work.agent("Priya").offer == ""


def test_a_team_without_a_queue_has_its_phones_called_in_turn(tmp_path):
    by_ring = CONFIG.replace("by: queue, patience: 3 min, skills: [gas]", 'ring: ["+15005550101", "+15005550102"]')
    main = "main:\n  call_back: care\n  failed: sorry\n  then: sorry\n\nsorry:\n  hang_up: Goodbye.\n"
    main += "\npeople:\n  transfer: care\n  failed: sorry\n"
    with office(tmp_path, "", hotline(main, by_ring + ALWAYS_DAY)) as at_work:
        call = at_work.call("1")
        at_work.endings.end(call.sid, time.time())
        at_work.done()
        assert at_work.called_back(None, "no_answer").placed.called == "+15005550101"
        assert at_work.called_back(Habit("takes", talks=5)).placed.called == "+15005550102"
        assert at_work.promises() == [("done", "", 1)]
        listed = CliRunner().invoke(ivr_words, ["call-backs", "list", "--all", "--json"], env=at_work.server.environ)
        (told,) = [json.loads(line) for line in listed.output.splitlines()]
        assert (told["number"], told["state"], told["tries"]) == (CALLER, "done", 1)
        second = at_work.call("1")
        at_work.endings.end(second.sid, time.time())
        at_work.done()
        for promise, said in ((row(at_work).effect.hex()[:8], "cancelled"), ("zz", "no promise begins with zz")):
            asked = CliRunner().invoke(ivr_words, ["call-backs", "cancel", promise], env=at_work.server.environ)
            assert said in asked.output + str(asked.exception)
        assert "by " in at_work.promises()[0][1]
        shown = CliRunner().invoke(ivr_words, ["call-backs", "list"], env=at_work.server.environ)
        assert "nobody waits to be called back" in shown.output


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{countries: [XX]}", "unknown-country"),
        ("{pauses: [2 h, 10 min]}", "bad-time"),
        ("{tries: 9}", "bad-number"),
        ("{daytime: noon to midnight}", "bad-hours"),
        ("{survey: main.served}", "no-survey"),
        ("{survey: main.nowhere}", "unknown-step"),
    ],
)
def test_rules_that_cannot_be_kept_are_told_with_their_place(written, code):
    files = {"config.yaml": (CONFIG + f"call_backs: {written}\n").encode(), "menus/main.yaml": MAIN.encode()}
    found = [each for each in compile_hotline(files).problems if each.code == code]
    assert [each.path for each in found] == ["config.yaml"]
