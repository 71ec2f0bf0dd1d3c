"""Calls that ring an agent at the desk: key 1 there, and a phone that a team rings; on both databases."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from desk_hotline import CALLER, OTHER, complain, desk_of, id_of, rung, staff

from ivr.desk.watch import PEOPLE
from ivr.handover import events as ev
from ivr.keys import Keyring
from ivr.simulator.acts import AgentHangsUp, Keys, Silence
from ivr.worker.talkers import who_talked

SHOP = "+15005550105"  # the phone that the shop rings

# what no database does in its own way
ON_ONE = pytest.mark.parametrize("office_server", ["sqlite"], indirect=True)


def post(client, path, **body):
    return client.post(path, json=body)


def desk_now(client):
    """Ask how the desk stands, after the look that holds for everybody."""
    time.sleep(1.5 * PEOPLE)
    return post(client, "/desk/here").json["desk"]


def test_whose_phone_a_team_rings_sees_the_call_once_they_have_picked_up_and_nobody_else_does(at_work):
    staff(at_work, "Priya Nair", "Sam Okoro")
    store = at_work.node.store
    store.people.change(replace(store.people.named("Priya Nair"), phone=SHOP), "tests")
    priya, sam = desk_of(at_work, "Priya Nair"), desk_of(at_work, "Sam Okoro")
    call = at_work.call("3", caller=CALLER)
    assert priya.get(f"/desk/calls/{call.sid}").status_code == 404, "it only rings"
    call.agent("answers")
    shown = desk_now(priya)
    assert "Press <kbd>1</kbd> on the phone" in shown["html"]["talk"]
    assert (shown["call"], shown["me"]["engaged"], CALLER in shown["html"]["talk"]) == ("", True, True)
    call.act(Keys("1"))
    assert (call.awaiting.kind, desk_now(priya)["call"]) == ("talk", call.sid)
    assert CALLER not in str(desk_now(sam))
    path = f"/desk/calls/{call.sid}"
    assert (priya.get(path).status_code, sam.get(path).status_code) == (200, 404)
    call.act(AgentHangsUp())
    assert desk_now(priya)["call"] == ""
    assert post(priya, f"{path}/wrap-up", notes="x", outcome="solved", done=True).json["rev"] == 1
    assert post(sam, f"{path}/wrap-up", notes="x").status_code == 404


def test_words_of_a_phone_that_come_after_its_end_bring_nobody_back_and_who_passed_a_ring_is_offered_their_queue(
    at_work,
):
    staff(at_work, "Priya Nair")
    store, carrier = at_work.node.store, at_work.carrier
    store.people.change(replace(store.people.named("Priya Nair"), phone=SHOP), "tests")
    store.agents.say(at_work.agent("Priya Nair").person, "ready", "", time.time())
    at_work.carrier = replace(carrier, holds_callbacks=True)
    call = at_work.call("3", caller=CALLER)
    call.agent("passes")
    at_work.carrier = carrier
    call.deliver([held for held in reversed(call.held) if dict(held.fields)["CallSid"] != call.sid])
    assert store.rung.going_on(time.time()) == []
    (offer,) = store.offers.of_call(call.sid)
    assert (offer.state, offer.ticket) == ("passed", b"")
    assert store.offers.refused_by(call.sid) == set(), "a ring is no offer of a queue"


@pytest.mark.parametrize("from_roster", [False, True], ids=["own_phone", "phone_of_the_roster"])
@ON_ONE
def test_who_was_handed_a_call_that_rang_is_whom_a_survey_asks_about(at_work, from_roster):
    staff(at_work, "Priya Nair", "Sam Okoro")
    store, keyring = at_work.node.store, Keyring(at_work.settings.secret_keys)
    priya, sam = id_of(at_work, "Priya Nair"), id_of(at_work, "Sam Okoro")
    if from_roster:
        store.agents.enrol(replace(store.agents.find(priya), phone=SHOP), "tests")
    else:
        store.people.change(replace(store.people.named("Priya Nair"), phone=SHOP), "tests")
    call = at_work.call("3", caller=CALLER)
    assert who_talked(store, keyring, call.sid) == ""
    call.agent("answers")
    assert who_talked(store, keyring, call.sid) == "", "picked up, and not taken"
    call.act(Keys("1"))
    assert who_talked(store, keyring, call.sid) == priya
    her = at_work.asker("Priya Nair")
    at_work.floor.ask(call.sid, her, ev.Consult(at_work.floor.colleague(sam, her)))
    at_work.work()
    at_work.answers()
    at_work.work()
    assert who_talked(store, keyring, call.sid) == priya, "asked, and not handed over"
    at_work.floor.ask(call.sid, her, ev.Hand())
    at_work.work()
    assert who_talked(store, keyring, call.sid) == sam


@pytest.mark.parametrize("does", ["passes", "voicemail", "hangs_up", "busy"])
@ON_ONE
def test_who_has_not_taken_a_call_that_rang_has_no_card_of_it_nor_has_anybody_who_shares_the_phone(at_work, does):
    staff(at_work, "Priya Nair", "Sam Okoro")
    store = at_work.node.store
    store.people.change(replace(store.people.named("Priya Nair"), phone=SHOP), "tests")
    call = at_work.call("3", caller=CALLER)
    call.agent(does)
    priya = desk_of(at_work, "Priya Nair")
    assert (priya.get(f"/desk/calls/{call.sid}").status_code, store.rung.going_on(time.time())) == (404, [])
    store.people.change(replace(store.people.named("Sam Okoro"), phone=SHOP), "tests")
    other = at_work.call("3", caller=OTHER)
    other.agent("takes", talks=5.0)
    assert priya.get(f"/desk/calls/{other.sid}").status_code == 404


def test_key_1_on_the_page_takes_the_call_whose_whisper_asks_for_it_once_and_nobody_elses(at_work):
    staff(at_work, "Priya Nair", "Sam Okoro")
    call = complain(at_work)
    priya, sam = desk_of(at_work, "Priya Nair"), desk_of(at_work, "Sam Okoro")
    take = f"/desk/offers/{post(priya, '/desk/next').json['desk']['ring']}/take"
    assert post(priya, take).json["words"].startswith("Your phone still rings. Pick it up")
    leg = rung(at_work, "answers")
    rings = desk_now(priya)["html"]["ring"]
    assert "press <kbd>1</kbd>, here or there: you take the call" in rings
    assert post(sam, take).status_code == 409, "it is not theirs"
    for _ in range(2):
        told = post(priya, take)
        assert (told.status_code, told.json["desk"]["me"]["state"], told.json["desk"]["call"]) == (
            (200, "talking", call.sid)
        )
        assert (at_work.states, call.awaiting.kind, leg.awaiting.kind) == (["talking"], "talk", "talk")
    assert len([text for text in leg.heard if "Account" in text]) == 1
    leg.act(AgentHangsUp())
    assert (at_work.states, at_work.agent("Priya Nair").state) == (["done"], "wrap_up")
    assert post(priya, take).status_code == 200, "a late repeat changes nothing"


@pytest.mark.parametrize("pressed", [Silence(), Keys("1"), Keys("2")], ids=["nothing", "one", "two"])
@ON_ONE
def test_a_call_taken_on_the_page_is_joined_whatever_the_carrier_and_the_phone_do_meanwhile(at_work, pressed):
    staff(at_work, "Priya Nair")
    call = complain(at_work)
    leg = rung(at_work, "answers")
    store, priya = at_work.node.store, desk_of(at_work, "Priya Nair")
    offer = store.offers.running()[0]
    # The key on the phone comes between the claim and the carrier's moving the leg: it is not torn out of the talk.
    assert store.offers.take(offer, time.time())
    assert not store.offers.take(offer, time.time())
    leg.act(pressed)
    assert (at_work.states, leg.awaiting.kind) == (["claimed"], "keys")
    at_work.carrier.ledger.away = 1
    priya.application.extensions["deeds"]._lead(offer)
    leg.act(Silence())
    assert (at_work.states, call.awaiting.kind, at_work.agent("Priya Nair").state) == (["talking"], "talk", "talking")
