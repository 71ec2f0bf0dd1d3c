"""A talk that came by a ring, and a call back, at the desk in real Chromium, from the first key to the wrap-up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from desk_hotline import CONFIG, MAIN, OTHER, PHONES, staff
from desk_pages import context_of, signed_in, tab_to
from playwright.sync_api import Browser, Page, expect
from rig.pages import opened, pages
from rig.people import let_in
from waiting_hotline import Office, office
from waiting_hotline import hotline as compiled

from ivr.simulator.acts import Agent as Habit
from ivr.simulator.acts import Keys

__all__ = ["opened"]

pytestmark = pytest.mark.browser
PRIYA, SAM = "Priya Nair", "Sam Okoro"
CALL_ME = "call_me:\n  call_back: bills\n  failed: sorry\n  then: served\n\nserved:\n"


@dataclass
class Two:
    """Priya and Sam at their desks."""

    at_work: Office
    priya: Page
    sam: Page

    def asks(self, page: Page, key: str) -> None:
        """Press a key that asks for something, and let the job process bring it about."""
        with page.expect_response("**/talk/**"):
            page.keyboard.press(key)
        self.at_work.work()


@pytest.fixture
def two(tmp_path: Path, root: Path, opened: Browser) -> Iterator[Two]:
    """Run a hotline whose shop rings Priya's phone, and which calls back at any hour."""
    config = CONFIG.replace('ring: ["+15005550105", "client:priya_1"]', f'ring: ["{PHONES[PRIYA]}"]')
    config += 'call_backs: {daytime: "24/7"}\n'
    main = MAIN.replace("    4: a person", "    5: be called back -> call_me\n    4: a person")
    errors: list[str] = []
    with office(tmp_path, "", compiled(main.replace("served:\n", CALL_ME, 1), config)) as made:
        made.server.environ |= {"TWILIO_API_URL": made.settings.api_url, "SECOND_FACTOR_ROLES": "none"}
        let_in(made.node.store, "admin")
        staff(made, PRIYA, SAM)
        with pages(made.server, root) as address:
            contexts = [context_of(opened) for _ in range(2)]
            priya, sam = (
                signed_in(context, address, name, errors) for context, name in zip(contexts, (PRIYA, SAM), strict=True)
            )
            for page in (priya, sam):
                page.goto(f"{address}/desk")
            yield Two(made, priya, sam)
            for context in contexts:
                context.close()
        made.end()
    assert not errors, "\n".join(errors)


def held_and_handed_over(two: Two) -> None:
    """Hold, fetch back, ask Sam, and leave the caller to Sam."""
    page, bar = two.priya, two.priya.locator("#talkbar")
    expect(bar).to_contain_text("Hold")
    two.asks(page, "h")
    expect(bar).to_contain_text("The caller is on hold")
    two.asks(page, "h")
    expect(bar).to_contain_text("In a talk")
    page.keyboard.press("t")
    tab_to(page, "person")
    page.keyboard.type("Sam")
    tab_to(page, "Call while the caller waits")
    two.asks(page, "Enter")
    two.at_work.answers()
    two.at_work.work()
    expect(bar).to_contain_text("Talking to Sam Okoro")
    tab_to(page, "Hand over to Sam Okoro")
    two.asks(page, "Enter")
    expect(bar).to_be_empty()
    expect(two.sam.locator("#talkbar")).to_contain_text("In a talk")


def ended_and_written_up(two: Two) -> None:
    """End the talk by the page, and write of it."""
    page = two.sam
    tab_to(page, "End ")
    two.asks(page, "Enter")
    expect(page.locator("#talkbar")).to_be_empty()
    page.locator("textarea:visible").first.fill("Sam has seen to it.")
    page.keyboard.press("Alt+1")
    with page.expect_response("**/wrap-up"):
        page.keyboard.press("Control+Enter")


def test_a_call_that_rang_is_taken_held_handed_over_ended_and_written_up(two: Two) -> None:
    call = two.at_work.call("3", caller=OTHER)
    call.agent("answers")
    expect(two.priya.locator("#talk")).to_contain_text("Something about the shop")
    call.act(Keys("1"))
    expect(two.priya.locator("#calls h2").first).to_have_text(OTHER)
    held_and_handed_over(two)
    ended_and_written_up(two)
    assert " ".join(call.heard_by()).endswith("Thank you for calling.")


def test_a_call_back_is_taken_held_handed_over_ended_and_written_up(two: Two) -> None:
    at_work = two.at_work
    at_work.node.store.agents.say(at_work.agent(SAM).person, "not_ready", "", time.time())
    call = at_work.call("5", caller=OTHER)
    call.press("1")
    at_work.endings.end(call.sid, time.time())
    at_work.done()
    at_work.round()
    leg = at_work.offered("answers", callee=Habit("takes", talks=None))
    assert leg is not None
    expect(two.priya.locator("#ring")).to_contain_text(OTHER)
    two.priya.keyboard.press("1")
    expect(two.priya.locator("#talk")).to_contain_text("In a call")
    at_work.node.store.agents.say(at_work.agent(SAM).person, "ready", "", time.time())
    held_and_handed_over(two)
    ended_and_written_up(two)
    assert [ticket.state for ticket in at_work.tickets if ticket.call_back] == ["done"]
