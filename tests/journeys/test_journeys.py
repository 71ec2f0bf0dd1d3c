"""Ten journeys of people who work with the hotline, by keyboard alone; `make drill` writes docs/journeys.md."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from journeys.conftest import House
from journeys.journey import Journey
from journeys.past import CALLER, march, presses, yesterday
from playwright.sync_api import Browser, expect
from rig.looks import ALL
from rig.people import come_in, let_in

pytestmark = pytest.mark.browser
Walk = Callable[[Journey, House], None]
View = tuple[str, int]
PAGE = "docs/journeys.md"
ROW = "|---|---|---:|---:|---|---:|"


def find_a_call(way: Journey, house: House, number: str = CALLER) -> None:
    """Find yesterday's call of a number."""
    way.press("g", "c")
    way.comes_to("Calls")
    way.press("/")
    way.write(number)
    way.press("Enter")
    way.page.wait_for_url("**number=**")
    way.comes_to("Calls")
    way.sees(way.page.locator("tbody tr").first, f"{yesterday():%H:%M}")


def why_hung_up(way: Journey, house: House) -> None:
    """Read in the story where the caller was, and what came before."""
    find_a_call(way, house)
    way.press("j", "Enter")
    way.comes_to(CALLER)
    ended(way, house, urlsplit(way.page.url).path.rpartition("/")[2])
    way.page.reload()
    way.sees(way.page.locator("#how-it-ended"), "complaints.account")


def where_callers_give_up(way: Journey, house: House) -> None:
    """Read at which step most hung up."""
    counted(way, house)
    way.press("g", "i")
    way.comes_to("Insight")
    way.press("u")
    way.sees(way.page.locator("#most-hung-up"), "complaints.account")


def which_option_is_wrong(way: Journey, house: House) -> None:
    """Read which option sends callers to the wrong team."""
    counted(way, house)
    way.press("g", "i")
    way.comes_to("Insight")
    way.press("o")
    way.sees(way.page.locator("section[aria-labelledby=h-o]"), "of 24")


def change_a_prompt(way: Journey, house: House) -> None:
    """Add words to the greeting, and publish them."""
    words = f" Good {next(house.past.numbers)}."
    way.press("g", "m")
    way.comes_to("Menus")
    way.press("n")
    way.page.locator("body[data-ready]").wait_for()
    way.press("t")
    expect(way.page.locator("#editor .cm-content")).to_be_focused()
    while "menu:" not in way.page.locator(".cm-activeLine").inner_text():
        way.press("ArrowDown")
    way.press("End", "End")  # of what is wrapped, then of the line
    way.write(words)
    way.press("Tab", "p")
    way.comes_to("What changes for callers")
    way.write("Kinder")
    way.press("Enter")
    way.sees(way.page.locator(".banner"), "is in force")
    assert house.greets(words.strip())


def announce_an_outage(way: Journey, house: House) -> None:
    """Say on every call until 18:00 that the power is cut."""
    way.press("g", "s")
    way.comes_to("Settings")
    way.press("a")
    way.comes_to("Flags, announcements")
    way.press("n")
    way.write("outage")
    way.press("Tab")
    way.write("18:00")
    way.press("Tab")
    way.write("The power is cut in Northgate.")
    way.press("Control+Enter")
    way.sees(way.page.locator(".banner.ok"), "outage is on the air until")
    assert house.greets("The power is cut in Northgate.")


def give_a_role(way: Journey, house: House) -> None:
    """Make an agent a supervisor."""
    name = f"Ada{next(house.past.numbers)} Holm"
    let_in(house.store, "agent", name)
    way.press("g", "u")
    way.comes_to("People")
    while way.page.evaluate("document.activeElement.textContent") != name:
        way.press("j")
    way.press("Enter")
    way.comes_to(name)
    way.press("r")
    way.write("sup")
    way.press("Control+Enter")
    way.sees(way.page.locator(".banner.ok"), "is changed")
    assert {one.name: one.role for one in house.store.people.all()}[name] == "supervisor"


def export_march(way: Journey, house: House) -> None:
    """Save all calls of March as a file."""
    way.press("g", "c")
    way.comes_to("Calls")
    way.press("w")
    way.write("March")
    way.press("Control+Enter")
    way.page.wait_for_url(f"**when={march():%Y-%m}**")
    way.comes_to("Calls")
    way.press("e")
    way.comes_to("Exports")
    way.sees(way.page.locator("#exports tbody tr").first, "Save")
    with way.page.expect_download() as saved:
        way.press("s")
    way.sees(way.page.locator("#exports tbody tr").first, f"March {march().year}")
    rows = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert [row.count("+1415555010") for row in rows] == [0, 1, 1, 1]


