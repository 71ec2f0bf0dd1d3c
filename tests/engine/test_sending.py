"""Messages: written in the reader's language, kept for the outbox, also where the caller has hung up."""

from engine.aurora import CALLER, Phone, text, tree

from ivr.engine.effects import SendMessage
from ivr.engine.events import CaseOpened, Ended, Left, MessageOrdered
from ivr.engine.inputs import Recorded
from ivr.engine.services import Send
from ivr.engine.tree import Choice, HangUp, Menu, OpenCase, Record, Slot

BYE = HangUp(id="main.bye", farewell=text("Goodbye."))
FAILED = HangUp(id="main.failed")
EXITS = {"failed": "main.failed"}
ME = (Slot("caller.number"),)


def message(**more):
    given = {"text": text("We are at Harbour Street.", "Vi bor i Havnegade."), "by": "sms", "to": ME} | more
    return Send(id="main.send", exits=EXITS, next="main.bye", **given)


def played(*steps, number=CALLER, **more):
    return Phone(tree(*steps, BYE, FAILED, **more), number=number)


def test_a_message_goes_to_the_caller_and_the_call_goes_on():
    phone = played(message())
    assert phone.turn.effects == (SendMessage("sms", CALLER, "We are at Harbour Street.", "en-US"),)
    assert phone.noted(MessageOrdered) == [MessageOrdered("main.send", "sms")]
    assert phone.heard == ["Goodbye."]


def test_a_message_is_written_in_the_language_of_the_call():
    danish = Menu(
        id="main.menu",
        prompt=text("Menu."),
        exits={},
        choices=(Choice("1", "main.send", text("dansk"), language="da-DK"),),
    )
    phone = played(danish, message()).press("1")
    assert [(one.text, one.language) for one in phone.turn.effects] == [("Vi bor i Havnegade.", "da-DK")]


def test_what_a_colleague_reads_is_in_the_source_language_and_says_whose_it_is():
    node = message(by="email", to=("desk@example.org",), team="desk", text=text("From {caller.number}."))
    phone = played(node)
    assert phone.turn.effects == (SendMessage("email", "desk@example.org", f"From {CALLER}.", "en-US", team="desk"),)


def test_a_withheld_number_and_an_address_of_a_browser_cannot_be_written_to():
    for number in (None, "client:anna"):
        phone = played(message(), number=number)
        assert phone.turn.effects == ()
        assert phone.noted(Left) == [Left("main.send", "failed", "main.failed")]


def test_a_recording_goes_along_and_the_message_is_sent_after_a_hang_up():
    speak = Record(id="main.speak", prompt=text("Speak."), exits={}, name="words", next="main.send")
    phone = played(
        speak, message(by="email", to=("a@example.org",), attach=("words", "never")), types={"words": "recording"}
    )
    phone.hangs_up(Recorded(phone.at, "RE7", "https://carrier/RE7", 4))
    (_, sent) = phone.turn.effects
    assert sent.attach == ("RE7",)
    assert phone.turn.verbs == ()
    assert phone.noted(Ended) == [Ended("main.send", "left")]


def test_a_case_is_confirmed_by_the_ways_that_reach_the_caller():
    case = OpenCase(
        id="main.case", kind="complaint", reference=None, exits=EXITS, next="main.send", confirm=("sms", "email")
    )
    facts = {"number.complaint": "C104273"}
    phone = Phone(tree(case, message(), BYE, FAILED), facts)
    (_, confirmed, sent) = phone.turn.effects
    assert (confirmed.by, confirmed.to, confirmed.case) == ("sms", CALLER, "C104273")
    assert confirmed.text == "confirmation"
    assert sent.case == "C104273"
    withheld = Phone(tree(case, BYE, FAILED, message()), facts, number=None)
    assert withheld.noted(CaseOpened)
    assert [type(one).__name__ for one in withheld.turn.effects] == ["CreateCase"]
