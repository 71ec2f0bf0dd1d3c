import dataclasses

import pytest
from engine.aurora import DA, DANISH, EN, ENGLISH, Phone, text, tree

from ivr.engine import memo
from ivr.engine.tree import Choice, HangUp, Menu, Set, Words

KA = "ka-GE"
EXITS = {"silence": "hang_up", "wrong": "hang_up"}


def spoken(kind: str, value: str, language: str = EN, **more) -> str:
    """What a hotline says that sets `x` to a value and speaks it."""
    first = Set(id="main.set", values={"x": (value,), "language": (language,)}, next="main.say")
    phone = Phone(tree(first, HangUp(id="main.say", farewell=text("{x}", "{x}")), types={"x": kind}, **more))
    return " ".join(phone.heard)


@pytest.mark.parametrize(
    ("kind", "value", "heard"),
    [
        ("digits", "0123", "0 1 2 3"),
        ("reference", "C10427-3", "C 1 0 4 2 7 3"),
        ("phone", "+4512", "plus 4 5 1 2"),
        ("phone", "sip:bo@example.org", "bo"),
        ("phone", "anna", "anna"),
        ("number", "12", "12"),
        ("number", "1.5", "1.5"),
        ("amount", "12", "12"),
        ("amount", "12.5", "12.50"),
        ("date", "2026-11-04", "November 4, 2026"),
        ("month", "2026-11", "November 2026"),
        ("yes_no", "yes", "yes"),
        ("yes_no", "no", "no"),
        ("text", "a word", "a word"),
        ("choice", "other", "other"),
        ("choice", "bill", "a bill"),
        ("recording", "RE1", "recorded"),
        ("recording", "", ""),
    ],
)
def test_each_type_of_value_is_spoken_its_own_way(kind, value, heard):
    assert spoken(kind, value, labels={"x": {"bill": text("a bill", "en regning")}}) == heard


def test_values_are_spoken_in_the_calls_language():
    labels = {"x": {"bill": text("a bill", "en regning"), "visit": text("a visit"), "odd": Words({KA: ("x",)})}}
    assert spoken("choice", "bill", DA, labels=labels) == "en regning"
    assert spoken("choice", "visit", DA, labels=labels) == "a visit"
    assert spoken("choice", "odd", DA, labels=labels) == "odd"
    assert spoken("amount", "12.5", DA) == "12,50"
    assert spoken("date", "2026-11-04", DA) == "4. November 2026"


def test_amounts_and_recordings_are_written_for_people():
    first = Set(id="main.set", values={"x": ("12.5",), "y": ("see {x}",)}, next="main.two")
    bill = Set(id="main.two", values={"sum": ("",)}, next="main.say")
    bill = dataclasses.replace(bill, values={"sum": text("Sum: {x}").texts[EN], "when": text("on {day}").texts[EN]})
    day = dataclasses.replace(first, values={"x": ("12.5",), "day": ("2026-11-04",)})
    phone = Phone(tree(day, bill, HangUp(id="main.say"), types={"x": "amount", "day": "date"}))
    assert phone.state.values["sum"] == "Sum: 12.50"
    assert phone.state.values["when"] == "on 2026-11-04"


def test_a_withheld_number_is_named_so():
    bye = HangUp(id="main.bye", farewell=text("Bye, {caller.number}."))
    assert Phone(tree(bye), number=None).heard == ["Bye, withheld."]
    other = HangUp(id="main.bye", farewell=text("Bye, {caller.number|stranger}."))
    assert Phone(tree(other), number=None).heard == ["Bye, stranger."]


def test_the_call_knows_its_line_and_language():
    bye = HangUp(id="main.bye", farewell=text("{call.line} {caller.language} {call.time}{case.number} {call.date}"))
    facts = {"call.time": "12:30", "call.date": "2026-11-24"}
    assert Phone(tree(bye), facts).heard == ["care en-US 12:30 November 24, 2026"]


def test_a_recording_is_played_in_its_language():
    bye = HangUp(id="main.bye", farewell=text("Bye.", "Farvel.", audio={DA: "ab"}))
    assert Phone(tree(bye)).heard == ["Bye."]
    danish = Set(id="main.set", values={"language": (DA,)}, next="main.bye")
    assert Phone(tree(danish, bye)).heard == ["<ab>"]


def test_a_language_without_a_voice_is_heard_by_its_recordings_and_else_in_the_source_language():
    bye = HangUp(id="main.bye", words=text("Bye."), farewell=Words({EN: ("So long.",), KA: ("x",)}, {KA: "cd"}))
    georgian = Set(id="main.set", values={"language": (KA,)}, next="main.menu")
    menu = Menu(
        id="main.menu",
        prompt=Words({EN: ("Menu.",), KA: ("x",)}),
        exits=EXITS,
        choices=(Choice("1", "main.bye", Words({EN: ("a bill",)}, {KA: "ef"})),),
    )
    phone = Phone(tree(georgian, menu, bye))
    assert phone.heard == ["Menu.", "For", "<ef>", "press 1."]
    assert phone.press("1").heard == ["Bye.", "<cd>"]


def test_a_text_in_no_language_of_ours_is_heard_as_it_is():
    bye = HangUp(id="main.bye", farewell=Words({KA: ("nakhvamdis",)}, language=KA))
    assert Phone(tree(bye)).heard == ["nakhvamdis"]


def test_the_key_may_come_before_the_recorded_label():
    first = ENGLISH | {"for": ("Press ", ENGLISH["for"][3], " for ", ENGLISH["for"][1], ".")}
    menu = Menu(
        id="main.menu", prompt=text("Menu."), exits=EXITS, choices=(Choice("1", "back", text("x", audio={EN: "ab"})),)
    )
    phone = Phone(tree(menu, phrases={EN: first, DA: DANISH}))
    assert phone.heard == ["Menu.", "Press 1 for", "<ab>"]


def test_menus_with_values_in_their_choices_are_never_remembered():
    menu = Menu(id="main.menu", prompt=text("Menu."), exits=EXITS, choices=(Choice("1", "again", text("{visits.x}")),))
    phone = Phone(tree(menu))
    assert phone.heard == ["Menu.", "For 0, press 1."]
    phone.state = dataclasses.replace(phone.state, visits={"x": 4})
    assert phone.press("1").heard == ["Menu.", "For 4, press 1."]


def test_remembered_menus_do_not_pile_up(monkeypatch):
    monkeypatch.setattr(memo, "_MOST", 1)
    menu = Menu(id="main.menu", prompt=text("Menu."), exits=EXITS, choices=(Choice("1", "again", text("this")),))
    for _ in range(3):
        assert Phone(tree(dataclasses.replace(menu))).heard == ["Menu.", "For this, press 1."]
    assert len(memo._made) == 1


def test_the_same_menu_in_another_tree_is_not_confused():
    menu = Menu(id="main.menu", prompt=text("Menu."), exits=EXITS, choices=(Choice("1", "again", text("this")),))
    assert Phone(tree(menu)).heard[1] == "For this, press 1."
    changed = ENGLISH | {"for": ("Key ", ENGLISH["for"][3])}
    assert Phone(tree(menu, phrases={EN: changed, DA: DANISH})).heard[1] == "Key 1"
