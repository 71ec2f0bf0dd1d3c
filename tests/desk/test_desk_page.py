"""The desk page in real Chromium, two agents at once, against a whole installation with the carrier's double."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_hotline import CALLER, OTHER, complain, hotline, staff
from playwright.sync_api import Browser, Page, expect
from rig.looks import VIEWS, look
from rig.pages import browser, chromium, pages
from rig.people import PASSPHRASE, address_of, let_in
from waiting_hotline import Office, office

from ivr.callers import Callers, Kept
from ivr.keys import Keyring
from ivr.simulator.acts import AgentHangsUp, Keys

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    """Run a Chromium."""
    if chromium() is None:
        pytest.skip("there is no Chromium on this machine")
    with browser() as made:
        yield made


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
    page.locator("label", has_text="Ready").click()
    expect(page.locator("#me")).to_have_text("Ready")
    look(page, "desk-idle")
    first, second = complain(at_work), complain(at_work, OTHER)
    page.locator("#take-next").click()
    expect(page.locator("#ring")).to_contain_text("Dana Whitfield")
    leg = at_work.offered("answers")
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
    assert first.over
    second.hang_up()
    page.context.close()
