"""One journey of a person through the pages, by keyboard alone: how many keys, how many seconds."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect
from rig.looks import look

TYPING = 0.28  # seconds a key takes an average typist (Card, Moran and Newell 1980)
FAR = 12  # presses of Tab; whoever needs more has lost the way


@dataclass
class Journey:
    """Counts what is pressed, and the seconds until what was looked for is seen."""

    page: Page
    name: str
    keys: int = 0
    looked: float = 0.0  # seconds that were ours: pictures, axe
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, words: str) -> None:
        """Type words where the cursor stands."""
        self.page.keyboard.type(words)
        self.keys += len(words)

    def tab_to(self, what: Locator) -> None:
        """Press Tab until something has the focus."""
        for _ in range(FAR):
            if what.evaluate("one => one === document.activeElement"):
                return
            self.press("Tab")
        expect(what).to_be_focused()

    def comes_to(self, heading: str) -> None:
        """Wait for a page: its heading, and its keys."""
        expect(self.page.locator("h1")).to_contain_text(heading)
        self.page.wait_for_load_state()

    def sees(self, what: Locator, words: str) -> None:
        """Have what was looked for before one's eyes: that is the end of the journey, unless it goes on."""
        expect(what).to_contain_text(words, timeout=15_000)
        expect(what).to_be_in_viewport()
        self.seconds = time.monotonic() - self.began - self.looked

    def look(self) -> None:
        """Judge the page; its time is not the person's."""
        now = time.monotonic()
        look(self.page, "journey-" + re.sub(r"\W+", "-", self.name))
        self.looked += time.monotonic() - now

    @property
    def a_persons(self) -> float:
        """Give the seconds that it takes somebody who types."""
        return self.seconds + TYPING * self.keys
