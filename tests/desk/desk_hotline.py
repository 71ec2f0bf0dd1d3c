"""A hotline with two teams that queue and one that rings, for the tests of the desk, and its people signed in."""

from __future__ import annotations

import time
from pathlib import Path

from flask.testing import FlaskClient
from rig.people import address_of, client_of, hashed
from waiting_hotline import Office
from waiting_hotline import hotline as compiled

from console.app import create_app
from ivr.content import Content
from ivr.settings import read_settings
from ivr.simulator.agent import AgentCall
from ivr.store.people import Person
from ivr.tickets import READY, Agent

CALLER, OTHER = "+14155550139", "+14155550188"
SECRET = "7391"
PHONES = {"Priya Nair": "+15005550101", "Sam Okoro": "+15005550102", "Gus Brandt": "+15005550103"}
TEAMS = {"Priya Nair": ("bills",), "Sam Okoro": ("bills",), "Gus Brandt": ("gas",)}
CONFIG = """\
company: Aurora Energy
language: en-US
voices: {en-US: Polly.Joanna-Neural}
lines:
  care:
    number: "+18005550100"
    zone: Europe/Copenhagen
    start: main
    person: main.people
    languages: [en-US]
    default: yes
teams:
  bills: {name: bills, by: queue, patience: 10 min, wrap_up: 60 s}
  gas: {name: gas, by: queue, patience: 10 min}
  shop: {name: the shop, by: ring, ring: ["+15005550105", "client:priya_1"]}
kinds:
  complaint: {series: C, team: bills}
failed: main.sorry
"""
MAIN = """\
main:
  menu: Welcome.
  keys:
    1: a complaint -> account
    2: gas -> gas
    3: the shop -> shop
    4: a person -> people

account:
  ask: Please key your account number.
  as: account
  digits: 8
  then: code

code:
  ask: Please key your secret code.
  as: code
  digits: 4
  secret: yes
  then: code_again

code_again:
  ask: Once more, please.
  as: code_repeated
  digits: 4
  check: same as code
  secret: yes
  then: statement

statement:
  record: After the tone, tell us what happened.
  as: statement
  silence: register
  then: register

register:
  case: complaint
  about: a bill
  words: Your reference is {case.number}.
  failed: people
  then: people

people:
  transfer: bills
  words: Please hold the line.
  summary: Complaint about a bill. Account {account or "not given"}.
  after: served

gas:
  transfer: gas
  after: served

shop:
  transfer: shop
  summary: Something about the shop.
  after: served

served:
  hang_up: Thank you for calling.

sorry:
  hang_up: Nobody can take your call.
"""


def hotline() -> Content:
    """Compile it."""
    return compiled(MAIN, CONFIG)


def staff(at_work: Office, *names: str) -> None:
    """Let people in, put them on the roster and make them ready, in this order."""
    store = at_work.node.store
    for name in names:
        person = store.people.add(Person(name, "agent", TEAMS[name], PHONES[name], email=address_of(name)), "tests")
        store.accounts.set_password(person, hashed(), name)
        store.agents.enrol(Agent(person.id, TEAMS[name], "", since=time.time()), "tests")
        assert store.agents.say(person.id, READY, "", time.time())
    at_work.refresh()


def complain(at_work: Office, caller: str = CALLER):
    """Call, complain about a bill with account, secret code and a message, and wait for a person."""
    call = at_work.call("1", "40227195", SECRET, SECRET, caller=caller)
    call.speak(7)
    return call


def rung(at_work: Office, does: str = "takes") -> AgentCall:
    """Let the job process ring the next agent; it dials once a second."""
    for _ in range(50):
        leg = at_work.offered(does)
        if leg is not None:
            return leg
        time.sleep(0.1)
    raise AssertionError("nobody is rung")


def desk_of(at_work: Office, name: str) -> FlaskClient:
    """Open the pages as somebody, with a session of their own."""
    environ = at_work.server.environ | {"TWILIO_API_URL": at_work.settings.api_url, "SECOND_FACTOR_ROLES": "none"}
    app = create_app(read_settings(environ | {"IVR_RECORDINGS": str(Path(at_work.settings.data) / "recordings")}))
    app.config["WTF_CSRF_ENABLED"] = False  # forms without a token are another test's
    store = at_work.node.store
    account = store.accounts.find(email=address_of(name))
    assert account is not None
    return client_of(app, store, account)


def id_of(at_work: Office, name: str) -> str:
    """Give a person's id."""
    return at_work.node.store.people.named(name).id
