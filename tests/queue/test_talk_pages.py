"""The bar of the desk over HTTP: who may ask for what, what they read, and the browser that is a phone."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace

import pytest
from rig.people import client_of, hashed
from waiting_hotline import office

from console.app import create_app
from ivr.simulator.ledger import RecordingEntry
from ivr.store.people import Person
from ivr.tickets import Agent

SCRIPT = {"X-Requested-With": "script"}
KEY = ("SK" + "4" * 32, "a-secret-of-the-account-for-tests")


@pytest.fixture(scope="module")
def floor(tmp_path_factory):
    """Priya talks to a caller; Sam is a colleague, Bea a supervisor; each has the pages open."""
    with office(tmp_path_factory.mktemp("pages")) as made:
        made.ready("Priya", "Sam")
        made.boss()
        call = made.call("1")
        made.offered()
        settings = replace(made.settings, second_factor_roles=(), api_key=KEY)
        app = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False  # forms without a token are the last test's
        store = made.node.store
        people = {person.name: person for person in store.people.all()}
        clients = {
            name: client_of(app, store, store.accounts.set_password(people[name], hashed(), name))
            for name in ("Priya", "Sam", "Bea")
        }
        yield made, call, clients
        made.end()


def does(floor, name, deed, **form):
    made, call, clients = floor
    answer = clients[name].post(f"/talk/{call.sid}/{deed}", data=form, headers=SCRIPT)
    made.work()
    return answer.status_code, answer.get_json()


def reads(floor, name="Priya"):
    return floor[2][name].get("/talk").get_json()["html"]


def an_agent_holds_consults_and_hands_over_from_the_bar(floor):
    made, call, clients = floor
    assert "In a talk" in reads(floor)
    assert "In a talk" not in reads(floor, "Sam")
    assert does(floor, "Priya", "hold")[0] == 200
    assert "The caller is on hold" in reads(floor)
    assert does(floor, "Priya", "hold") == (409, {"error": "That cannot be done now: the caller is on hold."})
    assert does(floor, "Sam", "unhold") == (403, {"error": "This is Priya's call."})
    assert does(floor, "Priya", "consult") == (409, {"error": "Choose a colleague, or write a number."})
    assert does(floor, "Priya", "consult", number="12")[0] == 409
    assert does(floor, "Priya", "send", team="nowhere")[0] == 409
    assert does(floor, "Priya", "consult", person=made.agent("Sam").person)[0] == 200
    assert "Calling Sam" in reads(floor)
    made.answers()
    assert "Talking to Sam" in reads(floor)
    assert does(floor, "Priya", "hand")[0] == 200
    assert "In a talk" not in reads(floor)
    assert "In a talk" in reads(floor, "Sam")
    plain = clients["Sam"].post(f"/talk/{call.sid}/unhold", headers={"Referer": "http://localhost/phone"})
    assert (plain.status_code, plain.headers["Location"]) == (302, "/phone")
    assert clients["Sam"].post(f"/talk/{call.sid}/jump").status_code == 404


def a_recording_is_said_to_be_paused_only_when_it_is(floor):
    made, call, _ = floor
    does(floor, "Sam", "pause")
    assert "This talk is not being recorded" in reads(floor, "Sam")
    made.carrier.ledger.recordings["RE1"] = RecordingEntry("RE1", call.sid, 1, taping="in-progress")
    made.carrier.ledger.away = 1
    does(floor, "Sam", "pause")
    assert "The carrier does not answer" in reads(floor, "Sam")
    assert "The recording is paused" not in reads(floor, "Sam")
    does(floor, "Sam", "pause")
    assert "The recording is paused" in reads(floor, "Sam")
    does(floor, "Sam", "record")
    assert "The recording is paused" not in reads(floor, "Sam")
    del made.carrier.ledger.recordings["RE1"]


def a_supervisor_sees_who_talks_and_comes_in(floor):
    made, call, clients = floor
    seen = {one["name"]: one for one in clients["Bea"].get("/floor/now").get_json()["agents"]}
    assert (seen["Sam"]["state"], seen["Sam"]["call"], seen["Priya"]["call"]) == ("talking", call.sid, "")
    assert clients["Priya"].get("/floor").status_code == 403
    assert clients["Priya"].post(f"/floor/{call.sid}/listen", headers=SCRIPT).status_code == 403
    assert clients["Bea"].post(f"/floor/{call.sid}/shout", headers=SCRIPT).status_code == 409
    assert clients["Bea"].post(f"/floor/{call.sid}/listen", headers=SCRIPT).status_code == 200
    made.work()
    made.answers()
    assert "Bea (listens)" in reads(floor, "Sam")
    assert clients["Bea"].post(f"/floor/{call.sid}/leave", headers=SCRIPT).status_code == 200
    made.work()
    assert "Bea" not in reads(floor, "Sam")


def a_browser_is_admitted_as_its_owners_phone_for_an_hour(floor):
    made, _, clients = floor
    assert clients["Priya"].post("/softphone").get_json()["error"].startswith("Your own phone is rung")
    store, priya = made.node.store, made.agent("Priya")
    store.agents.enrol(Agent(priya.person, ("care",), "client:priya_1", since=time.time()), "tests")
    said = clients["Priya"].post("/softphone").get_json()
    head, body, _ = (base64.urlsafe_b64decode(part + "==") for part in said["token"].split("."))
    assert json.loads(head)["cty"] == "twilio-fpa;v=1"
    told = json.loads(body)
    assert (told["iss"], told["sub"]) == (KEY[0], made.settings.account_sid)
    assert told["grants"] == {"identity": "priya_1", "voice": {"incoming": {"allow": True}}}
    assert 3590 < told["exp"] - time.time() <= 3600
    assert KEY[1] not in said["token"]


def who_answers_in_a_browser_has_taken_the_call_by_that(floor):
    made, _, _ = floor
    assert made.node.store.agents.say(made.agent("Priya").person, "ready", "", time.time())
    made.refresh()
    call = made.call("1")
    leg = made.offered("answers")
    assert leg.placed.called == "client:priya_1"
    assert leg.heard == ["A call about a bill."]
    assert made.agent("Priya").state == "talking"
    assert does((made, call, floor[2]), "Priya", "hang-up")[0] == 200
    assert " ".join(call.heard_by()).endswith("Thank you for calling.")


def a_stranger_and_a_form_without_its_token_are_refused(floor):
    made, call, clients = floor
    app = clients["Priya"].application
    assert app.test_client().post(f"/talk/{call.sid}/hold").status_code == 401
    app.config["WTF_CSRF_ENABLED"] = True
    assert clients["Sam"].post(f"/talk/{call.sid}/hold", headers=SCRIPT).status_code == 400
    app.config["WTF_CSRF_ENABLED"] = False
    store = made.node.store
    assert store.people.add(Person("Al", "auditor", ("care",)), "tests")
    al = client_of(app, store, store.accounts.set_password(store.people.named("Al"), hashed(), "Al"))
    assert al.post(f"/floor/{call.sid}/listen").status_code == 403
    assert al.get("/talk").status_code == 403


def test_the_pages_of_one_call_from_hand_to_hand(floor):
    """One after the other: the same call goes through them."""
    an_agent_holds_consults_and_hands_over_from_the_bar(floor)
    a_recording_is_said_to_be_paused_only_when_it_is(floor)
    a_supervisor_sees_who_talks_and_comes_in(floor)
    a_browser_is_admitted_as_its_owners_phone_for_an_hour(floor)
    who_answers_in_a_browser_has_taken_the_call_by_that(floor)
    a_stranger_and_a_form_without_its_token_are_refused(floor)
