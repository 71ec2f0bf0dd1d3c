"""A case found, read, given, answered and closed in a real browser without a mouse, in every look."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Page, expect
from rig.cases import complain
from rig.looks import VIEWS, look
from rig.people import sign_in

from ivr.keys import Keyring


def find_and_note(page: Page, number: str) -> None:
    page.keyboard.press("g")
    page.keyboard.press("k")
    expect(page.locator("h1")).to_have_text("Cases")
    look(page, "cases")
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("October bill")
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("It was estimated.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.noted")).to_contain_text("It was estimated.")
    page.wait_for_load_state()


def give_and_answer(page: Page) -> None:
    page.keyboard.press("a")
    expect(page.locator("#owner")).to_be_focused()
    page.keyboard.type("Priya")
    page.keyboard.press("Enter")
    if page.locator(".banner.ok").count() == 0:  # a select takes Enter in its list first
        page.get_by_role("button", name="Keep the changes").press("Enter")
    expect(page.locator(".why")).to_contain_text("owner: none → Priya Nair")
    page.wait_for_load_state()
    page.keyboard.press("r")
    expect(page.locator("#answer")).to_be_focused()
    page.keyboard.type("We send it back tomorrow.")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")  # an impatient hand
    expect(page.locator(".msg").last).to_contain_text("waits to be sent")
    expect(page.locator(".msg .said").last).to_have_text("We send it back tomorrow.")
    page.reload()
    expect(page.get_by_text("We send it back tomorrow.")).to_have_count(1)
    look(page, "case")
    prepared, answer = page.get_by_label("Begin with prepared words"), page.locator("#answer")
    prepared.select_option(index=1)
    expect(answer).not_to_have_value("")
    answer.fill("My own words.")
    prepared.select_option(index=0)
    expect(answer).to_have_value("My own words.")  # what was typed is never lost
    answer.fill("")
    prepared.focus()
    page.keyboard.press("Escape")
    page.wait_for_load_state()


@pytest.mark.browser
@VIEWS
def test_a_case_is_worked_on_by_keyboard_alone(opened: Browser, hotline: str, opened_store, scheme, width) -> None:
    number = f"C{width}{len(scheme)}"
    keyring = Keyring([("k1", bytes(range(32)))])  # the rig's
    complain(opened_store, keyring, number, f"+1415555{width}", due_at=time.time() + 90_000, reckon=False)
    complain(opened_store, keyring, f"{number}9", f"+1415555{width}", due_at=time.time() - 9000, reckon=False)
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, hotline, "supervisor")
    find_and_note(page, number)
    give_and_answer(page)
    page.keyboard.press("x")
    expect(page.locator("#settle")).to_be_visible()
    look(page, "case-close")
    expect(page.get_by_role("button", name="It is solved", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".top .st").first).to_have_text("solved")
    context.close()
    assert errors == []
