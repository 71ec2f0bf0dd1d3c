"""A talk from hand to hand in real Chromium, by keyboard alone: two agents, one of them in the browser, and a boss."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from desk_hotline import CALLER, OTHER, complain, hotline, rung, staff
from desk_pages import context_of, ready_by_key, signed_in, tab_to
from playwright.sync_api import Browser, Page, Route, expect
from rig.browser_phone import BrowserPhone
from rig.looks import look
from rig.pages import opened, pages
from rig.people import address_of, hashed, let_in
from waiting_hotline import Office, office

from ivr.callers import Callers, Kept
from ivr.keys import Keyring
from ivr.simulator.acts import Agent as Habit
from ivr.simulator.acts import Keys
from ivr.simulator.agent import AgentCall
from ivr.simulator.ledger import RecordingEntry
from ivr.store.people import Person
from ivr.tickets import READY, Agent

__all__ = ["opened"]

pytestmark = pytest.mark.browser
API_KEY = {"TWILIO_API_KEY_SID": "SK" + "4" * 32, "TWILIO_API_KEY_SECRET": "a-secret-of-the-account-for-tests"}


@dataclass
class Floor:
    """Everybody at their page."""

    at_work: Office
    priya: Page
    sam: Page
    bea: Page
    phone: BrowserPhone  # Priya's
    errors: list[str]

    def looks(self, page: Page, name: str) -> None:
        """Judge a page; what the judge itself is refused by the page's policy is no error of the page."""
        known = len(self.errors)
        look(page, name)
        del self.errors[known:]

    def asks(self, page: Page, key: str, path: str = "**/talk/**") -> None:
        """Press a key that asks for something, and let the job process bring it about."""
        with page.expect_response(path):
            page.keyboard.press(key)
        self.at_work.work()


@pytest.fixture
def floor(tmp_path: Path, root: Path, opened: Browser) -> Iterator[Floor]:
    """Run the installation; an error on any page fails the test."""
    errors: list[str] = []
    with office(tmp_path, "", hotline()) as made:
        made.server.environ |= API_KEY | {"TWILIO_API_URL": made.settings.api_url, "SECOND_FACTOR_ROLES": "none"}
        peopled(made)
        with pages(made.server, root) as address:
            contexts = [context_of(opened) for _ in range(3)]
            phone = BrowserPhone(contexts[0], f"{address}/login")
            names = ("Priya Nair", "Sam Okoro", "Bea Lund")
            shown = [signed_in(*each, errors) for each in zip(contexts, (address,) * 3, names, strict=True)]
            for page, path in zip(shown, ("desk", "desk", "floor"), strict=True):
                page.goto(f"{address}/{path}")
            yield Floor(made, *shown, phone, errors)
            for context in contexts:
                context.close()
        made.end()
    assert not errors, "\n".join(errors)


def peopled(made: Office) -> None:
    """Let everybody in: Priya's phone is her browser, Sam's one of the network; nobody is ready yet but Gus."""
    store = made.node.store
    let_in(store, "admin")
    staff(made, "Priya Nair", "Sam Okoro", "Gus Brandt")
    bea = Person("Bea Lund", "supervisor", ("bills",), "+15005550109", email=address_of("Bea Lund"))
    store.accounts.set_password(store.people.add(bea, "tests"), hashed(), "Bea Lund")
    now = time.time()
    for name in ("Priya Nair", "Sam Okoro"):
        store.agents.say(made.agent(name).person, "not_ready", "", now)
    store.agents.say(made.agent("Gus Brandt").person, READY, "", now)
    store.agents.enrol(Agent(made.agent("Priya Nair").person, ("bills",), "client:priya_1", since=now), "tests")
    Callers(store, Keyring(made.settings.secret_keys)).keep(CALLER, Kept(name="Dana Whitfield"))
    made.refresh()


def test_a_phone_in_the_browser_that_was_not_admitted_asks_again_until_it_is(floor: Floor) -> None:
    page, asked, answers = floor.priya, [], [503, 503, 0, 503]

    def admits(route: Route) -> None:
        asked.append(time.monotonic())
        status = answers.pop(0) if answers else 200
        if status == 503:
            route.fulfill(status=503, content_type="text/html", body="<p>Not now.</p>")
        elif status == 0:
            route.abort()
        else:
            route.continue_()

    page.route("**/softphone", admits)
    page.reload()
    state = page.locator("#soft-state")
    expect(state).to_contain_text("not connected, trying again")
    page.wait_for_timeout(8_000)
    pauses = [later - sooner for sooner, later in pairwise(asked)]
    assert [round(pause) for pause in pauses] == [2, 4], "growing pauses"
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    assert len(asked) == 4, "at once, when the network is back"
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(state).to_have_text("connected")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(3_000)
    assert len(asked) == 5, "nobody asks who is connected"
    floor.errors.clear()  # what the browser writes of each answer that failed


