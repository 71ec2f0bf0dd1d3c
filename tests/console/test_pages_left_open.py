"""Pages that go on by themselves, in real Chromium, when their session ends under them or the network goes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from rig.people import PASSPHRASE, ROLE_NAMES, address_of, sign_in

from ivr.store import Store
from ivr.store.announcements import Announcement
from ivr.store.flags import Flag
from ivr.store.sessions import IDLE

browser = pytest.mark.browser
WAYS = {"calls": ("/calls", "#live-old"), "floor": ("/floor", "#floor-banner"), "exports": ("/exports", "#exports-old")}


@pytest.fixture
def left(opened: Browser, hotline: str) -> Iterator[Page]:
    """A window of an admin; a script that fails on it fails the test."""
    page = opened.new_context().new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, hotline, "admin")
    yield page
    page.context.close()
    assert errors == []


def ended(store: Store, role: str = "admin") -> None:
    """End the sessions of a role's person."""
    person = store.people.named(ROLE_NAMES[role])
    assert person
    store.sessions.end_all(person.id)


@browser
@pytest.mark.parametrize("which", WAYS)
def test_what_goes_on_by_itself_says_that_it_is_old_and_leads_to_the_sign_in(
    left: Page, hotline: str, opened_store: Store, which: str
) -> None:
    path, banner = WAYS[which]
    left.goto(f"{hotline}{path}")
    expect(left.locator(banner)).to_be_hidden()
    left.context.set_offline(offline=True)
    expect(left.locator(banner)).to_contain_text("The hotline does not answer")
    left.context.set_offline(offline=False)
    expect(left.locator(banner)).to_be_hidden()
    ended(opened_store)
    expect(left.locator(banner)).to_contain_text("Your session is over")
    assert left.locator("#email").count() == 0  # no sign-in form inside the page
    left.locator(banner).get_by_role("link", name="Sign in").click()
    expect(left.locator("#email")).to_be_visible()
    left.fill("#email", address_of(ROLE_NAMES["admin"]))
    left.fill("#password", PASSPHRASE)
    left.keyboard.press("Enter")
    left.wait_for_url(f"{hotline}{path}")


@browser
def test_a_draft_says_that_the_session_is_over_and_keeps_what_is_typed(
    left: Page, hotline: str, opened_store: Store
) -> None:
    left.goto(f"{hotline}/menus")
    left.wait_for_load_state()
    left.keyboard.press("n")
    left.locator("body[data-ready]").wait_for()
    address = left.url
    left.context.set_offline(offline=True)
    expect(left.locator("#banner")).to_contain_text("The hotline does not answer")
    left.context.set_offline(offline=False)
    expect(left.locator("#banner")).to_be_hidden()
    ended(opened_store)
    expect(left.locator("#banner")).to_contain_text("Your session is over")
    left.locator("#files a", has_text="main.yaml").first.focus()
    left.keyboard.press("Enter")
    left.keyboard.press("Control+End")
    left.keyboard.type("\n# typed too late")
    expect(left.locator("#banner")).to_contain_text("Not kept")
    left.locator("#banner").get_by_role("link", name="Sign in").click()
    sign_in(left, hotline, "admin")
    left.goto(address)
    left.locator("body[data-ready]").wait_for()
    expect(left.locator("#editor")).to_contain_text("# typed too late")


@browser
def test_what_comes_on_the_air_or_ends_is_seen_on_a_page_that_stays_open(
    left: Page, hotline: str, opened_store: Store
) -> None:
    now = time.time()
    left.clock.install()
    left.goto(f"{hotline}/account")
    left.wait_for_load_state()
    assert left.locator(".onair").count() == 0
    outage = {"en-US": "The power is away."}
    opened_store.announcements.put(Announcement("outage", "Marta", now + 7200, now, texts=outage))
    left.clock.run_for(31_000)
    expect(left.locator(".onair")).to_contain_text("The power is away.")
    change = left.get_by_role("link", name="Change what is on air")
    change.focus()
    opened_store.flags.on(Flag("storm", "Marta", now + 3600, now))
    left.clock.run_for(31_000)
    expect(left.locator(".onair")).to_contain_text("Flag storm")
    expect(change).to_be_focused()
    opened_store.flags.off("storm")
    opened_store.announcements.end("outage")
    left.clock.run_for(31_000)
    expect(left.locator(".onair")).to_have_count(0)


def test_what_an_open_page_asks_by_itself_keeps_no_session_alive(
    casework: tuple[Store, dict[str, FlaskClient]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, begun = casework[1]["admin"], time.time()
    for late in range(0, int(IDLE), 600):
        monkeypatch.setattr("console.signin.sessions.time.time", lambda late=late: begun + late)
        for path in ("/strips", "/calls/now", "/exports/now", "/floor/now"):
            assert client.get(path).status_code == 200
    monkeypatch.setattr("console.signin.sessions.time.time", lambda: begun + IDLE + 60)
    assert client.get("/strips", headers={"X-Requested-With": "script"}).status_code == 401
