"""From an empty hotline to the phone page, in a real browser, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from rig.looks import VIEWS, look
from rig.pages import pages
from rig.people import PASSPHRASE, code_of
from rig.server import Server, serving

from ivr.keys import Keyring
from ivr.people.codes import first_admin_code
from ivr.store import Store

# a button more on the sign-in; the provider is asked only by who presses it
SIGN_IN = {"SECOND_FACTOR_ROLES": "admin"} | {
    "OIDC_ISSUER": "https://login.aurora.example",
    "OIDC_CLIENT_ID": "us",
    "OIDC_CLIENT_SECRET": "secret",
}

pytestmark = pytest.mark.browser


def code_from_terminal(server: Server) -> str:
    """Make the code as `ivr serve` does."""
    settings = server.settings
    store = Store(settings.database_url, settings.data)
    code = first_admin_code(store, Keyring(settings.secret_keys))
    store.close()
    return code


def type_in(page: Page, *words: str) -> None:
    """Fill the fields in their order and send the form."""
    page.locator("input:focus").wait_for()  # the first field takes the focus by itself
    for place, text in enumerate(words):
        page.keyboard.type(text)
        page.keyboard.press("Tab" if place < len(words) - 1 else "Enter")


def press(page: Page, name: str, role: str = "button") -> None:
    """Go to something by Tab, and press Enter there."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    for _ in range(40):
        if wanted.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


@VIEWS
def test_the_first_admin_comes_in_by_keyboard_alone(opened: Browser, tmp_path, root: Path, scheme, width) -> None:
    with (
        serving(tmp_path, environ=SIGN_IN) as server,
        pages(server, root) as at,
    ):
        context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        page = context.new_page()
        become_admin(page, at, server)
        key = set_up_second_factor(page)
        page.wait_for_load_state()  # the keys are the script's
        page.keyboard.press("g")
        page.keyboard.press("a")
        expect(page.locator("h1")).to_have_text("Your account")
        look(page, "account")
        page.keyboard.press("?")
        expect(page.locator("#shortcuts")).to_be_visible()
        page.keyboard.press("Escape")
        press(page, "Sign out")
        come_back(page, at, key)
        page.goto(f"{at}/first-run")
        expect(page.locator("h1")).to_have_text("There is no such page")
        look(page, "no-such-page")
        context.close()


def become_admin(page: Page, at: str, server: Server) -> None:
    page.goto(at)
    expect(page).to_have_url(f"{at}/first-run")
    look(page, "first-run")
    type_in(page, "AAAA-AAAA", "Helen Okafor", "helen@aurora.example", "helen12345678")
    expect(page.locator("#password-told")).to_contain_text("guessed too soon")
    look(page, "first-run-refused")
    page.goto(f"{at}/first-run")
    type_in(page, code_from_terminal(server).lower(), "Helen Okafor", "helen@aurora.example", PASSPHRASE)


def set_up_second_factor(page: Page) -> str:
    """Set it up, after a slip; give its key."""
    expect(page.locator("h1")).to_have_text("Set up a second factor")
    look(page, "second-factor")
    press(page, "Set it up")
    expect(page.locator("#key")).to_be_visible()
    look(page, "second-factor-key")
    type_in(page, "000000")
    expect(page.locator(".banner")).to_contain_text("This code is not right")
    press(page, "Set it up")
    key = page.locator("#key").inner_text()
    type_in(page, code_of(key))
    expect(page.locator(".codes li")).to_have_count(8)
    look(page, "recovery-codes")
    press(page, "I have kept them", "link")
    expect(page.locator("h1")).to_have_text("Phone")
    return key


def come_back(page: Page, at: str, key: str) -> None:
    expect(page.locator("h1")).to_have_text("Sign in")
    look(page, "sign-in")
    type_in(page, "helen@aurora.example", "not the passphrase")
    expect(page.locator(".banner, .st.bad").first).to_contain_text("do not belong together")
    page.goto(f"{at}/login")
    type_in(page, "helen@aurora.example", PASSPHRASE)
    expect(page.locator("h1")).to_have_text("Code of the moment")
    look(page, "sign-in-code")
    type_in(page, code_of(key, 1))
    expect(page.locator("h1")).to_have_text("Phone")
