"""How a page looks to everybody: axe finds nothing, nothing scrolls sideways; IVR_SHOTS names a folder for pictures."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ALL = [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)]
# Every page is looked at in all of these where pictures are made. What axe finds hangs on the colours or on the width,
# so otherwise two of them tell as much, in half the time.
VIEWS = pytest.mark.parametrize(("scheme", "width"), ALL if "IVR_SHOTS" in os.environ else ALL[::3], ids=str)


def look(page: Page, name: str) -> None:
    """Judge the page as it stands."""
    shots = os.environ.get("IVR_SHOTS")
    if shots:
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        width = page.evaluate("innerWidth")
        page.screenshot(path=f"{shots}/{name}-{'dark' if dark else 'light'}-{width}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{name} scrolls sideways"
