"""What stands around every page, in a real browser."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from rig.looks import VIEWS, look
from rig.people import sign_in

from ivr.store import Store
from ivr.store.announcements import Announcement
from ivr.store.flags import Flag

pytestmark = pytest.mark.browser


@pytest.fixture
def seen(opened: Browser, hotline: str, scheme: str, width: int) -> Iterator[Page]:
    """Open a window of this kind, signed in as an admin."""
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, hotline, "admin")
    yield page
    context.close()


@VIEWS
def test_what_is_on_the_air_stands_on_every_page(seen: Page, hotline: str, opened_store: Store) -> None:
    now = time.time()
    assert seen.locator(".onair").count() == 0
    opened_store.flags.on(Flag("storm", "Marta Ruiz", now + 3600, now))
    spoken = {"en-US": "A storm has cut the power."}
    opened_store.announcements.put(Announcement("storm", "Marta Ruiz", now + 7200, now, texts=spoken))
    for path in ("/phone", "/account"):
        seen.goto(hotline + path)
        expect(seen.locator(".onair")).to_contain_text("Announcement on every call: “A storm has cut the power.”")
        expect(seen.locator(".onair")).to_contain_text("Flag storm")
        expect(seen.locator(".onair")).to_contain_text("Marta Ruiz · ends")
    look(seen, "on-air")
    opened_store.flags.off("storm")
    opened_store.announcements.end("storm")
    seen.reload()
    assert seen.locator(".onair").count() == 0


def test_g_and_a_letter_lead_to_the_page_that_the_rail_says(opened: Browser, hotline: str) -> None:
    page = opened.new_page()
    sign_in(page, hotline, "admin")
    page.goto(f"{hotline}/account")
    told = [(one.get_attribute("data-go"), one.get_attribute("href")) for one in page.locator(".rail [data-go]").all()]
    assert len(dict(told)) == len(told) == 14
    for key, path in [*told, ("n", "/integrations")]:
        page.goto(f"{hotline}/menus", wait_until="load")
        page.keyboard.press("g")
        page.keyboard.press(str(key))
        page.wait_for_url(f"{hotline}{path}")
    page.goto(f"{hotline}/menus", wait_until="load")
    page.keyboard.press("g")
    page.keyboard.press("y")
    page.keyboard.press("h")  # is a deed of this page again, one key later
    page.wait_for_url(f"{hotline}/phone?version=**")
    page.close()
