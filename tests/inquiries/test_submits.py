"""Submits against a real server and a real store: once, whatever is asked again."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
from engine.aurora import tree
from rig.stores import postgres, store, url

from ivr.content import Content
from ivr.engine.state import CallState
from ivr.engine.tree import Given, HangUp, Slot, Submit
from ivr.inquiries import submits
from ivr.inquiries.answer import Answer
from ivr.inquiries.desk import Desk
from ivr.inquiries.submits import Submits
from ivr.inquiries.web import AT_ONCE, Outside
from ivr.question import Question
from ivr.spool import Spool
from ivr.store import Store

__all__ = ["postgres", "store", "url"]

CALL = "CA" + "1" * 32
PARENT = bytes(range(16))


@pytest.fixture
def sender(store):
    return Submits(Outside({"crm": "s3cret"}, (ip_network("127.0.0.0/8"), ip_network("::1/128"))), store)


def order(neighbour, **more):
    fields = {
        "url": (neighbour.url("/orders"),),
        "sent": {
            "meter": (Slot("meter"),),
            "vip": (Slot("vip"),),
            "x_pin": (Slot("pin"),),
            "authorization": (Slot("credential.crm"),),
        },
        "gives": {"number": Given("digits", needed=False)},
        "timeout": 1.0,
    } | more
    return Submit(id="main.order", exits={"failed": "main.bye"}, next="main.bye", **fields)


def question(node, parent=PARENT, **more):
    hotline = tree(node, HangUp(id="main.bye"), secrets=frozenset({"pin"}))
    values = {"meter": "004711", "vip": True, "pin": "1234"}
    state = CallState("care", "en-US", place="main.order", phase="asking", values=values)
    return Question(Content("aa" * 32, hotline, {}, {}, {}, {}), state, CALL, b"answer", parent, 0.0, {}, **more)


def test_values_travel_in_the_body_with_a_name_that_every_repeat_has(neighbour, sender):
    neighbour.answer = {"number": "42"}
    assert sender.answer(question(order(neighbour))) == Answer("found", {"number": "42"})
    (request,) = neighbour.asked
    assert (request.method, request.path) == ("POST", "/orders")
    assert json.loads(request.body) == {"meter": "004711", "vip": True}
    assert request.headers["Idempotency-Key"] == f"{CALL}-{PARENT.hex()}"
    assert (request.headers["x-pin"], request.headers["authorization"]) == ("1234", "s3cret")


def test_the_intent_stands_before_anything_is_sent(neighbour, sender, store):
    neighbour.open.clear()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(sender.answer, question(order(neighbour)))
        while not neighbour.asked:
            time.sleep(0.01)
        (note,) = store.notes(CALL)
        neighbour.open.set()
        assert answer.result().outcome == "found"
    assert (note.kind, json.loads(note.body)) == ("submit", {"step": "main.order"})


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 429])
def test_a_system_that_says_no_has_refused(neighbour, sender, status):
    neighbour.status = status
    assert sender.answer(question(order(neighbour))) == Answer("refused")


@pytest.mark.parametrize(
    "how", [{"status": 500}, {"status": 503}, {"status": 302}, {"wait": 6.0}, {"drop": True}, {"answer": b"<p>"}]
)
def test_where_nobody_can_know_it_is_unsure(neighbour, sender, how):
    for name, value in how.items():
        setattr(neighbour, name, value)
    began = time.monotonic()
    assert sender.answer(question(order(neighbour))) == Answer("unsure")
    assert time.monotonic() - began < 5.5  # sooner than the neighbour answers
    assert len(neighbour.asked) == 1


@pytest.mark.parametrize("answer", [b"", {}, {"other": 1}])
def test_an_answer_without_what_the_menu_needs_is_unsure(neighbour, sender, answer):
    neighbour.answer = answer
    assert sender.answer(question(order(neighbour, gives={"number": Given("digits")}))) == Answer("unsure")


def test_an_empty_answer_is_fine_where_nothing_is_kept(neighbour, sender):
    neighbour.status, neighbour.answer = 204, b""
    assert sender.answer(question(order(neighbour, gives={}))) == Answer("found", {})


def test_what_cannot_be_sent_has_failed_for_certain(neighbour, store):
    assert Submits(Outside(), store).answer(question(order(neighbour))) == Answer("failed")
    assert neighbour.asked == []


def test_a_pretended_call_sends_nothing(neighbour, sender, store):
    assert sender.answer(question(order(neighbour), pretend={})) == Answer("failed")
    assert (neighbour.asked, store.notes(CALL)) == ([], [])


def test_a_repeat_after_a_kill_sends_nothing_and_is_unsure(neighbour, sender, store, monkeypatch):
    monkeypatch.setattr(submits, "SPARE", 0.2)
    store.intend(submits.intent(question(order(neighbour))))  # and then the worker was killed
    began = time.monotonic()
    assert sender.answer(question(order(neighbour))) == Answer("unsure")
    assert time.monotonic() - began > 1.0  # whoever was first had the time to answer
    assert neighbour.asked == []


def test_copies_that_come_together_send_once(neighbour, sender):
    neighbour.wait = 0.2
    node = order(neighbour)
    gate = threading.Barrier(8)

    def copy(_):
        gate.wait()
        return sender.answer(question(node)).outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(copy, range(8)))
    assert len(neighbour.asked) == 1
    assert outcomes == ["found", *["unsure"] * 7]


def test_a_worker_with_too_many_questions_does_not_send_and_no_copy_sends_instead(neighbour, store):
    crowded = Outside({"crm": "x"}, (ip_network("127.0.0.0/8"),))
    for _ in range(AT_ONCE):
        crowded.free.acquire()
    assert Submits(crowded, store).answer(question(order(neighbour))) == Answer("failed")
    free = Submits(Outside({"crm": "x"}, (ip_network("127.0.0.0/8"), ip_network("::1/128"))), store)
    assert free.answer(question(order(neighbour))) == Answer("unsure")
    assert neighbour.asked == []


def test_another_turn_of_the_same_call_sends_again(neighbour, sender):
    for parent in (PARENT, bytes(16)):
        assert sender.answer(question(order(neighbour), parent)).outcome == "found"
    assert len({request.headers["Idempotency-Key"] for request in neighbour.asked}) == 2


@pytest.fixture
def nodes(url, tmp_path):
    """Two nodes over one database, each with a disk of its own."""
    opened = []
    for name in ("one", "two"):
        spool = Spool(tmp_path / name, 1 << 18)
        opened.append(Store(url, tmp_path, budget=60, disk=spool))
    if not url:
        opened[0].upgrade()
    yield opened
    for node in opened:
        node.close()


def lose(*nodes):
    """Let nodes learn that their database is away."""
    for node in nodes:
        node._breaker.fail("a drill")


def over(store):
    return Submits(Outside({"crm": "x"}, (ip_network("127.0.0.0/8"), ip_network("::1/128"))), store)


def asked(store, question):
    """Ask as a call does."""
    return Desk({Submit: over(store)}).ask(question).outcome


def test_with_the_database_away_no_node_sends(neighbour, nodes):
    lose(*nodes)
    told = question(order(neighbour))
    assert [asked(node, told) for node in nodes] == ["failed", "failed"]
    assert neighbour.asked == []


def test_an_intent_that_the_database_does_not_take_in_time_is_not_kept_on_the_disk(neighbour, tmp_path):
    store = Store("postgresql://nobody@127.0.0.1:9/nothing", tmp_path, disk=Spool(tmp_path / "spool", 1 << 18))
    assert asked(store, question(order(neighbour))) == "failed"
    assert (neighbour.asked, store._disk.state().records) == ([], 0)
    store.close()


def test_an_intent_is_known_to_every_node_before_it_is_folded(neighbour, nodes):
    one, two = nodes
    assert asked(one, question(order(neighbour))) == "found"
    lose(one)  # its turn goes to its own disk
    assert asked(two, question(order(neighbour))) == "unsure"
    assert len(neighbour.asked) == 1


def test_a_repeat_that_loses_the_database_behind_the_intent_is_unsure(neighbour, nodes):
    one, two = nodes
    assert asked(one, question(order(neighbour))) == "found"
    intend = two.intend

    def and_then_away(note):
        new = intend(note)
        lose(two)
        return new

    two.intend = and_then_away
    assert asked(two, question(order(neighbour))) == "unsure"
    assert len(neighbour.asked) == 1
