"""Menus in a real browser, by keyboard alone: a version brought back, a prompt changed and published, a recording."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from rig.looks import VIEWS, look
from rig.menus import tone, two_versions
from rig.people import come_in

from ivr.store import Store

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)], ids=str)


@VIEWS
def test_every_page_of_menus_can_be_read_by_everybody(
    opened: Browser, hotline: str, opened_store: Store, root: Path, scheme: str, width: int
) -> None:
    first, second = two_versions(opened_store, root)
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    come_in(page, hotline, "operator", "/menus#step-complaints.account")
    expect(page.locator("[data-facts='complaints.account']")).to_be_visible()
    look(page, "menus")
    for address in (f"difference?before={first}&after={second}", f"versions/{first}/roll-back"):
        page.goto(f"{hotline}/menus/{address}")
        look(page, f"menus-{address[:4]}")
    page.goto(f"{hotline}/menus")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.locator("body[data-ready]").wait_for()
    draft = page.url
    prompt_changed(page, " Nice to hear you.")
    page.locator(".picture .changed").wait_for()
    look(page, "draft")
    for address in ("publish", "prompts?language=ka-GE&state=recorded", "earlier?path=menus/main.yaml"):
        page.goto(f"{draft}/{address}")
        look(page, f"draft-{address[:7]}")
    context.close()


@BOTH
def test_a_step_is_found_and_a_version_brought_back_by_keyboard(
    opened: Browser, hotline: str, opened_store: Store, root: Path, scheme: str, width: int
) -> None:
    first, second = two_versions(opened_store, root)
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    come_in(page, hotline, "operator", "/phone")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.locator("h1")).to_have_text("Menus")
    page.wait_for_load_state()
    find_a_step(page)
    page.keyboard.press("v")
    expect(page.locator("h1")).to_have_text("What changes for callers")
    page.go_back()
    go_back(page, first)
    assert opened_store.versions.active() == first
    assert first != second
    assert errors == []
    context.close()


def find_a_step(page: Page) -> None:
    """From a box to its text and back to the box."""
    page.locator("[id='box-complaints.account']").focus()
    page.keyboard.press("Enter")
    name = page.locator("[id='step-complaints.account']")
    expect(name).to_be_focused()
    expect(name).to_be_in_viewport()
    expect(page.locator(".files [aria-current]")).to_have_text("complaints.yaml")
    expect(page.locator("[data-facts='complaints.account']")).to_be_visible()
    page.keyboard.press("Enter")
    box = page.locator("[id='box-complaints.account']")
    expect(box).to_be_focused()
    expect(box).to_be_in_viewport()


def go_back(page: Page, version: str) -> None:
    """Roll back to a version of the list."""
    expect(page.locator("h1")).to_have_text("Menus")
    page.locator(f"a[href$='{version}/roll-back']").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Why")).to_be_focused()
    page.keyboard.type("Callers asked who is there")
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text("is in force again")
    expect(page.locator("tbody tr").first).to_contain_text("Callers asked who is there")


def prompt_changed(page: Page, words: str) -> None:
    """From the picture to the text of the first menu, and words added to its words."""
    page.locator("[id='box-main.main']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#editor .cm-content")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.type(words)


@BOTH
def test_a_prompt_is_changed_and_published_by_keyboard(
    opened: Browser, hotline: str, opened_store: Store, scheme: str, width: int
) -> None:
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    come_in(page, hotline, "operator", "/menus")
    page.keyboard.press("n")
    page.locator("body[data-ready]").wait_for()
    prompt_changed(page, " Nice to hear you.")
    expect(page.locator("#kept")).to_contain_text("Kept at")
    page.locator(".picture .changed").wait_for()
    expect(page.locator("#counts")).to_contain_text("to look at")  # translations are older than it now
    page.keyboard.type(" gm?")  # in the editor these are letters
    expect(page.locator("#kept")).to_contain_text("Kept at")
    colleague(page, hotline)
    page.locator("#publish").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Why")).to_be_focused()
    expect(page.locator(".prob").first).to_contain_text("Mine.")
    page.keyboard.type(f"A kinder end {scheme} {width}")
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text("is in force")
    switch = opened_store.versions.last()
    assert switch is not None
    assert (switch.author, switch.comment) == ("Tomas Berg", f"A kinder end {scheme} {width}")
    assert errors == []
    context.close()


def colleague(page: Page, hotline: str) -> None:
    """Somebody else changes the same file while this page has changes of its own: both texts are shown."""
    other = page.context.browser.new_context()  # type: ignore[union-attr]
    theirs = other.new_page()
    come_in(theirs, hotline, "admin", page.url.removeprefix(hotline))
    theirs.locator("body[data-ready]").wait_for()
    expect(page.locator("#others")).to_contain_text("Helen Okafor has this draft open", timeout=15_000)
    page.context.set_offline(offline=True)
    prompt_changed(page, " Mine.")
    prompt_changed(theirs, " Theirs.")
    expect(theirs.locator("#kept")).to_contain_text("Kept at")
    other.close()
    page.context.set_offline(offline=False)
    expect(page.locator("#conflict")).to_be_visible(timeout=15_000)
    expect(page.locator("#conflict-words")).to_contain_text("Helen Okafor has changed menus/main.yaml")
    expect(page.locator("#theirs")).to_have_value(page.locator("#theirs").input_value())
    assert "Theirs." in page.locator("#theirs").input_value()
    assert "Mine." in page.locator("#yours").input_value()
    page.locator("#keep-mine").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#conflict")).to_be_hidden()
    expect(page.locator("#kept")).to_contain_text("Kept at")


def test_words_that_fit_are_offered_and_an_error_is_put_right(opened: Browser, hotline: str) -> None:
    context = opened.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    come_in(page, hotline, "operator", "/menus")
    page.keyboard.press("n")
    page.locator("body[data-ready]").wait_for()
    page.locator("#files a", has_text="complaints.yaml").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+End")
    for words in ("extra:", "  say: Hello.", "then: statemen"):
        page.keyboard.type(words)
        if words != "then: statemen":
            page.keyboard.press("Enter")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("statement")
    page.keyboard.press("Escape")
    row = page.locator(".prob", has_text="unknown-step")
    expect(row).to_contain_text("menus/complaints.yaml:")
    expect(page.locator("#counts")).to_contain_text("1 error")
    expect(page.locator("#hear")).to_be_disabled()
    expect(page.locator("#editor .cm-lintRange-error")).to_have_text("statemen")
    row.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#editor .cm-content")).to_be_focused()
    row.get_by_role("button", name="Put it right").focus()
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)
    expect(page.locator("#hear")).to_be_enabled()
    context.close()


@BOTH
def test_prompts_are_found_by_language_and_brought(opened: Browser, hotline: str, scheme: str, width: int) -> None:
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    come_in(page, hotline, "operator", "/menus")
    page.keyboard.press("n")
    page.locator("body[data-ready]").wait_for()
    page.keyboard.press("r")
    expect(page.locator("h1")).to_have_text("Prompts")
    page.get_by_role("link", name="Danish", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".prompt").first).to_be_visible()
    row = page.locator(".prompt", has_text="main.main").first
    row.locator("input[type=file]").set_input_files({"name": "a.wav", "mimeType": "audio/wav", "buffer": tone("WAV")})
    row.get_by_role("button", name="Bring it").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text("main.main.wav is in the draft")
    expect(page.locator(".prompt audio").first).to_be_attached()
    context.close()
