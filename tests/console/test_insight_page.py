"""The page Insight: what it shows, what it refuses, what it says where there is nothing."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from html import unescape

import pytest
from insight.walks import drawable, history
from playwright.sync_api import Browser, expect
from rig.looks import VIEWS, look
from rig.menus import World
from rig.people import sign_in

from console.insight import named
from ivr.codec import dumps, loads
from ivr.content import Content
from ivr.store import Store
from ivr.store.insight import Made
from ivr.store.versions import Switch

DAY = 86400


def filled(store: Store, calls: int = 600) -> str:
    """Count calls of the version in force over the last weeks; give its hash."""
    version = store.versions.active()
    assert version is not None
    kept = store.versions.get(version)
    assert kept is not None
    content: Content = loads(Content, kept.decode())
    now = time.time()
    if not content.places:
        version = "cc" * 32
        content = drawable(replace(content, hash=version))
        store.versions.put(dumps(Content, content).encode(), Switch(0, version, "tests", "", now))
    store.insight.load(history(content, calls, now - 40 * DAY, now))
    other = replace(content, hash="bb" * 32)
    store.insight.load(history(other, calls // 2, now - 40 * DAY, now, seed=2))
    return version


def test_nothing_counted_says_what_to_do_next(casework):
    store, clients = casework
    assert "1 call is still being counted" in clients["operator"].get("/insight").text
    store.insight.keep({mark: Made(None) for mark in store.insight.due(10)}, 0.0)
    page = clients["operator"].get("/insight").text
    assert "No call was counted in these days" in page
    assert "Look at the last year" in page


def test_figures_stand_with_their_definition_and_how_sure_they_are(casework):
    store, clients = casework
    filled(store)
    page = clients["auditor"].get("/insight").text
    assert len(re.findall(r'<span class="def">[^<]{20,}</span>', page)) == len(re.findall(r'class="fig"', page)) == 12
    assert "nothing before to compare with" not in page  # of 40 days, ten are before
    assert re.search(r'id="figure-gave_up".*?between [\d.]+ and [\d.]+ %', page, re.DOTALL)
    assert 'class="arrow flow w9"' in page
    assert "TOLL_FREE_RATE" in page
    assert "Nothing is compared yet" in page
    shown = unescape(clients["supervisor"].get("/insight?since=2026-11-01&until=2026-11-20").text)
    link = '/calls?end=left&since=2026-11-01&until=2026-11-21">Calls of these days that hung up in the menu'
    assert f"{link}, of every version and team<" in shown
    assert [words for words in ("line", "language", "team", "version") if f">By {words} <" not in page] == []


def test_teams_and_versions_are_chosen_by_names_that_people_know(published: World) -> None:
    _, clients, (first, second) = published
    with clients["admin"].application.test_request_context():
        names = named()
    assert names["team"]["service"] == "bills and meters"
    assert list(names["version"]) == [first, second]
    assert re.fullmatch(rf"{second[:7]} · \d\d [A-Z][a-z]{{2}} 20\d\d, \d\d:\d\d", names["before"][second])


def test_no_share_of_few_calls_is_shown(casework):
    store, clients = casework
    filled(store, 4)
    page = clients["admin"].get("/insight?days=90").text
    assert "too few calls to tell" in page
    assert not re.search(r"\d %", page)


def test_two_versions_stand_beside_each_other(casework):
    store, clients = casework
    version = filled(store)
    page = clients["supervisor"].get(f"/insight?version={version}&before={'bb' * 32}").text
    assert page.count("cannot tell yet") >= 3
    assert 'aria-label="Comparison"' in page


@pytest.mark.parametrize("asked", ["since=yesterday", "days=0", "days=9999", "since=2026-02-02&until=2026-02-01"])
def test_a_filter_that_says_nothing_is_refused_in_words(casework, asked):
    _, clients = casework
    answer = clients["admin"].get(f"/insight?{asked}")
    assert answer.status_code == 200
    assert 'class="banner bad"' in answer.text


def test_what_stands_in_the_address_is_escaped(casework):
    store, clients = casework
    filled(store, 60)
    page = clients["admin"].get("/insight?line=%3Cscript%3Ealert(1)%3C/script%3E&team=%22%3E").text
    assert "<script>alert" not in page
    assert "No call was counted" in page


@VIEWS
def test_the_page_is_usable_by_everybody(opened: Browser, hotline: str, opened_store: Store, scheme, width):
    if not opened_store.sums.last_day():
        filled(opened_store)
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    sign_in(page, hotline, "supervisor")
    page.goto(f"{hotline}/insight")
    expect(page.get_by_role("heading", name="Where callers go")).to_be_visible()
    assert errors == []  # what is looked at by axe gets styles of axe's own, which are refused
    look(page, "insight")
    box, drawn = page.locator(".picture"), page.locator(".picture svg")
    first = drawn.bounding_box()["width"]
    if width == 390:
        assert first <= box.bounding_box()["width"], "all of it is seen on a phone"
    page.get_by_role("button", name="Larger").press("Enter")
    assert drawn.bounding_box()["width"] > 1.4 * first
    page.get_by_role("button", name="The whole picture").press("Enter")
    assert drawn.bounding_box()["height"] <= box.bounding_box()["height"] + 1
    page.locator("[id='box-complaints.account']").press("Enter")
    expect(page.locator("[id='step-complaints.account']")).to_be_in_viewport()
    page.get_by_label("Table", exact=True).check(force=True)
    expect(page.get_by_role("region", name="Table of the menu")).to_be_visible()
    look(page, "insight-table")
    context.close()
