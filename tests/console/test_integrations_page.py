"""The page of tokens in a real browser: by keyboard alone, and what it looks like to everybody."""

from __future__ import annotations

import time
import urllib.request

import pytest
from playwright.sync_api import Browser, Page, expect
from rig.looks import VIEWS, look
from rig.people import come_in

from ivr.store import Store

pytestmark = pytest.mark.browser


def set_a_webhook_up(page: Page, address: str) -> None:
    page.wait_for_load_state()
    page.keyboard.press("w")
    expect(page.get_by_label("Address", exact=False).first).to_be_focused()
    page.keyboard.type(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#secret")).to_contain_text("whsec_")
    look(page, "webhook-secret")
    page.get_by_role("link", name="Kept").press("Enter")
    page.wait_for_load_state()
    page.keyboard.press("t")
    expect(page.get_by_role("status")).to_contain_text("on its way")
    expect(page.get_by_role("region", name="Messages")).to_contain_text("waiting")
    look(page, "webhook")


@VIEWS
def test_a_token_and_a_webhook_are_made_by_keyboard_and_shown_once(
    opened: Browser, hotline: str, opened_store: Store, scheme: str, width: int
) -> None:
    context = opened.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    come_in(page, hotline, "admin", "/integrations")
    opened_store.tokens.make(f"Old books {scheme} {width}", ["cases"], 1, "tests", time.time() - 90000)
    page.reload()
    look(page, "integrations")
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.get_by_label("System", exact=False).first).to_be_focused()
    page.keyboard.type(f"Warehouse {scheme} {width}")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in ("cases", "insight", "blocked", "exports", "good for", "make"):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Make the token")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Warehouse {scheme} {width}")
    look(page, "token")
    secret = page.locator("#token").inner_text()
    asked = urllib.request.Request(f"{hotline}/api/v1/calls", headers={"Authorization": f"Bearer {secret}"})
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200
    page.get_by_role("link", name="Kept").press("Enter")
    expect(page.get_by_role("row", name=f"Warehouse {scheme} {width}")).to_contain_text("good")
    set_a_webhook_up(page, f"https://crm.example/{scheme}-{width}")
    context.close()
