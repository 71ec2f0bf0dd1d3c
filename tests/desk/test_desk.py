"""The desk: cards, what an agent sees and does, and what stays of it in the record; on both databases."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from desk_hotline import CALLER, OTHER, PHONES, SECRET, complain, desk_of, id_of, rung, staff
from rig.people import client_of, let_in

from console.streams import SCREENS, Streams
from ivr import tickets as words
from ivr.archive.calls import Archive
from ivr.callers import Callers, Kept
from ivr.card import Card, seal
from ivr.cases.work import Asked, Work
from ivr.commands.story import command as story_command
from ivr.desk.acts import LATELY
from ivr.desk.card import open_card
from ivr.desk.view import view_of
from ivr.desk.watch import Watch
from ivr.desk.writing import shown_as
from ivr.keys import Keyring
from ivr.messages import SMS
from ivr.messages.incoming import Incoming
from ivr.simulator.acts import AgentHangsUp, Keys
from ivr.store.agents import PAGE_CLOSED, PAGE_GONE
from ivr.tickets import NOT_READY

# what no database does in its own way
ON_ONE = pytest.mark.parametrize("office_server", ["sqlite"], indirect=True)


def card_of(at_work, call):
    archive = Archive(at_work.node.store, Keyring(at_work.settings.secret_keys))
    return open_card(archive, at_work.node.library.get, call, time.time())


def post(client, path, **body):
    return client.post(path, json=body)


def test_the_card_says_who_why_since_when_and_what_was_promised_and_no_secret(at_work):
    staff(at_work, "Priya Nair")
    Callers(at_work.node.store, Keyring(at_work.settings.secret_keys)).keep(CALLER, Kept(name="Dana Whitfield"))
    first = complain(at_work)
    first.hang_up()
    call = complain(at_work)
    card = card_of(at_work, call.sid)
    assert (card.who, card.seen.caller, card.language, card.team) == ("Dana Whitfield", CALLER, "en-US", "bills")
    assert [(step.key, step.words) for step in card.path] == [("1", "a complaint")]
    assert card.summary == "Complaint about a bill. Account 40227195."
    assert [(one.name, one.value) for one in card.given] == [("account", "40227195")]
    assert [one.seconds for one in card.recordings] == [7]
    assert card.calls_this_week == 2
    assert [one.seen.call for one in card.earlier] == [first.sid]
    assert card.promised[0].startswith("reference C")
    assert card.asked_at == at_work.tickets[-1].joined_at
    assert SECRET not in repr(card)


@ON_ONE
def test_the_card_tells_of_a_case_that_a_text_of_the_caller_opened(at_work):
    staff(at_work, "Priya Nair")
    texted = Incoming(channel=SMS, once="SM1", address=CALLER, ours="+18005550100", body="The meter is wrong")
    number = at_work.node.mailroom.receive(texted).case
    call = complain(at_work)
    assert [one.case.number for one in card_of(at_work, call.sid).open_cases] == [number]


@ON_ONE
def test_the_card_of_a_call_that_rings_a_team_is_the_same(at_work):
    call = at_work.call("3", caller=CALLER)
    card = card_of(at_work, call.sid)
    assert (card.team, card.summary) == ("the shop", "Something about the shop.")
    assert card.asked_at > 0
    call.agent("takes", talks=5.0)
    assert card_of(at_work, call.sid).summary == "Something about the shop."


@ON_ONE
def test_whom_a_team_rings_in_the_browser_opens_the_call_by_the_card_that_came_along(at_work):
    staff(at_work, "Priya Nair")
    call = at_work.call("3", caller=CALLER)
    priya, key = desk_of(at_work, "Priya Nair"), Keyring(at_work.settings.secret_keys).first
    sealed = seal(Card(call.sid, "shop", time.time(), "en-US"), key)
    other = seal(Card("CA" + "0" * 32, "shop", time.time(), "en-US"), key)
    old = seal(Card(call.sid, "shop", time.time() - 2 * LATELY, "en-US"), key)
    for wrong in ("", other, old, sealed[:-2], "nonsense"):
        assert priya.get(f"/desk/calls/{call.sid}?card={wrong}").status_code == 404
    assert "Something about the shop." in priya.get(f"/desk/calls/{call.sid}?card={sealed}").text
    path = f"/desk/calls/{call.sid}/wrap-up"
    assert post(priya, path, notes="x").status_code == 404
    assert post(priya, f"{path}?card={sealed}", notes="x", outcome="solved", done=True).json["rev"] == 1


@ON_ONE
def test_an_agent_sees_the_callers_of_their_own_teams_alone(at_work):
    staff(at_work, "Gus Brandt", "Priya Nair")
    complain(at_work)
    scene = Watch(at_work.node.store).look()
    assert [ticket.team for ticket in view_of(scene, id_of(at_work, "Priya Nair"), ()).waiting] == ["bills"]
    assert view_of(scene, id_of(at_work, "Gus Brandt"), ()).waiting == ()
    assert rung(at_work, "answers").placed.called == PHONES["Priya Nair"]
    scene = Watch(at_work.node.store).look()
    assert view_of(scene, id_of(at_work, "Gus Brandt"), ()).held is None
    assert view_of(scene, id_of(at_work, "Priya Nair"), ()).held.rings


def test_who_passes_on_the_page_is_free_their_phone_is_silent_and_it_does_not_ring_them_again(at_work):
    staff(at_work, "Priya Nair", "Sam Okoro")
    complain(at_work)
    priya, sam = desk_of(at_work, "Priya Nair"), desk_of(at_work, "Sam Okoro")
    leg = rung(at_work, "answers")
    offer = post(priya, "/desk/here").json["desk"]["ring"]
    assert post(sam, f"/desk/offers/{offer}/pass").status_code == 409, "it is not theirs"
    for _ in range(2):
        told = post(priya, f"/desk/offers/{offer}/pass")
        assert (told.status_code, told.json["desk"]["ring"], told.json["desk"]["me"]["state"]) == (200, "", "ready")
    assert at_work.carrier.ledger.calls[leg.placed.sid].status == "completed"
    assert priya.get(f"/desk/calls/{leg_call(at_work)}").status_code == 404, "who passed reads no card of it"
    assert [one.state for one in at_work.node.store.offers.of_call(leg_call(at_work))] == [words.PASSED]
    assert rung(at_work).placed.called == PHONES["Sam Okoro"]


def leg_call(at_work):
    return at_work.calls[0].sid


def test_who_takes_the_next_is_rung_with_who_has_waited_longest_and_nobody_else_is(at_work):
    staff(at_work, "Sam Okoro", "Priya Nair")
    first, second = complain(at_work), complain(at_work, OTHER)
    priya = desk_of(at_work, "Priya Nair")
    told = post(priya, "/desk/next")
    assert told.json["desk"]["me"]["state"] == "on_offer"
    assert post(priya, "/desk/next").status_code == 409, "twice is once"
    assert at_work.node.store.offers.running()[0].call == first.sid
    leg = rung(at_work)
    assert leg.placed.called == PHONES["Priya Nair"]
    assert first.awaiting.kind == "talk"
    assert rung(at_work).placed.called == PHONES["Sam Okoro"]
    assert second.awaiting.kind == "talk"


@ON_ONE
def test_who_takes_the_next_of_nobody_is_ready(at_work):
    staff(at_work, "Priya Nair")
    priya = desk_of(at_work, "Priya Nair")
    post(priya, "/desk/state", to="not_ready", reason="lunch")
    told = post(priya, "/desk/next").json
    assert told["words"].startswith("Nobody waits")
    assert told["desk"]["me"]["state"] == "ready"


def test_a_call_passed_before_the_phone_rings_does_not_ring(at_work):
    staff(at_work, "Priya Nair")
    complain(at_work)
    priya = desk_of(at_work, "Priya Nair")
    offer = post(priya, "/desk/next").json["desk"]["ring"]
    post(priya, f"/desk/offers/{offer}/pass")
    assert at_work.offered() is None
    assert (at_work.states, at_work.agent("Priya Nair").state) == (["waiting"], "ready")


def test_who_says_where_they_are_is_not_offered_calls_and_a_repeat_changes_nothing(at_work):
    staff(at_work, "Priya Nair")
    priya = desk_of(at_work, "Priya Nair")
    told = post(priya, "/desk/state", to="not_ready", reason="lunch").json["desk"]["me"]
    assert (told["state"], told["reason"]) == ("not_ready", "lunch")
    post(priya, "/desk/state", to="ready")
    since = at_work.agent("Priya Nair").since
    post(priya, "/desk/state", to="ready")
    assert at_work.agent("Priya Nair").since == since, "who is ready keeps their place among the ready"
    assert post(priya, "/desk/state", to="talking").status_code == 409
    at_work.refresh()
    complain(at_work)
    rung(at_work, "answers")
    refused = post(priya, "/desk/state", to="not_ready")
    assert (refused.status_code, refused.json["desk"]["me"]["state"]) == (409, "on_offer")


def test_whose_page_is_gone_is_away_after_a_while_and_who_works_without_one_is_not(at_work):
    staff(at_work, "Priya Nair", "Sam Okoro")
    post(desk_of(at_work, "Priya Nair"), "/desk/here")
    store, now = at_work.node.store, time.time()
    assert store.agents.left_alone(now + PAGE_GONE - 1) == 0
    assert store.agents.left_alone(now + PAGE_GONE + 5) == 1
    assert store.agents.left_alone(now + PAGE_GONE + 5) == 0
    priya = at_work.agent("Priya Nair")
    assert (priya.state, priya.reason) == ("not_ready", PAGE_CLOSED)
    assert at_work.agent("Sam Okoro").state == "ready"


def test_what_is_written_of_a_call_is_kept_once_overwrites_nothing_unseen_and_stands_in_its_story(at_work):
    staff(at_work, "Priya Nair", "Sam Okoro")
    call = complain(at_work)
    priya, sam = desk_of(at_work, "Priya Nair"), desk_of(at_work, "Sam Okoro")
    path = f"/desk/calls/{call.sid}/wrap-up"
    assert priya.get(f"/desk/calls/{call.sid}").status_code == 404, "it is nobody's yet"
    leg = rung(at_work)
    assert "40227195" in priya.get(f"/desk/calls/{call.sid}").text
    assert sam.get(f"/desk/calls/{call.sid}").status_code == 404
    assert post(sam, path, notes="x").status_code == 404
    answers = {"account": "40227196", "code": "1111", "nobody": "x"}
    draft = {"notes": "Reads 1,411.", "outcome": "", "wrong": True, "answers": answers}
    for _ in range(2):
        assert post(priya, path, **draft, rev=0).json["rev"] == 1, "twice is once"
    clash = post(priya, path, notes="Another window.", rev=0)
    assert (clash.status_code, clash.json["conflict"]) == (409, {"rev": 1, "notes": "Reads 1,411."})
    assert "outcome is needed" in post(priya, path, **draft, rev=1, done=True).json["error"]
    leg.act(AgentHangsUp())
    assert at_work.agent("Priya Nair").state == "wrap_up"
    saved = post(priya, path, **draft | {"outcome": "owed"}, rev=1, done=True).json
    assert (saved["rev"], saved["desk"]["me"]["state"]) == (2, "ready")
    again = post(priya, path, **draft | {"outcome": "owed"}, rev=1, done=True).json
    assert (again["rev"], again["saved_at"]) == (2, saved["saved_at"])
    assert post(priya, path, notes="Of an older page.", rev=1).status_code == 409
    card = card_of(at_work, call.sid)
    assert [(one.name, one.value, one.was) for one in card.given] == [("account", "40227196", "40227195")]
    row = at_work.node.store.wrap_ups.find(call.sid, id_of(at_work, "Priya Nair"))
    assert b"1,411" not in row.private
    assert SECRET not in repr(card)
    assert shown_as("4539578763621486") == {"4539578763621486", "•••• 1486"}, "as it stands on the page is no change"
    stands_in_the_story(at_work, priya, call.sid)


@ON_ONE
def test_owner_and_day_of_the_calls_case_are_kept_as_typed_and_changed_once_when_saved(at_work):
    staff(at_work, "Priya Nair", "Sam Okoro")
    call = complain(at_work)
    at_work.done()
    rung(at_work)
    store, priya = at_work.node.store, desk_of(at_work, "Priya Nair")
    case, me, sam = store.cases.of_call(call.sid)[0], id_of(at_work, "Priya Nair"), id_of(at_work, "Sam Okoro")

    def saves(number=case.number, was="", due="2026-12-24", **form):
        cases = {f"{number}.owner": {"was": was, "to": sam}, f"{number}.due": {"was": "", "to": due}}
        return post(priya, f"/desk/calls/{call.sid}/wrap-up", cases=cases, outcome="owed", **form)

    assert saves(rev=0).json["rev"] == 1
    assert store.cases.find(case.number).owner == "", "a draft changes no case"
    shown = priya.get(f"/desk/calls/{call.sid}").text
    assert f'value="{sam}" selected' in shown
    assert 'value="2026-12-24"' in shown
    assert "is no open case of this caller" in saves("C99999", rev=1, done=True).json["error"]
    assert "is no day" in saves(due="tomorrow", rev=1, done=True).json["error"]
    Work(store, at_work.node.library.get).change(case, Asked(owner=me), "Priya Nair", time.time())
    assert "somebody else has given it away meanwhile" in saves(rev=1, done=True).json["error"]
    for _ in range(2):
        assert saves(was=me, rev=1, done=True).json["saved_at"]
    changed = store.cases.find(case.number)
    assert (changed.owner, changed.status) == (sam, "open")
    assert datetime.fromtimestamp(changed.due_at - 1, UTC).date() == date(2026, 12, 24)
    assert len(store.cases.history(case.number)) == 2, "twice is once"
    assert f'value="{sam}" selected' in priya.get(f"/desk/calls/{call.sid}").text


@pytest.mark.parametrize("wrong", [("due", "", "9999-12-31", "is no day"), ("owner", "", "nobody", "cannot work on")])
@ON_ONE
def test_of_two_cases_none_is_changed_where_what_is_wanted_of_one_cannot_be(at_work, wrong):
    staff(at_work, "Priya Nair", "Sam Okoro")
    first, second = complain(at_work), complain(at_work)
    at_work.done()
    rung(at_work)
    store, priya, sam = at_work.node.store, desk_of(at_work, "Priya Nair"), id_of(at_work, "Sam Okoro")
    numbers = sorted(case.number for call in (first, second) for case in store.cases.of_call(call.sid))
    assert len(numbers) == 2
    what, was, to, words_of = wrong
    cases = {f"{numbers[0]}.owner": {"was": "", "to": sam}, f"{numbers[1]}.{what}": {"was": was, "to": to}}
    call = store.offers.running()[0].call if store.offers.running() else first.sid
    told = post(priya, f"/desk/calls/{call}/wrap-up", cases=cases, outcome="solved", done=True)
    assert (told.status_code, words_of in told.json["error"]) == (409, True)
    assert [store.cases.find(each).owner for each in numbers] == ["", ""]
    assert store.wrap_ups.find(call, id_of(at_work, "Priya Nair")) is None


def stands_in_the_story(at_work, client, call):
    """Read the call's page and `ivr story`."""
    account = let_in(at_work.node.store, "supervisor")
    page = client_of(client.application, at_work.node.store, account).get(f"/calls/{call}").text
    told = CliRunner().invoke(story_command, [call], env=at_work.server.environ).output
    for words_of in (page, told):
        for said in ("Priya Nair", "we owe an answer", "wrong option", "40227196", "Reads 1,411."):
            assert said in words_of
        assert SECRET not in words_of


