"""A submit whose caller has hung up is sent by the job process, once."""

import time
from ipaddress import ip_network

import pytest
from engine.aurora import tree
from inquiries.neighbour import next_door

from ivr.content import Content
from ivr.engine.effects import SubmitLater
from ivr.engine.state import CallState
from ivr.engine.tree import HangUp, Slot, Submit
from ivr.inquiries.submits import Submits, intent
from ivr.inquiries.web import Outside
from ivr.keys import Keyring
from ivr.question import Question
from ivr.worker.deeds import Deeds
from ivr.worker.recordings import Inbox
from ivr.worker.submitting import LateSubmits
from tests.worker.conftest import CALL, Sealing

LATER = SubmitLater("main.order", {"meter": "004711"}, asked=False)


@pytest.fixture
def neighbour():
    with next_door() as ours:
        yield ours


@pytest.fixture
def content(neighbour):
    order = Submit(
        id="main.order",
        url=(neighbour.url("/orders/"), Slot("meter")),
        sent={"meter": (Slot("meter"),), "authorization": (Slot("credential.crm"),)},
        gives={},
        exits={"failed": "main.bye"},
        next="main.bye",
    )
    return Content("aa" * 32, tree(order, HangUp(id="main.bye")), {}, {}, {}, {})


@pytest.fixture
def late(store, keyring, settings, content):
    submits = Submits(Outside({"crm": "s3cret"}, (ip_network("127.0.0.0/8"), ip_network("::1/128"))), store)
    return Deeds(store, keyring, Inbox(settings), LateSubmits(lambda _: content, submits))


def left(store, sealing: Sealing, wanted):
    sealing.turn(CALL, 1)
    sealing.turn(CALL, 2, wanted, kind="end")
    store.effects.release(time.time())
    (effect,) = store.effects.due(time.time(), kinds=("SubmitLater",))
    return effect


def test_it_is_sent_with_the_values_that_the_call_held(store, sealing, late, neighbour):
    effect = left(store, sealing, LATER)
    assert late.do(effect.record.id) == "sent"
    (request,) = neighbour.asked
    assert (request.method, request.path, request.body) == ("POST", "/orders/004711", b'{"meter": "004711"}')
    assert request.headers["authorization"] == "s3cret"
    assert store.effects.find(effect.record.id).state == "sent"


@pytest.mark.parametrize(("status", "state"), [(400, "failed"), (500, "unknown")])
def test_what_was_not_accepted_says_so(store, sealing, late, neighbour, status, state):
    neighbour.status = status
    effect = left(store, sealing, LATER)
    assert late.do(effect.record.id) == state
    found = store.effects.find(effect.record.id)
    assert (found.state, bool(found.reason)) == (state, True)


def test_what_was_begun_before_a_kill_is_never_sent_again(store, sealing, late, neighbour, content):
    effect = left(store, sealing, LATER)
    turn = store.turn(CALL, effect.turn)
    state = CallState("care", place="main.order")
    store.note(intent(Question(content, state, CALL, b"", turn.id, 0.0, {})))
    assert late.do(effect.record.id) == "unknown"
    assert neighbour.asked == []


def test_what_a_voice_worker_has_sent_is_not_sent_again(store, sealing, late, neighbour, content):
    effect = left(store, sealing, SubmitLater("main.order", {"meter": "004711"}, asked=True))
    turn = store.turn(CALL, effect.turn)
    state = CallState("care", place="main.order")
    store.note(intent(Question(content, state, CALL, b"", turn.parent, 0.0, {})))
    assert late.do(effect.record.id) == "unknown"
    assert neighbour.asked == []


def test_without_somebody_who_sends_it_waits(store, sealing, settings, keyring: Keyring):
    effect = left(store, sealing, LATER)
    assert Deeds(store, keyring, Inbox(settings)).do(effect.record.id) == "waiting"
