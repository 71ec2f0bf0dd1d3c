"""The floor in real Chromium: who leads sees who talks, and comes in by the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from rig.looks import VIEWS, look
from rig.pages import opened, pages
from rig.people import PASSPHRASE, address_of, hashed, let_in
from waiting_hotline import office

from ivr.store.people import Person

__all__ = ["opened"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def at(tmp_path_factory, root):
    """Priya talks to a caller, Sam is ready, Bea leads them."""
    with office(tmp_path_factory.mktemp("floor")) as made:
        made.server.environ |= {"TWILIO_API_URL": made.settings.api_url, "SECOND_FACTOR_ROLES": "none"}
        made.ready("Priya", "Sam")
        store = made.node.store
        let_in(store, "admin")
        bea = Person("Bea", "supervisor", ("care",), "+15005550109", email=address_of("Bea"))
        store.accounts.set_password(store.people.add(bea, "tests"), hashed(), "Bea")
        made.call("1")
        made.offered()
        with pages(made.server, root) as address:
            yield made, address
        made.end()


def floor(opened, address, **view):
    page = opened.new_context(**{"viewport": {"width": 1440, "height": 900}} | view).new_page()
    page.set_default_timeout(8000)
    page.goto(f"{address}/login")
    page.fill("#email", address_of("Bea"))
    page.fill("#password", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_selector(".rail")
    page.goto(f"{address}/calls")  # where no key means anything else
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.locator("h1")).to_have_text("Floor")
    return page


@VIEWS
def test_the_floor_looks_right(opened, at, scheme, width):
    page = floor(opened, at[1], color_scheme=scheme, viewport={"width": width, "height": 900})
    expect(page.locator("#floor-rows tr").first).to_contain_text("Priya")
    look(page, "floor")
    page.context.close()


def test_who_leads_comes_into_a_talk_by_the_keyboard_and_leaves_it(opened, at):
    made, address = at
    page = floor(opened, address)
    page.get_by_role("button", name="Listen: Priya").focus()
    with page.expect_response("**/listen"):
        page.keyboard.press("Enter")
    made.work()
    made.answers()
    leave = page.get_by_role("button", name="Leave the talk of Priya")
    expect(leave).to_be_visible()
    leave.focus()
    with page.expect_response("**/leave"):
        page.keyboard.press("Enter")
    made.work()
    expect(leave).to_have_count(0)
    page.context.close()