@ON_ONE
def test_who_saves_an_older_call_stays_in_the_wrap_up_of_the_newer(at_work):
    staff(at_work, "Priya Nair")
    priya = desk_of(at_work, "Priya Nair")
    calls = [complain(at_work), complain(at_work, OTHER)]
    for _ in calls:
        rung(at_work).act(AgentHangsUp())
        if at_work.states.count("done") == 1:
            post(priya, "/desk/state", to="ready")
    for call, state in zip(calls, ("wrap_up", "ready"), strict=True):
        told = post(priya, f"/desk/calls/{call.sid}/wrap-up", outcome="solved", done=True).json
        assert told["desk"]["me"]["state"] == state


@ON_ONE
def test_a_page_without_script_works_by_its_forms(at_work):
    staff(at_work, "Priya Nair")
    call = complain(at_work)
    priya = desk_of(at_work, "Priya Nair")
    assert priya.post("/desk/state", data={"to": "not_ready", "reason": "break"}).status_code == 302
    assert "Away: break" in priya.get("/desk").text
    assert at_work.states == ["waiting"]
    priya.post("/desk/next", data={})
    rung(at_work)
    page = priya.get("/desk").text
    assert "Complaint about a bill. Account 40227195." in page
    assert SECRET not in page
    form = {"notes": "By hand.", "outcome": "solved", "rev": "0", "wrong": "on", "answer.account": "40227195"}
    assert priya.post(f"/desk/calls/{call.sid}/wrap-up", data=form).status_code == 302
    row = at_work.node.store.wrap_ups.find(call.sid, id_of(at_work, "Priya Nair"))
    assert (row.outcome, row.wrong, row.saved_at is not None) == ("solved", True, True)


