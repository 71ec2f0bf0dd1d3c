"""Offices by postal code: told with today's hours, sent where a message reaches the caller."""

from engine.aurora import CALLER, Phone, text, tree

from ivr.engine.effects import SendMessage
from ivr.engine.events import Left
from ivr.engine.services import FindOffice
from ivr.engine.tree import Ask, HangUp, Office, PostalCodes, Slot

BYE, FAILED, NONE = HangUp(id="main.bye"), HangUp(id="main.failed"), HangUp(id="main.none")
OFFICES = {
    "north": Office("north", text("North", "Nord"), "1 Road", (PostalCodes("8000", "8999"),), "+15005550170"),
    "south": Office("south", text("South", "Syd"), "2 Road", (PostalCodes("1000", "1000"),)),
}
HOURS = {"office.north.hours": "09:00-12:00 13:00-24:00", "office.south.hours": ""}
WORDS = {"office": (*(part for name in ("name", "address", "hours") for part in (Slot(name), ". ")), Slot("phone"))}
SPANS = {"open_today": ("open ", Slot("hours")), "span": (Slot("from"), " to ", Slot("to")), "and": ("and",)}
CLOCK = {"clock": (Slot("hour"), ":", Slot("minute")), "closed_today": ("closed",)}


def played(*before, number=CALLER, **more):
    hotline = tree(
        *before,
        FindOffice(id="main.office", prompt=text("Code?"), next="main.bye", **({"exits": EXITS} | more)),
        BYE,
        FAILED,
        NONE,
        offices=OFFICES,
    )
    english = {**hotline.phrases["en-US"], **WORDS, **SPANS, **CLOCK}
    object.__setattr__(hotline, "phrases", {**hotline.phrases, "en-US": english})
    return Phone(hotline, HOURS, number)


EXITS = {"nothing": "main.none", "silence": "main.failed", "wrong": "main.failed"}


def test_the_office_of_a_code_is_told_and_sent():
    phone = played().press("8200")
    assert phone.heard[0] == "North. 1 Road. open 9:00 to 12:00 and 13:00 to 24:00. plus 1 5 0 0 5 5 5 0 1 7 0"
    assert phone.heard[1] == "office by sms"
    phone.press("1")
    told = "Aurora: North. 1 Road. open 9:00 to 12:00 and 13:00 to 24:00. +15005550170"
    assert phone.turn.effects == (SendMessage("sms", CALLER, told, "en-US"),)
    assert phone.heard == ["message sent"]


def test_whoever_stays_silent_after_it_goes_on_and_so_does_any_other_key():
    assert played().press("1000").silent().place == "main.bye"
    assert played().press("1000").press("2").turn.effects == ()


def test_a_number_that_no_message_reaches_is_offered_none():
    phone = played(number=None).press("1000")
    assert phone.heard == ["South. 2 Road. closed."]
    assert phone.press("1").turn.effects == ()


def test_a_code_of_nobody_leads_to_nothing_and_one_of_another_length_is_wrong():
    assert played().press("5000").noted(Left) == [Left("main.office", "nothing", "main.none")]
    assert played().press("80").heard == ["Sorry, that did not work.", "Code?"]
    assert played().press("80", "x", "81").noted(Left) == [Left("main.office", "wrong", "main.failed")]
    assert played().silent(3).noted(Left) == [Left("main.office", "silence", "main.failed")]


def test_a_code_that_was_asked_before_is_taken_as_it_is():
    asked = Ask(id="main.ask", prompt=text("Where?"), name="code", shortest=4, longest=4, exits={}, next="main.office")
    assert played(asked, by="code").press("8200").heard[0:2][-1].startswith("North")
    assert played(asked, by="code").press("5000").noted(Left) == [Left("main.office", "nothing", "main.none")]
