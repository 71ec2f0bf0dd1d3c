"""The recorded trace of a RapidPro flow, against our menu of the same shape: what is asked of the caller, step by step.

Compared by meaning: the kind of thing that the caller is asked for. Steps 9 to 11, 14 and 15 are about things that our
call path has no counterpart of (a call that we place, an answering machine, a caller who fits no trigger).
"""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from ivr.engine.inputs import Called, Continued, Dialed, Pressed, Recorded, Silent
from ivr.engine.state import CallState
from ivr.engine.step import step
from ivr.engine.verbs import Continue, Hang, Listen, Ring, TakeMessage
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files

MENU = Path(__file__).resolve().parents[1] / "corpus" / "rapidpro"
CALLS = {"first": range(7), "second": range(8, 9), "third": range(12, 14)}  # steps of the trace, call by call
ENDINGS = {Hang: "goodbye", Ring: "ring", TakeMessage: "record"}


def asked_by_them(answer):
    """What their document asks for: its last verb before the way on."""
    verbs = [verb for verb in ET.fromstring(answer) if verb.tag not in {"Say", "Redirect"}]
    last = verbs[-1]
    if last.tag == "Gather":
        return "one key" if last.get("numDigits") == "1" else "a number"
    return {"Record": "record", "Dial": "ring", "Hangup": "goodbye"}[last.tag]


def asked_by_us(verbs):
    last = verbs[-1]
    if isinstance(last, Listen):
        return "one key" if last.digits == 1 else "a number"
    return ENDINGS[type(last)]


def heard(form, at):
    """Their request as our input."""
    fields = {name: values[0] for name, values in parse_qs(form).items()}
    if "Digits" in fields:
        return Pressed(at, fields["Digits"])
    if fields.get("wait_type") == "record":
        return Recorded(at, "", "", 0)
    if "DialCallStatus" in fields:
        return Dialed(at, fields["DialCallStatus"], bridged=True, seconds=40)
    return Silent(at)


def went_on(tree, state, given):
    """One input, and the turns that come by themselves."""
    turn = step(tree, state, given, {"team.friends.open": True})
    while isinstance(turn.verbs[-1], Continue):
        turn = step(tree, turn.state, Continued(given.at), {"team.friends.open": True})
    return turn


@pytest.mark.shared
@pytest.mark.parametrize("call", CALLS)
def test_our_menu_asks_what_theirs_asks(call, shared):
    trace = json.loads((shared / "corpus" / "rapidpro" / "mailroom_ivr_twilio_trace.json").read_text())
    tree = compile_hotline(read_files(MENU / "config.yaml", MENU / "menus", MENU / "recordings")).content.tree
    state = CallState(line="main")
    for place in CALLS[call]:
        given = heard(trace[place]["body"], place * 10.0)
        if not state.place:
            given = Called(given.at, "+16055741111", "+18005550110")
        turn = went_on(tree, state, given)
        assert asked_by_us(turn.verbs) == asked_by_them(trace[place]["response"]), trace[place]["label"]
        state = turn.state