@ON_ONE
def test_a_key_on_the_phone_and_a_pass_on_the_page_decide_once(at_work):
    staff(at_work, "Priya Nair")
    complain(at_work)
    priya = desk_of(at_work, "Priya Nair")
    leg = rung(at_work, "answers")
    offer = post(priya, "/desk/here").json["desk"]["ring"]
    leg.act(Keys("1"))
    assert post(priya, f"/desk/offers/{offer}/pass").status_code == 409
    assert (at_work.states, at_work.agent("Priya Nair").state) == (["talking"], "talking")


@ON_ONE
def test_a_desk_on_which_much_changes_is_asked_for_signs_of_life_all_the_same(at_work, monkeypatch):
    monkeypatch.setattr("console.desk.BEAT", 2.0)
    staff(at_work, "Priya Nair")
    told = desk_of(at_work, "Priya Nair").get("/desk/stream")
    events = []
    for number, piece in enumerate(told.iter_encoded()):
        events += [line for line in piece.decode().splitlines() if line.startswith("event: ")]
        if "event: beat" in events or number == 50:
            break
        at_work.node.store.agents.say(id_of(at_work, "Priya Nair"), NOT_READY, f"reason {number}", time.time())
    told.close()
    assert events[-1] == "event: beat"
    assert events.count("event: desk") > 1, "each change was told at once"


def test_streams_have_a_limit_and_one_agent_has_one():
    streams = Streams(most=1)
    with streams.begin("ann") as first:
        with streams.begin("bo") as none:
            assert none is None
        with streams.begin("ann") as second:
            assert not first.rest(5.0), "it wakes at once"
            assert second.rest(0.0)
        with streams.begin("bo") as third:
            assert third is not None
            streams.going = lambda: False
    walls = Streams(50)
    with ExitStack() as opened:
        screens = [opened.enter_context(walls.begin(walls.screen("ann"))) for _ in range(SCREENS + 2)]
        assert sum(not one.replaced for one in screens) == SCREENS, "nobody has more"
        assert opened.enter_context(walls.begin(walls.screen("bo"))) is not None
    with streams.begin("bo") as late:
        assert not late.rest(0.0), "the server stops, and waits for nobody"
