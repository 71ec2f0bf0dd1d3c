"""Look-ups against a real server: whatever it does, the caller has an outcome within the step's time."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import ip_network

import pytest
from engine.aurora import tree

from ivr.content import Content
from ivr.engine.state import CallState
from ivr.engine.tree import Given, HangUp, Listing, LookUp, Slot
from ivr.inquiries.answer import Answer
from ivr.inquiries.breaker import FAILURES, PAUSE, Breaker
from ivr.inquiries.web import AT_ONCE, LookUps, Outside
from ivr.question import Question

INSIDE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
PLACES = Listing({"id": Given("digits"), "address": Given("text", size=20)}, most=2)
GIVES = {"name": Given("text"), "balance": Given("amount", needed=False)}
FAILED = Answer("failed")


def step_at(url, **more):
    fields = {"sent": {}, "gives": GIVES, "timeout": 1.0, "exits": {"failed": "main.bye"}} | more
    return LookUp(id="main.find", url=url if isinstance(url, tuple) else (url,), next="main.bye", **fields)


def asked(node, values=None, *, outside=None, **more):
    hotline = tree(node, HangUp(id="main.bye"), secrets=frozenset({"pin"}), types={"about": "choice"})
    content = Content("aa" * 32, hotline, {}, {}, {}, {})
    state = CallState(
        "care", "en-US", place="main.find", phase="asking", values=values or {}, facts={"caller.number": "+1"}
    )
    question = Question(content, state, "CA1", b"turn", b"parent", 0.0, {}, **more)
    outside = outside or Outside({"crm": "s3cret"}, INSIDE)
    return LookUps(outside).answer(question)


def test_the_fields_that_the_step_names_are_kept_and_no_others(neighbour):
    neighbour.answer = {"name": "Ann", "balance": 12.5, "pin": "1234", "more": {"deep": []}}
    assert asked(step_at(neighbour.url())) == Answer("found", {"name": "Ann", "balance": 12.5})


def test_a_field_may_be_missing_where_the_step_says_so(neighbour):
    neighbour.answer = {"name": "Ann"}
    assert asked(step_at(neighbour.url())).values == {"name": "Ann", "balance": None}


def test_values_travel_in_the_query_and_secrets_as_headers(neighbour):
    neighbour.answer = {"name": "Ann"}
    sent = {
        "account": (Slot("account"),),
        "about": ("about ", Slot("about")),
        "vip": (Slot("vip"),),
        "gone": (Slot("nobody"),),
        "x_pin": (Slot("pin"),),
        "authorization": ("Bearer ", Slot("credential.crm")),
    }
    values = {"account": "0042", "about": "bill", "vip": True, "pin": "1234"}
    asked(step_at((neighbour.url("/a/"), Slot("account"), "?line=1"), sent=sent), values)
    (request,) = neighbour.asked
    assert (request.method, request.path) == ("GET", "/a/0042?line=1&account=0042&about=about+bill&vip=true")
    assert request.headers["x-pin"] == "1234"
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.headers["Host"] == f"localhost:{neighbour.port}"
    assert "1234" not in request.path


@pytest.mark.parametrize(("value", "path"), [("a/../b?c=1#d", "/a/a%2F..%2Fb%3Fc%3D1%23d"), ("ø 1", "/a/%C3%B8%201")])
def test_a_value_in_the_address_cannot_lead_elsewhere(neighbour, value, path):
    neighbour.answer = {"name": "Ann"}
    asked(step_at((neighbour.url("/a/"), Slot("account"))), {"account": value})
    assert neighbour.asked[0].path == path


@pytest.mark.parametrize("value", [None, "", ".", ".."])
def test_a_value_that_would_leave_its_place_in_the_address_is_not_sent(neighbour, value):
    assert asked(step_at((neighbour.url("/a/"), Slot("account"))), {"account": value}) == FAILED
    assert neighbour.asked == []


@pytest.mark.parametrize("name", ["pin", "credential.crm"])
def test_a_secret_is_never_part_of_an_address(neighbour, name):
    assert asked(step_at((neighbour.url("/a/"), Slot(name))), {"pin": "1234"}) == FAILED
    assert neighbour.asked == []


@pytest.mark.parametrize("value", ["a\r\nX-Other: 1", "a\x00", "ø", ""])
def test_a_value_that_would_break_a_header_is_not_sent(neighbour, value):
    assert asked(step_at(neighbour.url(), sent={"x_pin": (Slot("pin"),)}), {"pin": value}) == FAILED
    assert neighbour.asked == []


def test_a_credential_that_the_environment_lacks_is_not_replaced_by_nothing(neighbour):
    assert asked(step_at(neighbour.url(), sent={"key": (Slot("credential.other"),)})) == FAILED
    assert neighbour.asked == []


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_nothing(neighbour, status):
    neighbour.status = status
    assert asked(step_at(neighbour.url())) == Answer("nothing")


@pytest.mark.parametrize("answer", [{}, [], None, b"", b" \n"])
def test_an_empty_answer_is_nothing(neighbour, answer):
    neighbour.answer = answer
    assert asked(step_at(neighbour.url())) == Answer("nothing")


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 502, 503])
def test_any_other_status_fails(neighbour, status):
    neighbour.status, neighbour.answer = status, {"name": "Ann"}
    assert asked(step_at(neighbour.url())) == FAILED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(neighbour, status):
    neighbour.status, neighbour.headers = status, {"Location": neighbour.url("/elsewhere")}
    assert asked(step_at(neighbour.url("/here"))) == FAILED
    assert [request.path for request in neighbour.asked] == ["/here"]


@pytest.mark.parametrize(
    "answer",
    [
        {"name": 5},
        {"name": ["Ann"]},
        {"name": None},
        {"balance": 5},
        {"name": "Ann", "balance": "12.50"},
        {"name": "Ann", "balance": True},
        "Ann",
        5,
        [1, 2],
        b"<html></html>",
        b'{"name": "Ann"',
        b'{"name": "Ann", "balance": NaN}',
        b'{"name": "\xff"}',
        b"[" * 30_000,
    ],
)
def test_an_answer_of_another_form_fails(neighbour, answer):
    neighbour.answer = answer
    assert asked(step_at(neighbour.url())) == FAILED


def test_a_huge_answer_is_not_read_to_its_end(neighbour):
    neighbour.answer = {"name": "Ann", "more": "x" * 5_000_000}
    assert asked(step_at(neighbour.url())) == FAILED


def test_an_answer_that_is_cut_off_fails(neighbour):
    neighbour.answer, neighbour.headers = {"name": "Ann"}, {"Content-Length": "500", "Connection": "close"}
    assert asked(step_at(neighbour.url())) == FAILED


def test_a_system_that_closes_after_reading_fails(neighbour):
    neighbour.drop = True
    assert asked(step_at(neighbour.url())) == FAILED


@pytest.mark.parametrize("how", [{"wait": 5.0}, {"drip": 1.0}])
def test_a_slow_system_costs_no_more_than_the_time_of_the_step(neighbour, how):
    for name, value in how.items():
        setattr(neighbour, name, value)
    neighbour.answer = {"name": "Ann"}
    began = time.monotonic()
    assert asked(step_at(neighbour.url(), timeout=0.5)) == FAILED
    assert time.monotonic() - began < 4.5  # sooner than the neighbour is through


def test_a_system_that_takes_no_connection_fails_at_once():
    assert asked(step_at("http://localhost:1/")) == FAILED


def test_without_leave_of_the_environment_this_machine_is_not_asked(neighbour):
    assert asked(step_at(neighbour.url()), outside=Outside()) == FAILED
    assert neighbour.asked == []


def test_a_list_keeps_its_first_items_with_the_fields_that_are_named(neighbour):
    item = {"id": "1", "address": "1 Main Street", "secret": "x"}
    neighbour.answer = {"places": [item, item | {"id": "2"}, item | {"id": "3"}]}
    gives = {"places.count": Given("number")}
    found = asked(step_at(neighbour.url(), gives=gives, lists={"places": PLACES}))
    assert found.values == {
        "places.count": 2,
        "places.1.id": "1",
        "places.1.address": "1 Main Street",
        "places.2.id": "2",
        "places.2.address": "1 Main Street",
    }


def test_an_answer_may_be_the_list_itself(neighbour):
    neighbour.answer = [{"id": "7", "address": "Harbour"}]
    found = asked(step_at(neighbour.url(), gives={}, lists={"places": PLACES}))
    assert (found.outcome, found.values["places.1.id"]) == ("found", "7")


@pytest.mark.parametrize(
    "answer", [{"places": []}, [], {"places": {}}, {"places": [5]}, {"places": [{"id": "1"}]}, {"a": 1}]
)
def test_a_list_without_items_is_nothing_and_one_of_another_form_fails(neighbour, answer):
    neighbour.answer = answer
    found = asked(step_at(neighbour.url(), gives={}, lists={"places": PLACES}))
    assert found == (Answer("nothing") if answer in ([], {"places": []}) else FAILED)


def test_a_list_that_may_be_empty_is_found_empty(neighbour):
    neighbour.answer = {"name": "Ann"}
    lists = {"places": replace(PLACES, needed=False)}
    found = asked(step_at(neighbour.url(), gives={"name": Given("text")}, lists=lists))
    assert found.values == {"name": "Ann", "places.count": 0}


def test_a_pretended_call_asks_nobody(neighbour):
    assert asked(step_at(neighbour.url()), pretend={}) == FAILED
    assert neighbour.asked == []


def test_a_system_that_keeps_failing_is_left_alone_and_tried_again_later(neighbour):
    clock = [0.0]
    outside = Outside({}, INSIDE, Breaker(lambda: clock[0]))
    neighbour.status = 500
    for _ in range(FAILURES + 3):
        assert asked(step_at(neighbour.url()), outside=outside) == FAILED
    assert len(neighbour.asked) == FAILURES
    clock[0], neighbour.status, neighbour.answer = PAUSE, 200, {"name": "Ann"}
    assert asked(step_at(neighbour.url()), outside=outside).outcome == "found"
    assert asked(step_at(neighbour.url()), outside=outside).outcome == "found"


def test_a_system_that_knows_nothing_has_not_failed(neighbour):
    outside = Outside({}, INSIDE)
    neighbour.status = 404
    for _ in range(FAILURES + 3):
        asked(step_at(neighbour.url()), outside=outside)
    assert len(neighbour.asked) == FAILURES + 3


def test_a_worker_has_four_questions_out_and_no_more(neighbour):
    neighbour.answer = {"name": "Ann"}
    neighbour.open.clear()
    outside = Outside({}, INSIDE)
    node = step_at(neighbour.url(), timeout=10.0)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        out = [pool.submit(asked, node, outside=outside) for _ in range(AT_ONCE)]
        until = time.monotonic() + 10
        while len(neighbour.asked) < AT_ONCE and time.monotonic() < until:
            time.sleep(0.01)
        assert asked(node, outside=outside) == FAILED
        neighbour.open.set()
        assert {each.result().outcome for each in out} == {"found"}
    assert len(neighbour.asked) == AT_ONCE
    assert asked(node, outside=outside).outcome == "found"