def test_a_phone_in_the_browser_whose_admission_ends_while_the_network_is_away_gets_another(floor: Floor) -> None:
    page, asked = floor.priya, []

    def admits(route: Route) -> None:
        asked.append(route)
        if len(asked) == 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/softphone", admits)
    floor.phone.ends_in = 11  # the library asks ten seconds before the end
    page.reload()
    expect(page.locator("#soft-state")).to_contain_text("not connected, trying again")
    expect(page.locator("#soft-state")).to_have_text("connected")
    assert len(asked) == 3
    floor.errors.clear()


def test_a_talk_goes_from_the_browsers_phone_by_consultation_and_queue_to_others_by_keyboard(floor: Floor) -> None:
    expect(floor.priya.locator("#soft-state")).to_have_text("connected")
    ready_by_key(floor.priya)
    ready_by_key(floor.sam)
    floor.at_work.refresh()
    call = complain(floor.at_work)
    leg = taken_in_the_browser(floor)
    held_muted_and_fetched_back(floor)
    handed_over_after_a_consultation(floor, leg)
    a_supervisor_comes_in(floor)
    the_recording_is_paused(floor, call.sid)
    sent_on_to_another_team(floor)
    call.hang_up()
    taken_on_ones_own_phone_and_ended(floor)
    a_team_rings_the_browser(floor)


def taken_in_the_browser(floor: Floor) -> AgentCall:
    """Key 1 asks for the next call, and key 1 answers it in the browser."""
    page, at_work = floor.priya, floor.at_work
    page.keyboard.press("1")
    expect(page.locator("#ring")).to_contain_text("This browser rings")
    at_work.clock = max(at_work.clock, time.time()) + 2.0
    at_work.queueing._offers.run(at_work.clock)
    leg = AgentCall(at_work.carrier, at_work.carrier.ledger.placed.pop(0), Habit("answers", talks=None))
    floor.phone.ring(leg.placed.sid)
    expect(page.locator("#soft-state")).to_have_text("ringing")
    expect(page.locator("#soft-answer")).to_be_hidden()  # the card's own key is the same
    floor.looks(page, "desk-browser-rings")
    page.keyboard.press("1")
    floor.phone.answered(page)
    leg.advance()
    at_work.phones.append(leg)
    expect(page.locator("#soft-state")).to_have_text("in a talk")
    expect(page.locator("#talk")).to_contain_text("In a call")
    expect(page.locator("#calls h2").first).to_have_text("Dana Whitfield")
    expect(page.locator("#talkbar")).to_contain_text("Hold")
    floor.looks(page, "desk-in-talk")
    return leg


