"""The desk page in real Chromium, two agents at once, against a whole installation with the carrier's double."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desk_hotline import CALLER, OTHER, SECRET, complain, hotline, id_of, rung, staff
from playwright.sync_api import Browser, Page, expect
from rig.looks import VIEWS, look
from rig.pages import opened, pages
from rig.people import PASSPHRASE, address_of, let_in
from waiting_hotline import Office, office

from ivr.callers import Callers, Kept
from ivr.desk.writing import in_hand
from ivr.keys import Keyring
from ivr.simulator.acts import Agent as Habit
from ivr.simulator.acts import AgentHangsUp, Keys
from ivr.simulator.agent import AgentCall
from ivr.store.wrap_ups import WrapUp
from ivr.tickets import NOT_READY

__all__ = ["opened"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[tuple[Office, str]]:
    """Run the installation and its pages."""
    with office(tmp_path_factory.mktemp("desk"), "", hotline()) as made:
        made.server.environ |= {"TWILIO_API_URL": made.settings.api_url, "SECOND_FACTOR_ROLES": "none"}
        let_in(made.node.store, "admin")
        staff(made, "Priya Nair", "Sam Okoro", "Gus Brandt")
        keys = Keyring(made.settings.secret_keys)
        Callers(made.node.store, keys).keep(CALLER, Kept(name="Dana Whitfield", tags=("solar",)))
        with pages(made.server, root) as address:
            yield made, address
        made.end()


def desk(opened: Browser, address: str, name: str, **view: object) -> Page:
    """Open the desk as somebody, in a browser of their own."""
    page = opened.new_context(**{"viewport": {"width": 1440, "height": 900}} | view).new_page()
    page.set_default_timeout(8000)
    page.goto(f"{address}/login")
    page.fill("#email", address_of(name))
    page.fill("#password", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_selector(".rail")
    page.goto(f"{address}/desk")
    expect(page.locator("body")).to_have_attribute("data-live", "stream")
    return page


@VIEWS
def test_the_desk_looks_right(opened, at, scheme, width) -> None:
    at_work, address = at
    view = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    page = desk(opened, address, "Priya Nair", **view)
    ready(page)
    at_work.refresh()
    look(page, "desk-idle")
    first, second = complain(at_work), complain(at_work, OTHER)
    page.locator("#take-next").click()
    expect(page.locator("#ring")).to_contain_text("Dana Whitfield")
    leg = rung(at_work, "answers")
    look(page, "desk-ring")
    leg.act(Keys("1"))
    expect(page.locator("#calls h2").first).to_have_text("Dana Whitfield")
    expect(page.locator("#talk")).to_contain_text("In a call")
    look(page, "desk-talk")
    leg.act(AgentHangsUp())
    expect(page.locator("#me")).to_have_text("Wrapping up")
    page.locator("textarea").fill("The October reading was estimated.")
    look(page, "desk-wrap-up")
    page.keyboard.press("Alt+1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#me")).to_have_text("Ready")
    over(at_work, first, second)
    page.context.close()


def over(at_work: Office, *calls) -> None:
    """Let everybody hang up, and nobody wait."""
    for call in calls:
        if not call.over:
            call.hang_up()
    store = at_work.node.store
    now = time.time()
    for agent in store.agents.all():
        store.agents.say(agent.person, NOT_READY, "", now)
        for call in in_hand(store, agent.person, now):
            row = store.wrap_ups.find(call, agent.person) or WrapUp(call, agent.person, b"")
            store.wrap_ups.keep(replace(row, saved_at=now), now)


def ready(page: Page) -> None:
    page.locator("label", has_text="Ready").click()
    expect(page.locator("#me")).to_have_text("Ready")


def taken(at_work: Office, page: Page):
    """Let this agent take the next call, by the phone; its case is there."""
    at_work.done()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#ring .ring")).to_be_visible()
    leg = rung(at_work, "answers")
    leg.act(Keys("1"))
    expect(page.locator("#talk")).to_contain_text("In a call")
    expect(page.locator("textarea:visible")).to_have_value("")
    return leg


def test_the_card_is_there_within_a_second_and_nobody_else_sees_more_than_their_queue(opened, at) -> None:
    at_work, address = at
    over(at_work)  # so that Priya is ready first
    priya, sam, gus = (desk(opened, address, name) for name in ("Priya Nair", "Sam Okoro", "Gus Brandt"))
    for page in (priya, sam, gus):
        ready(page)
    at_work.refresh()
    call = complain(at_work)
    expect(sam.locator("#queue")).to_contain_text("Dana Whitfield")
    assert "Dana" not in gus.content()
    at_work.clock = max(at_work.clock, time.time()) + 2.0
    at_work.queueing._offers.run(at_work.clock)  # the offer is committed, then dialled
    began = time.monotonic()
    expect(priya.locator("#ring .ring")).to_contain_text("Dana Whitfield")
    assert time.monotonic() - began < 1.0
    assert priya.title().startswith("Ringing")
    expect(sam.locator("#ring")).to_be_empty()
    leg = AgentCall(at_work.carrier, at_work.carrier.ledger.placed.pop(0), Habit("takes", talks=None))
    leg.advance()
    expect(priya.locator("#calls h2")).to_have_text(["Dana Whitfield", "Wrap-up"])
    expect(priya.locator("#ring")).to_be_empty()
    expect(sam.locator("#queue")).to_contain_text("Nobody is waiting")
    assert "Dana" not in sam.content() + gus.content()
    assert SECRET not in priya.content()
    leg.act(AgentHangsUp())
    over(at_work, call)
    for page in (priya, sam, gus):
        page.context.close()


def two_windows(page: Page, address: str) -> None:
    """Write of one call in two windows: both texts stay."""
    other = page.context.new_page()
    other.goto(f"{address}/desk")
    theirs = other.locator("textarea", has_text="Reads 1,411")
    page.locator("textarea:visible").fill("One window. ")
    expect(page.locator("[data-kept]:visible")).to_contain_text("Saved")
    if not theirs.is_visible():
        other.locator("#others button", has_text="Dana").click()
    other.locator("textarea:visible").fill("The other window.")
    expect(other.locator("textarea:visible")).to_have_value("One window. \nThe other window.")


def test_typed_text_survives_a_reload_a_second_call_and_another_window_and_nothing_moves(opened, at) -> None:
    at_work, address = at
    page = desk(opened, address, "Priya Nair")
    ready(page)
    at_work.refresh()
    first, second = complain(at_work), complain(at_work, OTHER)
    leg = taken(at_work, page)
    page.keyboard.press("n")
    page.keyboard.type("Reads 1,411 kWh, not 2,180")
    page.keyboard.press("Alt+2")
    page.locator("select[name$='.owner']:visible").select_option("Sam Okoro")
    page.reload()  # before the draft was sent
    notes = page.locator("textarea:visible")
    expect(notes).to_have_value("Reads 1,411 kWh, not 2,180")
    expect(page.get_by_label("We owe an answer")).to_be_checked()
    expect(page.locator("select[name$='.owner']:visible")).to_have_value(id_of(at_work, "Sam Okoro"))
    leg.act(AgentHangsUp())
    expect(page.locator("#me")).to_have_text("Wrapping up")
    page.locator("#take-next").click()
    expect(page.locator("#ring .ring")).to_contain_text(OTHER)
    look(page, "desk-rings-again")
    notes.focus()
    before = page.locator("#calls h2").first.bounding_box(), notes.bounding_box()
    leg = rung(at_work, "answers")
    leg.act(Keys("1"))
    expect(page.locator("#talk")).to_contain_text(OTHER)
    page.keyboard.type("!")
    expect(notes).to_have_value(re.compile("Reads 1,411 kWh, not 2,180"))
    assert "!" in notes.input_value()
    assert (page.locator("#calls h2").first.bounding_box(), notes.bounding_box()) == before
    expect(page.locator("#others button")).to_have_text([OTHER])
    page.locator("#others button").click()
    expect(page.locator("textarea:visible")).to_have_value("")
    page.locator("#others button").click()
    expect(notes).to_have_value(re.compile("Reads 1,411 kWh"))
    expect(page.locator("[data-kept]:visible")).to_contain_text("Saved")
    two_windows(page, address)
    leg.act(AgentHangsUp())
    over(at_work, first, second)
    page.context.close()


def test_where_the_stream_breaks_the_page_asks_and_where_nobody_answers_it_says_so(opened, at) -> None:
    at_work, address = at
    page = desk(opened, address, "Priya Nair")
    ready(page)
    at_work.refresh()
    page.route("**/desk/stream", lambda route: route.abort())
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-live", "polling")
    call = complain(at_work)
    expect(page.locator("#queue")).to_contain_text("Dana Whitfield")
    page.route("**/desk/here", lambda route: route.abort())
    expect(page.locator("#banner")).to_contain_text("does not answer", timeout=12000)
    expect(page.locator("#queue")).to_contain_text("Dana Whitfield")
    page.unroute("**/desk/here")
    expect(page.locator("#banner")).to_be_hidden()
    over(at_work, call)
    page.context.close()


def test_a_call_is_passed_taken_and_written_of_by_keyboard_alone_and_the_ring_takes_no_focus(opened, at) -> None:
    at_work, address = at
    page = desk(opened, address, "Priya Nair")
    ready(page)
    at_work.refresh()
    call, other = complain(at_work), complain(at_work, OTHER)
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_contain_text("Pass the ringing call")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#ring .ring")).to_contain_text("Dana Whitfield")
    assert page.evaluate("document.querySelector('#ring').contains(document.activeElement)") is False
    leg = rung(at_work, "answers")
    page.keyboard.press("2")
    expect(page.locator("#ring")).to_be_empty()
    until = time.monotonic() + 10  # the page sees the pass before the carrier has heard of it
    while at_work.carrier.ledger.calls[leg.placed.sid].status != "completed" and time.monotonic() < until:
        time.sleep(0.05)
    assert at_work.carrier.ledger.calls[leg.placed.sid].status == "completed"
    leg = taken(at_work, page)
    expect(page.locator("#talk")).to_contain_text(OTHER)
    page.keyboard.press("w")
    page.keyboard.press("n")
    page.keyboard.type("w and 1 and 2 are letters here")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-told]:visible")).to_contain_text("An outcome is needed")
    page.keyboard.press("Alt+3")
    leg.act(AgentHangsUp())
    expect(page.get_by_role("button", name="Save and be ready")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#me")).to_have_text("Ready")
    row = at_work.node.store.wrap_ups.find(other.sid, id_of(at_work, "Priya Nair"))
    assert (row.outcome, row.wrong, row.saved_at is not None) == ("call_back", True, True)
    over(at_work, call, other)
    page.context.close()


def test_a_stream_ends_with_the_session_and_with_the_server(opened, at) -> None:
    _, address = at
    page = desk(opened, address, "Priya Nair")
    other = page.context.new_page()
    other.goto(f"{address}/desk")
    expect(other.locator("body")).to_have_attribute("data-live", "stream")
    expect(page.locator("body")).to_have_attribute("data-live", "polling")  # one stream each
    other.get_by_label("Sign out").click()
    other.wait_for_url("**/login")
    expect(page.locator("#banner")).to_contain_text("you have signed in or out")
    page.context.close()
