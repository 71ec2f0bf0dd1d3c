import ast
import dataclasses
import sys
from pathlib import Path

import pytest
from engine.aurora import CALLER, Phone, text, tree
from hypothesis import given as for_any
from hypothesis import strategies as st

import ivr.engine
from ivr.engine.events import Ended, Ignored, Left, LimitReached
from ivr.engine.inputs import Called, Continued, Dialed, HungUp, Pressed, Recorded, Silent
from ivr.engine.moment import Draft
from ivr.engine.state import CallState
from ivr.engine.step import step
from ivr.engine.tree import Ask, Choice, Decide, HangUp, Limits, Line, Menu, OpenCase, Record, Say, Transfer
from ivr.engine.verbs import Continue, Hang, Listen, Play, Ring, Speak, TakeMessage

EXITS = dict.fromkeys(("silence", "wrong", "closed", "busy", "nobody", "no_answer", "failed"), "main.bye")
BYE = HangUp(id="main.bye")
MENU = Menu(
    id="main.menu",
    prompt=text("Menu."),
    exits=EXITS,
    choices=tuple(Choice(str(n), f"main.{where}") for n, where in enumerate(("say", "ask", "record", "desk", "bye"))),
)
SAY = Say(id="main.say", text=text("News."), next="main.case")
CASE = OpenCase(id="main.case", kind="complaint", reference=text("{case.number}"), exits=EXITS, next="back")
ASK = Ask(id="main.ask", prompt=text("Digits?"), name="a", read_back=True, exits=EXITS, next="main.record")
RECORD = Record(id="main.record", prompt=text("Speak."), name="r", exits=EXITS, next="main.desk")
DESK = Transfer(id="main.desk", team="desk", words=text("Wait."), exits=EXITS, next="main.menu")
TREE = tree(MENU, SAY, CASE, ASK, RECORD, DESK, BYE)

INPUTS = [
    Called(1001.0, CALLER, "+18005550100"),
    Pressed(1001.0, "9"),
    Silent(1001.0),
    Continued(1001.0),
    Recorded(1001.0, "RE1", "https://carrier/RE1", 3),
    Dialed(1001.0, "busy", bridged=False),
    HungUp(1001.0),
]


def test_a_draft_has_the_fields_of_a_state_in_their_order():
    assert [each.name for each in dataclasses.fields(Draft)] == [each.name for each in dataclasses.fields(CallState)]


def test_what_is_known_of_the_caller_is_frozen_at_the_first_turn():
    hotline = tree(MENU, BYE, caller_facts=("caller.number", "caller.vip", "caller.name"))
    phone = Phone(hotline, {"caller.vip": True})
    assert phone.state.facts == {"caller.number": CALLER, "caller.vip": True}
    assert phone.turn.reads.items() >= {"caller.vip": True, "caller.name": None}.items()
    assert Phone(hotline, number=None).state.facts == {}


def test_a_line_without_languages_speaks_the_source_language():
    line = Line("care", "+1", "UTC", "main.bye", "main.bye", ())
    assert Phone(tree(BYE, lines={"care": line})).state.language == "en-US"


def test_the_entry_with_the_number_of_at_most_goes_elsewhere():
    node = dataclasses.replace(ASK, at_most=2, too_often="main.bye", read_back=False, next="main.menu")
    phone = Phone(tree(MENU, node, BYE)).press("1", "12", "1")
    assert phone.noted(Left) == [Left("main.ask", "too_often", "main.bye")]
    assert phone.state.visits == {"main.ask": 2}


def test_visits_can_be_asked_for():
    again = Decide(id="main.again", branches=(), next="main.menu")
    menu = dataclasses.replace(MENU, prompt=text("Visit {visits.main.again}."), choices=(Choice("1", "main.again"),))
    phone = Phone(tree(menu, again, counted=frozenset({"main.again"}))).press("1", "1")
    assert phone.heard == ["Visit 2."]