def held_muted_and_fetched_back(floor: Floor) -> None:
    page = floor.priya
    page.keyboard.press("m")
    expect(page.locator("#soft-mute")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("m")
    expect(page.locator("#soft-mute")).to_have_attribute("aria-pressed", "false")
    floor.asks(page, "h")
    expect(page.locator("#talkbar")).to_contain_text("The caller is on hold")
    floor.looks(page, "desk-on-hold")
    floor.asks(page, "h")
    expect(page.locator("#talkbar")).to_contain_text("In a talk")


def handed_over_after_a_consultation(floor: Floor, leg: AgentCall) -> None:
    """The colleague is called while the caller waits, talks to the agent, and has the call from then on."""
    page, at_work = floor.priya, floor.at_work
    page.keyboard.press("t")
    tab_to(page, "person")
    page.keyboard.type("Sam")
    floor.looks(page, "desk-consults")
    tab_to(page, "Call while the caller waits")
    floor.asks(page, "Enter")
    expect(page.locator("#talkbar")).to_contain_text("Calling Sam Okoro")
    at_work.answers()
    at_work.work()
    expect(page.locator("#talkbar")).to_contain_text("Talking to Sam Okoro")
    expect(floor.sam.locator("#talkbar")).to_contain_text("Priya Nair asks you about this call")
    expect(floor.sam.locator("#calls h2")).to_have_text(["Dana Whitfield"])  # to be read, not to be written of
    tab_to(page, "Hand over to Sam Okoro")
    floor.asks(page, "Enter")
    assert leg.over
    floor.phone.hangs_up(leg.placed.sid)
    expect(page.locator("#soft-state")).to_have_text("connected")
    expect(page.locator("#me")).to_have_text("Wrapping up")
    expect(floor.sam.locator("#calls h2")).to_have_text(["Dana Whitfield", "Wrap-up"])
    page.keyboard.press("n")
    page.keyboard.type("Sam goes on with it.")
    page.keyboard.press("Alt+4")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#me")).to_have_text("Ready")


def a_supervisor_comes_in(floor: Floor) -> None:
    """Unheard, then for the agent alone, then for both; the agent sees it."""
    page, at_work, bar = floor.bea, floor.at_work, floor.sam.locator("#talkbar")
    expect(page.get_by_role("button", name="Listen: Sam Okoro")).to_be_visible()
    tab_to(page, "Listen: Sam Okoro")
    floor.asks(page, "Enter", "**/listen")
    at_work.answers()
    at_work.work()
    expect(bar).to_contain_text("Bea Lund (listens)")
    expect(page.get_by_role("button", name="Leave the talk of Sam Okoro")).to_be_visible()
    floor.looks(page, "floor-in-talk")
    for mode, told in (("Whisper", "speaks to you alone"), ("Speak", "speaks with both")):
        tab_to(page, f"{mode}: Sam Okoro")
        floor.asks(page, "Enter", f"**/{mode.lower()}")
        expect(bar).to_contain_text(f"Bea Lund ({told})")
        expect(page.get_by_role("button", name=f"{mode}: Sam Okoro", pressed=True)).to_be_visible()
    tab_to(page, "Leave the talk of Sam Okoro")
    floor.asks(page, "Enter", "**/leave")
    expect(bar).not_to_contain_text("Bea Lund")


def the_recording_is_paused(floor: Floor, call: str) -> None:
    page, tapes = floor.sam, floor.at_work.carrier.ledger.recordings
    tapes["RE1"] = RecordingEntry("RE1", call, 1, taping="in-progress")
    floor.asks(page, "p")
    expect(page.locator("#talkbar")).to_contain_text("The recording is paused")
    floor.asks(page, "p")
    expect(page.locator("#talkbar")).not_to_contain_text("The recording is paused")
    assert tapes.pop("RE1").taping == "in-progress"


def sent_on_to_another_team(floor: Floor) -> None:
    """The caller waits for another team, and the agent writes of the call."""
    page = floor.sam
    page.keyboard.press("t")
    tab_to(page, "team")
    page.keyboard.type("gas")
    tab_to(page, "Send on")
    floor.asks(page, "Enter")
    assert [(one.team, one.state) for one in floor.at_work.tickets] == [("gas", "waiting")]
    expect(page.locator("#me")).to_have_text("Wrapping up")
    expect(page.locator("#talkbar")).to_be_empty()
    page.keyboard.press("Alt+4")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#me")).to_have_text("Ready")


def taken_on_ones_own_phone_and_ended(floor: Floor) -> None:
    """Key 1 on the page is the key on the phone, once that was picked up; before, the page says what to do."""
    page, at_work = floor.sam, floor.at_work
    call = complain(at_work, OTHER)
    expect(page.locator("#queue")).to_contain_text(OTHER)
    page.keyboard.press("1")
    expect(page.locator("#ring")).to_contain_text("Pick up +15005550102")
    page.keyboard.press("1")
    expect(page.locator("#ring [data-words]")).to_contain_text("Your phone still rings")
    leg = rung(at_work, "answers")
    expect(page.locator("#ring")).to_contain_text("Your phone was answered")
    floor.looks(page, "desk-phone-answered")
    page.keyboard.press("1")
    expect(page.locator("#talk")).to_contain_text("In a call")
    assert call.awaiting.kind == "talk"
    expect(page.locator("#talkbar")).to_contain_text("End")
    tab_to(page, "End ")
    floor.asks(page, "Enter")
    assert leg.over
    expect(page.locator("#me")).to_have_text("Wrapping up")


def a_team_rings_the_browser(floor: Floor) -> None:
    """A team that rings asks for key 1 after the answer, and the card opens by itself."""
    page, call = floor.priya, floor.at_work.call("3", caller=OTHER)
    call.agent("no_answer")
    leg = "CA" + "7" * 32
    floor.phone.ring(leg, "sealed")
    expect(page.locator("#soft-state")).to_have_text("ringing")
    page.keyboard.press("1")
    floor.phone.answered(page)
    call.agent("answers")
    expect(page.locator("#soft-state")).to_contain_text("press 1 to talk to the caller")
    expect(page.locator("#talk")).to_contain_text("Something about the shop")
    floor.looks(page, "desk-team-rings")
    page.keyboard.press("1")
    call.act(Keys("1"))
    expect(page.locator("#soft-state")).to_have_text("in a talk")
    expect(page.locator("#calls h2:visible").first).to_have_text(OTHER)
    call.hang_up()
    floor.phone.hangs_up(leg)
    expect(page.locator("#soft-state")).to_have_text("connected")
    expect(page.locator("#talk")).to_be_empty()
