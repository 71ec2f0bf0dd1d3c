import dataclasses

import pytest
from engine.aurora import EN, Phone, template, text, tree

from ivr.engine.state import CallState
from ivr.engine.tree import Choice, Menu, Team, Transfer, Words
from ivr.engine.verbs import Hang, Listen, Speak
from ivr.engine.whisper import take, whisper

EXITS = dict.fromkeys(("silence", "wrong", "closed", "busy", "nobody", "no_answer"), "hang_up")
MENU = Menu(
    id="main.menu",
    prompt=text("Menu."),
    exits=EXITS,
    name="about",
    choices=(Choice("1", "main.desk", text("a bill"), value="bill"),),
)
DESK = Transfer(id="main.desk", team="desk", exits=EXITS, summary=template("Complaint about {about}."))
LABELS = {"about": {"bill": text("a bill")}}
TREE = tree(MENU, DESK, labels=LABELS, types={"about": "choice"})
STATE = Phone(TREE).press("1").state


def spoken(verbs) -> str:
    return verbs[0].text


def test_the_whisper_says_team_and_waiting_time_and_no_more():
    (verb,) = whisper(TREE, STATE, 25.4)
    assert verb == Listen((Speak("A call for the front desk, waiting for 25 seconds.", EN, "Joanna"),), 1, "", 5.0)


@pytest.mark.parametrize(
    ("waited", "heard"),
    [(1, "one second"), (-3, "0 seconds"), (60, "one minute"), (150, "2 minutes"), (59.7, "one minute")],
)
def test_waiting_is_told_in_seconds_then_in_minutes(waited, heard):
    (verb,) = whisper(TREE, STATE, waited)
    assert heard in verb.prompts[0].text


def test_key_1_takes_the_call_and_hears_why():
    assert take(TREE, STATE, "1") == (Speak("Complaint about a bill.", EN, "Joanna"),)


@pytest.mark.parametrize("keys", ["", "2", "11", "*"])
def test_any_other_key_passes(keys):
    assert take(TREE, STATE, keys) == (Hang(),)


def test_a_long_summary_is_cut_at_a_word():
    long = dataclasses.replace(DESK, summary=template("word " * 50))
    assert spoken(take(tree(MENU, long), STATE, "1")) == " ".join(["word"] * 22)  # eight seconds at 165 a minute


def test_a_call_without_a_summary_is_never_joined_in_silence():
    bare = dataclasses.replace(DESK, summary=template("{nothing|}"))
    assert spoken(take(tree(MENU, bare), STATE, "1")) == "You are being connected."


def test_a_secret_is_in_no_summary():
    secret = dataclasses.replace(TREE, secrets=frozenset({"about"}))
    assert spoken(take(secret, STATE, "1")) == "Complaint about ."


def test_outside_a_transfer_nobody_is_whispered_to():
    nowhere = CallState("care", place="main.menu")
    assert whisper(TREE, nowhere, 3) == (Hang(),)
    assert take(TREE, nowhere, "1") == (Hang(),)


def test_a_teams_name_in_another_language_only_gives_way_to_its_id():
    named = dataclasses.replace(TREE, teams={"desk": Team("desk", Words({}, {EN: "ab"}))})
    (verb,) = whisper(named, STATE, 3)
    assert "desk" in verb.prompts[0].text
