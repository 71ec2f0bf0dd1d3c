"""Desks and floors in browsers, worked by the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext, Page, expect
from rig.people import PASSPHRASE, address_of

FOCUS = """() => {
  const e = document.activeElement;
  if (!e.matches("a, button, input, select, textarea, summary")) return "";
  return [e.getAttribute("aria-label") ?? "", e.textContent, e.value ?? "", e.name ?? ""].join(" ");
}"""


def context_of(opened: Browser, **view: object) -> BrowserContext:
    """Open a browser of somebody's own."""
    return opened.new_context(**{"viewport": {"width": 1440, "height": 900}} | view)


def signed_in(context: BrowserContext, address: str, name: str, errors: list[str]) -> Page:
    """Sign somebody in; whatever the page complains of is kept in `errors`."""
    page = context.new_page()
    page.set_default_timeout(8000)
    page.on("pageerror", lambda error: errors.append(f"{name}: {error}"))
    page.on("console", lambda line: errors.append(f"{name}: {line.text}") if line.type == "error" else None)
    page.goto(f"{address}/login")
    page.fill("#email", address_of(name))
    page.fill("#password", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_selector(".rail")
    return page


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what says these words has the focus."""
    passed = []
    for _ in range(90):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUS))
        if words in passed[-1]:
            return
    raise AssertionError(f"no Tab leads to {words!r}, but to {passed}")


def ready_by_key(page: Page) -> None:
    """Become ready."""
    tab_to(page, "not_ready to")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#me")).to_have_text("Ready")
