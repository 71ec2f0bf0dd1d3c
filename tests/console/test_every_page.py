"""Every page of the console over a made-up history, in light and dark, wide and narrow: none is forgotten.

A route that gives a page stands in ``PAGES``; another that is read stands in ``NO_PAGES`` or, where a page needs a
state of its own to be seen, in ``ELSEWHERE`` with the test that looks at it. The test names what stands nowhere.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from datetime import date
from ipaddress import ip_network
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from rig.looks import ALL, look_around
from rig.pages import pages
from rig.people import come_in, let_everybody_in, sign_in
from rig.server import ACCOUNT, KEYS, TOKEN, serving

from console.app import create_app
from ivr.demo import history
from ivr.demo.plan import Wish
from ivr.hooks import EVENTS, new_hook
from ivr.hooks import Wish as HookWish
from ivr.keys import Keyring
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.calls import Search

SHOWN = "IVR_SHOTS" in os.environ  # then there is more to be seen
CALLS, WAYS, DAYS = (900, (5, 5), 30) if SHOWN else (60, (1, 1), 9)
House = tuple[str, dict[str, str]]  # address of the pages, what their addresses name
HERE = (ip_network("127.0.0.1/32"),)
WISH = Wish(CALLS, DAYS, 5, 0.1, date(2026, 11, 27), "Europe/Copenhagen", "DK")

PAGES: Mapping[str, str] = {
    "account.page": "/account",
    "audit.page": "/audit",
    "blocked.page": "/settings/blocked",
    "calls.one": "/calls/{call}",
    "calls.page": "/calls",
    "cases.one": "/cases/{case}",
    "cases.page": "/cases",
    "costs.page": "/insight/costs?days=30",
    "desk.page": "/desk",
    "doctor.page": "/doctor",
    "draft_prompts.page": "/menus/drafts/{draft}/prompts?language=lv-LV",
    "drafts.ask": "/menus/drafts/{draft}/publish",
    "drafts.earlier": "/menus/drafts/{draft}/earlier?path=menus/main.yaml",
    "drafts.page": "/menus/drafts/{draft}",
    "exports.page": "/exports",
    "floor.page": "/floor",
    "insight.page": "/insight?days=365",
    "integrations.page": "/integrations",
    "menus.ask_back": "/menus/versions/{version}/roll-back",
    "menus.difference": "/menus/difference?before={version}&after={newest}",
    "menus.page": "/menus",
    "people.add": "/people/new",
    "people.change": "/people/{person}",
    "people.page": "/people",
    "person.certificate_page": "/erasures/{erasure}",
    "person.page": "/person?of={call}",
    "phone.page": "/phone",
    "retention.page": "/settings/retention",
    "security.change_password": "/account/passphrase",
    "security.mf_recovery_codes": "/account/recovery-codes",
    "security.two_factor_setup": "/account/second-factor",
    "security.verify": "/verify",
    "settings.page": "/settings",
    "switches.page": "/settings/flags",
    "wall.page": "/wall",
    "webhooks.one": "/integrations/webhooks/{hook}",
    "written.page": "/settings/written",
    "written.roles": "/settings/roles",
    "security.login": "/login",  # from here on nobody is signed in
}
# beside them: nothing to show, not there
MORE = {"nothing-found": "/calls?number=%2B4500000000", "no-such-case": "/cases/C1"}
# which no other test opens in a browser
SELDOM = (
    *("nothing-found", "no-such-case", "costs.page", "drafts.ask", "drafts.earlier", "menus.ask_back"),
    *("menus.difference", "security.change_password", "security.verify"),
)
NOBODY = ("security.login",)
ELSEWHERE: Mapping[str, str] = {
    "first.run": "test_signing_in_pages.py",
    "first.welcome": "test_signing_in_pages.py",
    "security.two_factor_token_validation": "test_signing_in_pages.py",
    "security.mf_recovery": "test_signing_in_pages.py",
}
NO_PAGES = {
    *("static", "security.static", "security.tf_select", "security.two_factor_rescue", "home", "sso.begin", "sso.back"),
    *("calls.now", "exports.now", "floor.now", "wall.now", "wall.stream", "desk.stream", "desk.card", "talk.mine"),
    *("drafts.file", "drafts.picture", "drafts.state", "draft_prompts.listen", "menus.style", "exports.fetch"),
    *("cases.file", "cases.recording", "desk.recording", "replaying.recording", "replaying.loudness"),
    *("replaying.scenario", "phone.scenario", "person.certificate_file", "frame.strips"),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[House]:
    """A hotline with a past: the address of its pages, and what their addresses name."""
    data = tmp_path_factory.mktemp("house")
    # A working copy of its own, so that what it records lies there, and nothing that somebody recorded before.
    for name in ("menus", "recordings/prompts"):
        shutil.copytree(root / name, data / name)
    shutil.copyfile(root / "config.yaml", data / "config.yaml")
    environ = {"SECOND_FACTOR_ROLES": "none", "IVR_RECORDINGS": str(data / "recordings")}
    environ["TWILIO_API_URL"] = "http://127.0.0.1:9"  # nobody is there
    with serving(data, environ=environ) as server, pytest.MonkeyPatch.context() as patched:
        patched.setattr(history, "WAYS", WAYS)
        history.fill(WISH, server.settings, lambda _what, _done, _all: None)
        store = Store(server.settings.database_url, data)
        let_everybody_in(store)
        names = named(store, Keyring(server.settings.secret_keys))
        with pages(server, data) as address:
            yield address, names
        store.close()


def named(store: Store, keyring: Keyring) -> dict[str, str]:
    """Find, or make, something of each kind that has a page."""
    records = [row.record for row in store.calls.search(Search(), CALLS)]
    versions, erased = store.versions.history(9), store.cases.latest(3)[1]
    gone = store.call(erased.call)
    calls = [record.call for record in records if gone is None or record.caller != gone.caller]
    hook, _ = new_hook(HookWish("http://127.0.0.1:9/hotline", list(EVENTS), "tests", time.time()), keyring, HERE)
    store.hooks.add(hook)
    return {
        "call": next(record.call for record in records if record.caller and len(store.chain(record.call)) > 4),
        "case": store.cases.latest(2)[0].number,
        "erased": erased.number,
        "newest": versions[0].hash,
        "version": versions[1].hash,
        "person": store.people.all()[0].id,
        "hook": hook.id,
        "heard": next(one for one in calls if any(file.path for file in store.recordings.of_call(one))),
    }


def made(page: Page, address: str, names: dict[str, str]) -> dict[str, str]:
    """Begin a draft and erase somebody, as an admin does: the last things that have pages."""
    page.goto(f"{address}/menus")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.locator("body[data-ready]").wait_for()
    draft = page.url.rpartition("/")[2]
    page.goto(f"{address}/person?of={names['erased']}")
    page.get_by_label("Write erase to confirm it").fill("erase")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Certificate of an erasure").wait_for()
    return names | {"draft": draft, "erasure": page.url.rpartition("/")[2]}


def test_every_route_that_is_read_is_a_page_that_is_looked_at_or_none(tmp_path: Path) -> None:
    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    app = create_app(read_settings(names | {"IVR_SECRET_KEYS": KEYS}))
    read = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    api = {endpoint for endpoint in read if endpoint.startswith("api.")}
    assert sorted(read - api) == sorted([*PAGES, *ELSEWHERE, *NO_PAGES]), "say in which list it belongs, and look at it"
    for name in ELSEWHERE.values():
        assert (Path(__file__).parent / name).is_file()


@pytest.mark.browser
@pytest.mark.parametrize("which", ["seldom", pytest.param("every", marks=pytest.mark.campaign)])
def test_pages_are_in_order_in_light_and_dark_wide_and_narrow(opened: Browser, house: House, which: str) -> None:
    """Those that nobody else looks at, in the dark and narrow; or, as a campaign, every one in every view."""
    address, names = house
    page = opened.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce").new_page()
    sign_in(page, address, "admin")
    names = made(page, address, names)
    every = {**MORE, **PAGES}
    wrong: list[str] = []
    for name in every if which == "every" else SELDOM:
        if name in NOBODY:
            page.context.clear_cookies()
        page.goto(address + every[name].format(**names))
        page.wait_for_load_state()
        wrong += look_around(page, name, ALL if which == "every" else ALL[-1:])
    assert wrong == []
    page.context.close()


@pytest.mark.browser
def test_a_recording_is_drawn_played_and_slowed_by_keyboard(opened: Browser, house: House) -> None:
    address, names = house
    page = opened.new_context(reduced_motion="reduce").new_page()
    come_in(page, address, "supervisor", f"/calls/{names['heard']}")
    player = page.locator("[data-player]").first
    expect(player.locator(".wave rect")).to_have_count(200)
    for key, speed in ((",", "0.75"), (".", "1"), (".", "1.25"), (".", "1.5"), (".", "2"), (".", "2")):
        page.keyboard.press(key)
        expect(player.locator("[data-speed]")).to_have_text(re.compile(rf"^{speed}\W$"))
    page.keyboard.press("p")
    expect(player.locator(".wave rect.done")).not_to_have_count(0)  # it is played, and shows how far
    expect(player.locator("[data-play]")).to_contain_text("Play")  # to its end
    assert player.locator("audio").evaluate("heard => [heard.ended, heard.duration > 0.9]") == [True, True]
    page.context.close()
