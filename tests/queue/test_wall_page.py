"""The wall in real Chromium: live, old and said to be, live again; and readable in every look."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect
from rig.looks import VIEWS, look
from rig.pages import opened, pages
from rig.people import let_in, sign_in
from waiting_hotline import office

from ivr.store.announcements import Announcement
from ivr.store.sessions import LONGEST
from ivr.store.tables import sessions
from ivr.tickets import NOT_READY

__all__ = ["opened"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def at(tmp_path_factory, root):
    """Priya is away; two callers wait; something is announced."""
    with office(tmp_path_factory.mktemp("wall")) as made:
        made.server.environ |= {"TWILIO_API_URL": made.settings.api_url, "SECOND_FACTOR_ROLES": "none"}
        made.ready("Priya")
        store = made.node.store
        let_in(store, "admin")
        let_in(store, "auditor")
        now = time.time()
        store.announcements.put(Announcement("storm", "Marta", now + 7200, now, texts={"en-US": "A storm."}))
        made.call("1")
        made.call("1")
        assert store.agents.say(made.agent("Priya").person, NOT_READY, "lunch", time.time())
        with pages(made.server, root) as address:
            yield made, address
        made.end()


def tile(page: Page, name: str):
    return page.locator(".tile").filter(has=page.locator("h2", has_text=re.compile(f"^{name}")))


@VIEWS
def test_the_wall_looks_right(opened, at, scheme, width):
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    sign_in(page, at[1], "auditor")
    page.goto(f"{at[1]}/calls")  # where no key means anything else
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(tile(page, "Waiting")).to_contain_text("2")
    expect(page.locator(".wteam")).to_contain_text("customer care")
    expect(page.locator(".onair")).to_contain_text("A storm.")
    look(page, "wall")
    if width > 1000:  # nothing is below the edge of the screen
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert page.evaluate("(b => b.scrollHeight <= b.clientHeight + 1)(document.querySelector('.figures'))")
    page.keyboard.press("Escape")
    expect(page.locator("h1")).to_have_text("Cases")
    context.close()


def test_the_wall_says_in_its_last_hour_when_its_sign_in_ends(opened, at):
    made, address = at
    page = opened.new_context().new_page()
    sign_in(page, address, "auditor")
    page.goto(f"{address}/wall")
    expect(page.locator("#live")).to_have_text("Live")
    expect(page.locator("#ending")).to_be_hidden()
    with made.node.store.database.writing() as connection:
        connection.execute(sessions.update().values(began=time.time() - LONGEST + 1800))
    page.reload()
    expect(page.locator("#ending")).to_contain_text(re.compile(r"The sign-in of this screen ends at \d\d:\d\d"))
    page.context.close()


def test_the_wall_says_how_old_it_is_while_the_network_is_away_and_goes_on_by_itself(opened, at):
    made, address = at
    made.ready("Priya")  # while nobody is there, nobody waits
    context = opened.new_context()
    page = context.new_page()
    page.clock.install()
    sign_in(page, address, "auditor")
    page.goto(f"{address}/wall")
    expect(tile(page, "Waiting").locator(".v")).to_have_text("2")
    page.clock.run_for(3500)
    expect(page.locator("body")).to_have_attribute("data-live", "stream")
    made.call("1")
    expect(tile(page, "Waiting").locator(".v")).to_have_text("3")  # by the stream alone
    assert page.locator(".wteam").inner_text().count("+") == 0  # no number of anybody's
    context.set_offline(True)
    page.clock.run_for(20_000)
    expect(page.locator("#banner")).to_contain_text("These figures are of")
    expect(page.locator("#live")).to_contain_text("As of")
    waited = tile(page, "Longest wait").locator(".v").inner_text()
    page.clock.run_for(30_000)
    assert tile(page, "Longest wait").locator(".v").inner_text() == waited  # nobody knows whether they wait yet
    made.call("1")
    context.set_offline(False)
    expect(page.locator("#banner")).to_be_hidden()
    expect(tile(page, "Waiting").locator(".v")).to_have_text("4")
    expect(page.locator("#live")).to_have_text("Live")
    made.node.store.sessions.end_all(made.node.store.people.named("Jun Sato").id)
    page.clock.run_for(90_000)
    expect(page.locator("#banner")).to_contain_text("The session of this screen is over", timeout=90_000)
    expect(page.locator("#banner").get_by_role("link")).to_have_text("Sign in")
    context.close()
