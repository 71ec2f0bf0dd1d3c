"""How a page looks to everybody: axe finds nothing, nothing scrolls sideways; IVR_SHOTS names a folder for pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ALL = [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)]
# Every page is looked at in all of these where pictures are made. What axe finds hangs on the colours or on the width,
# so otherwise two of them tell as much, in half the time.
VIEWS = pytest.mark.parametrize(("scheme", "width"), ALL if "IVR_SHOTS" in os.environ else ALL[::3], ids=str)


def look(page: Page, name: str) -> None:
    """Judge the page as it stands."""
    assert (found := judged(page, name)) == "", found


def look_around(page: Page, name: str, views: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Judge the page in these views, without asking for it again; gives what is wrong."""
    for scheme, width in views:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        if found := judged(page, name):
            yield f"{found} ({scheme}, {width} px)"


def judged(page: Page, name: str) -> str:
    """Say what is wrong with the page as it stands; "" for nothing."""
    shots = os.environ.get("IVR_SHOTS")
    if shots:
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        width = page.evaluate("innerWidth")
        page.screenshot(path=f"{shots}/{name}-{'dark' if dark else 'light'}-{width}.png", full_page=True)
    found = Axe().run(page)
    if found.violations_count:
        return f"{name}: {found.generate_report()}"
    return f"{name} scrolls sideways" if page.evaluate("document.documentElement.scrollWidth > innerWidth") else ""
