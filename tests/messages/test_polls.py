"""A survey in writing: asked once, one question after the other, and what fits is an answer."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from waiting_hotline import CONFIG, MAIN, hotline, office

from ivr.keys import Keyring
from ivr.messages import indexes_of, opened
from ivr.messages.incoming import Incoming
from ivr.privacy import NotReadable
from ivr.simulator.acts import Agent as Habit
from ivr.worker.call_backs import CallBackRound

CALLER = "+14155550123"
SURVEY = """\
  after: opinion

opinion:
  survey: [resolved, representative, {ask: Where from?, as: source, answers: {1: a friend, 2: the paper}}]
  by_sms: yes
  failed: sorry
  then: sorry
"""


@pytest.fixture
def at_work(tmp_path):
    with office(tmp_path, "", hotline(MAIN.replace("  after: served\n", SURVEY, 1), CONFIG)) as made:
        yield made
        made.end()


def test_who_hangs_up_after_the_talk_is_asked_by_sms_and_the_answers_count(at_work):
    store, keyring = at_work.node.store, Keyring(at_work.settings.secret_keys)
    at_work.ready("Priya")
    call = at_work.call("1")
    at_work.offered(talks=None)
    call.hang_up()
    at_work.endings.end(call.sid, time.time())
    at_work.done()
    at_work.done()

    def written() -> list[str]:
        pieces = [opened(each, store, keyring) for each in store.messages.of_call(call.sid)]
        return [piece.said.body for piece in pieces if piece.said and piece.said.address == CALLER]

    def says(once: str, body: str) -> str:
        came = Incoming(channel="sms", once=once, address=CALLER, ours="+18005550100", body=body, opens=False)
        return at_work.node.mailroom.receive(came).reply

    assert written() == ["Aurora Energy: Did we solve what you called about? Answer 1 for yes, 2 for no."]
    assert says("SM1", "what is this?") == ""
    for _ in range(2):  # the carrier may say everything twice
        assert says("SM2", "Yes.") == ""
        assert len(written()) == 2
    assert says("SM3", "7") == ""
    assert says("SM4", "5") == ""
    assert written()[-1] == "Aurora Energy: Where from? (1: a friend, 2: the paper)"
    assert says("SM5", "2") == "Thank you for your answers."
    found = store.answers.of_call(call.sid)
    assert [(one.question, one.kind, one.value) for one in found] == [
        ("resolved", "yes_no", "yes"),
        ("representative", "number", "5"),
        ("source", "choice", "2"),
    ]
    assert {one.person for one in found} == {at_work.agent("Priya").person}


def test_the_answers_to_one_survey_do_not_answer_the_next(at_work):
    room, store, keyring = at_work.node.mailroom, at_work.node.store, Keyring(at_work.settings.secret_keys)
    texts = [
        Incoming(channel="sms", once=f"SM{place}", address=CALLER, ours="+18005550100", body=body)
        for place, body in enumerate(("2", "5", "1"))
    ]
    at_work.ready("Priya")
    for _ in range(2):
        call = at_work.call("1")
        at_work.offered(talks=None)
        call.hang_up()
        at_work.endings.end(call.sid, time.time())
        at_work.done()
        at_work.done()
        for text in texts:  # the carrier's list is read again and again
            room.receive(text)
    latest, first = store.polls.of(indexes_of(keyring, CALLER), 0.0)
    assert (first.question, latest.question, latest.call) == (0, 1, call.sid)
    assert store.answers.of_call(call.sid) == []
    assert store.cases.latest(9) == []


def test_who_was_called_back_is_asked_by_sms_after_the_talk(tmp_path):
    config = CONFIG + 'call_backs: {daytime: "24/7", survey: main.opinion}\n'
    with office(tmp_path, "", hotline(MAIN.replace("  after: served\n", SURVEY, 1), config)) as made:
        store, keyring = made.node.store, Keyring(made.settings.secret_keys)
        made.ready("Priya")
        call = made.call("1")
        call.press("3")
        call.press("1")
        made.endings.end(call.sid, time.time())
        made.done()
        made.called_back(Habit("takes", talks=30))
        assert made.promises() == [("done", "", 1)]
        made.done()
        asked = [one.said for each in store.messages.of_call(call.sid) if (one := opened(each, store, keyring))]
        assert [said.address for said in asked if said] == [CALLER]
        came = Incoming(channel="sms", once="SM1", address=CALLER, ours="+18005550100", body="yes", opens=False)
        made.node.mailroom.receive(came)
        (answer,) = store.answers.of_call(call.sid)
        assert (answer.step, answer.value, answer.person) == ("main.opinion", "yes", made.agent("Priya").person)
        made.end()


def cannot(*_):
    raise NotReadable


def test_a_survey_that_cannot_be_asked_keeps_no_promise_open(tmp_path):
    config = CONFIG + 'call_backs: {daytime: "24/7", survey: main.opinion}\n'
    with office(tmp_path, "", hotline(MAIN.replace("  after: served\n", SURVEY, 1), config)) as made:
        made.ready("Priya")
        call = made.call("1")
        call.press("3")
        call.press("1")
        made.endings.end(call.sid, time.time())
        made.done()
        kept = next(part for part in made.queueing._more if isinstance(part, CallBackRound))
        kept._keeping = replace(kept._keeping, ask=cannot)  # the key of its call is held no more
        made.called_back(Habit("takes", talks=30))
        assert made.promises() == [("done", "", 1)]
        assert made.node.store.messages.of_call(call.sid) == []
        made.end()