def erase_a_person(way: Journey, house: House) -> None:
    """Destroy what is held of a caller who asks for it."""
    number = f"+1415555{next(house.past.numbers):04}"
    call = house.past.call(yesterday().timestamp(), number, presses("1"))
    ended(way, house, call)
    find_a_call(way, house, number)
    way.press("j", "Enter")
    way.comes_to(number)
    way.press("h")
    way.comes_to("What is held of the person")
    way.press("e")
    way.write("erase")
    way.press("Enter")
    way.sees(way.page.locator("h1"), "Certificate of an erasure")
    record = house.store.call(call)
    assert record is not None
    assert not record.wrapped


def roll_back(way: Journey, house: House) -> None:
    """Put the version before in force again."""
    before = house.store.versions.active()
    way.press("g", "m")
    way.comes_to("Menus")
    way.press("b")
    way.comes_to("Back to")
    way.write("Callers asked")
    way.press("Enter")
    way.sees(way.page.locator(".banner"), "is in force again")
    assert house.store.versions.active() != before


def counted(way: Journey, house: House) -> None:
    """Wait until the job process has counted what happened: no time of the person's."""
    sums = house.store.insight
    _until(way, lambda: sums.days() and not sums.due(1))


def ended(way: Journey, house: House, call: str) -> None:
    """Wait until the job process has ended a call: no time of the person's."""
    found = house.store.calls.find
    _until(way, lambda: (row := found(call)) is not None and row.ended_at is not None)


def _until(way: Journey, done: Callable[[], object]) -> None:
    now = time.monotonic()
    while not done():
        assert time.monotonic() < now + 60, "the job process does not keep up"
        time.sleep(0.1)
    way.looked += time.monotonic() - now


# what somebody wants -> who they are, and the way
JOURNEYS: dict[str, tuple[str, Walk]] = {
    "find yesterday's call of a number": ("supervisor", find_a_call),
    "why did this caller hang up": ("supervisor", why_hung_up),
    "where do callers give up": ("operator", where_callers_give_up),
    "which option is wrong": ("operator", which_option_is_wrong),
    "change a prompt and publish": ("operator", change_a_prompt),
    "announce an outage until 18:00": ("operator", announce_an_outage),
    "give a colleague a role": ("admin", give_a_role),
    "export March": ("supervisor", export_march),
    "erase a person": ("admin", erase_a_person),
    "roll back": ("operator", roll_back),
}

# In CI each journey in one view, in turn, so that all four occur; where pictures are made, all in all.
WHOLE = "IVR_SHOTS" in os.environ
EACH = [(name, *view) for at, name in enumerate(JOURNEYS) for view in (ALL if WHOLE else [ALL[at % len(ALL)]])]


def gone(opened: Browser, house: House, name: str, view: View) -> Journey:
    """Take one journey, and judge the page where it ends."""
    who, walk = JOURNEYS[name]
    context = opened.new_context(color_scheme=view[0], viewport={"width": view[1], "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    come_in(page, house.pages, who, "/account")
    way = Journey(page, name)
    walk(way, house)
    way.look()
    context.close()
    assert errors == []
    return way


@pytest.mark.parametrize(("name", "scheme", "width"), EACH, ids=str)
def test_a_journey_takes_no_more_keys_than_is_written(
    opened: Browser, house: House, root: Path, name: str, scheme: str, width: int
) -> None:
    written = re.search(rf"^\| {name} \| \w+ \| (\d+) ", (root / PAGE).read_text(encoding="utf-8"), re.MULTILINE)
    assert written is not None
    assert gone(opened, house, name, (scheme, width)).keys <= int(written[1])


@pytest.mark.campaign
def test_every_journey_in_every_view_is_measured(opened: Browser, house: House, root: Path) -> None:
    lines = []
    for name, (who, _) in JOURNEYS.items():
        ways = [gone(opened, house, name, view) for view in ALL]
        seconds = ", ".join(f"{way.seconds:.1f}" for way in ways)
        longest = max(way.a_persons for way in ways)
        lines.append(f"| {name} | {who} | {max(way.keys for way in ways)} | 0 | {seconds} | {longest:.0f} |")
    head, row, _ = (page := root / PAGE).read_text(encoding="utf-8").partition(ROW)
    page.write_text("\n".join([head + row, *lines, ""]), encoding="utf-8")
