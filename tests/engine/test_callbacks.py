"""Promising a call back: the number is settled first, then the time, and nothing is promised that nobody can keep."""

from engine.aurora import CALLER, Phone, text, tree

from ivr.engine.effects import RequestCallBack
from ivr.engine.events import CallBackPromised, Ended, Left
from ivr.engine.services import CallBack
from ivr.engine.tree import HangUp, Team

BYE, FAILED = HangUp(id="main.bye", farewell=text("Goodbye.")), HangUp(id="main.failed")
DESK = {"desk": Team("desk", text("the desk"), zone="Europe/Copenhagen")}
NOW = {"team.desk.opens": "2026-11-24T10:00", "team.desk.moment.2026-11-24T10:00": 900.0}
LATER = {"team.desk.opens": "2026-11-27T08:00", "team.desk.moment.2026-11-27T08:00": 260_000.0}
ASK = {
    "team.desk.days": "2026-11-27 2026-11-30",
    "team.desk.hours.2026-11-30": "09:00-12:00 13:00-17:00",
    "team.desk.moment.2026-11-30T14:30": 520_000.0,
}


def played(facts, number=CALLER, **more):
    node = CallBack(
        id="main.call",
        prompt=text("Which number?"),
        exits={"failed": "main.failed"},
        next="main.bye",
        team="desk",
        **more,
    )
    return Phone(tree(node, BYE, FAILED, teams=DESK), facts, number)


def wanted(phone):
    return [one for one in phone.turn.effects if isinstance(one, RequestCallBack)]


def test_the_number_that_is_known_is_read_back_before_anything_is_promised():
    phone = played(NOW, words=text("All of us are busy."))
    assert phone.heard == ["All of us are busy.", "call back offer"]
    assert wanted(phone) == []
    phone.press("1")
    assert wanted(phone) == [RequestCallBack("desk", CALLER, "2026-11-24T10:00", 900.0, "Europe/Copenhagen", "en-US")]
    assert phone.noted(CallBackPromised) == [CallBackPromised("main.call", "desk", "2026-11-24T10:00")]
    assert phone.heard == ["call back soon", "Goodbye."]


def test_a_team_that_is_closed_calls_when_it_opens():
    phone = played(LATER).press("1")
    assert [one.first_at for one in wanted(phone)] == [260_000.0]
    assert phone.heard[0] == "call back promised"


def test_another_number_is_keyed_and_read_back_and_can_be_keyed_again():
    phone = played(NOW).press("2")
    assert phone.heard == ["Which number?"]
    assert phone.press("0045404040").heard == ["You keyed plus 4 5 4 0 4 0 4 0. Press 1 if right."]
    assert phone.press("2").heard == ["Which number?"]
    assert [one.number for one in wanted(phone.press("40404040#", "1"))] == ["40404040"]


def test_whoever_withholds_the_number_is_asked_for_one():
    phone = played(NOW, number=None)
    assert phone.heard == ["Which number?"]
    assert phone.press("123").heard == ["Sorry, that did not work.", "Which number?"]
    assert played(NOW, number="client:anna").heard == ["Which number?"]


def test_the_caller_chooses_a_day_and_a_time_within_the_hours():
    phone = played(ASK, when="ask").press("1")
    assert phone.heard == ["For day, press 1.", "For day, press 2."]
    assert phone.press("3").heard[0] == "Sorry, that did not work."
    assert phone.press("2").heard == ["call back time"]
    assert phone.press("2359").heard == ["call back closed", "call back time"]
    assert [(one.first, one.first_at) for one in wanted(phone.press("1430"))] == [("2026-11-30T14:30", 520_000.0)]


def test_nothing_is_promised_that_nobody_can_keep():
    never = played({})
    assert never.noted(Left) == [Left("main.call", "failed", "main.failed")]
    away = played(NOW | {"store.reached": False})
    assert away.noted(Left) == [Left("main.call", "failed", "main.failed")]
    quiet = played(NOW).silent(3)
    assert (quiet.noted(Left), wanted(quiet)) == ([Left("main.call", "failed", "main.failed")], [])
    wrong = played(NOW).press("7", "7", "7")
    assert wrong.noted(Left) == [Left("main.call", "failed", "main.failed")]
    gone = played(NOW).hangs_up()
    assert (gone.noted(Ended), wanted(gone)) == ([Ended("main.call", "left")], [])


def test_hash_alone_asks_again_and_star_leads_back():
    assert played(NOW).press("").heard == ["call back offer"]
    assert played(NOW).press("*").place == "main.call"