def test_a_call_that_lasts_too_long_is_ended():
    phone = Phone(tree(MENU, SAY, BYE, limits=Limits(call=60)))
    phone.at += 60
    phone.press("9")
    assert phone.heard == ["This call has lasted too long."]
    assert phone.turn.events == (LimitReached("call"), Ended("main.menu", "limit"))
    assert phone.last == Hang()


def test_a_call_of_too_many_steps_is_ended():
    phone = Phone(tree(MENU, BYE, limits=Limits(steps=3))).press("#", "#")
    assert not phone.state.ended
    assert phone.press("#").noted(LimitReached) == [LimitReached("steps")]
    assert phone.heard == ["Too many steps."]


def test_a_menu_that_goes_round_for_ever_is_left():
    one = Decide(id="main.one", branches=(), next="main.two")
    two = Decide(id="main.two", branches=(), next="main.one")
    phone = Phone(tree(one, two))
    assert phone.noted(LimitReached) == [LimitReached("steps")]
    assert phone.last == Hang()


@pytest.mark.parametrize("given", INPUTS, ids=lambda given: type(given).__name__)
def test_after_its_end_a_call_moves_no_more(given):
    phone = Phone(tree(BYE))
    before = phone.state
    phone.give(given)
    assert phone.state is before
    assert phone.turn.verbs == (() if isinstance(given, HungUp) else (Hang(),))
    assert phone.turn.events == (Ignored("main.bye", type(given).__name__),)


@pytest.mark.parametrize("given", INPUTS[1:], ids=lambda given: type(given).__name__)
def test_before_its_beginning_a_call_only_begins(given):
    turn = step(TREE, CallState("care"), given, {})
    assert turn.events == (Ignored("", type(given).__name__),)


@pytest.mark.parametrize("given", INPUTS, ids=lambda given: type(given).__name__)
@pytest.mark.parametrize("keys", ["", "0", "1", "2", "3"])
def test_every_input_everywhere_gives_a_document_that_ends_well_and_the_same_again(keys, given):
    facts = {"number.complaint": "C1"}
    phone = Phone(TREE, facts).press(*keys)
    state, heard = phone.state, phone.heard
    phone.give(given)
    assert step(TREE, state, given, facts) == phone.turn
    if isinstance(given, HungUp):
        assert phone.turn.verbs == ()
        assert phone.state.ended
    else:
        assert isinstance(phone.last, Listen | TakeMessage | Continue | Ring | Hang)
    if phone.noted(Ignored):
        assert phone.state is state
        assert phone.heard == [each for each in heard if each != "Wait."]


@for_any(st.lists(st.sampled_from(INPUTS + [Pressed(1001.0, str(key)) for key in range(6)]), max_size=40))
def test_any_call_is_at_every_turn_in_a_document_that_ends_well(inputs):
    phone = Phone(TREE, {"number.complaint": "C1"})
    for each in inputs:
        before = phone.state
        phone.give(each)
        assert step(TREE, before, each, phone.facts) == phone.turn
        assert phone.turn.verbs or isinstance(each, HungUp)
        assert all(isinstance(verb, Speak | Play) for verb in phone.turn.verbs[:-1])
        assert not phone.turn.verbs or isinstance(phone.last, Listen | TakeMessage | Continue | Ring | Hang)
        assert phone.state.turns == before.turns + (not phone.noted(Ignored))
        assert len(phone.noted(Ended)) == (phone.state.ended and not before.ended)


def test_the_engine_touches_nothing():
    allowed = {
        "__future__",
        "collections",
        "dataclasses",
        "datetime",
        "difflib",
        "functools",
        "hashlib",  # a pure function of bytes
        "operator",
        "re",
        "typing",
        "zlib",  # likewise
    }
    for path in Path(ivr.engine.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.startswith("ivr.engine") or name.split(".")[0] in allowed | {"rule_engine"}, path
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"now", "today", "utcnow"} or ast.unparse(node.value) in {"moment", "self"}, (
                    path
                )
    assert allowed <= sys.stdlib_module_names
