"""The page of menus: picture and text, difference and the way back, by every role and by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from rig.looks import VIEWS, look
from rig.menus import KINDER, Clients, World, two_versions
from rig.people import sign_in

from ivr.store import Store


def test_the_text_of_each_step_and_its_box_lead_to_each_other(published: World) -> None:
    _, clients, _ = published
    page = clients["operator"].get("/menus").text
    boxes = set(re.findall(r'<a id="box-([^"]+)" href="#step-\1">', page))
    steps = set(re.findall(r'<a class="k" id="step-([^"]+)" href="#box-\1">', page))
    assert len(boxes) > 40
    assert boxes == steps
    assert KINDER.decode() in page
    assert "the first one" in page
    assert "kinder words" in page


def test_who_may_not_change_menus_reads_no_numbers_of_people(published: World) -> None:
    _, clients, versions = published
    assert "config.yaml" in clients["operator"].get("/menus").text
    told = clients["auditor"].get("/menus").text
    assert 'data-file="config.yaml"' not in told
    assert "Roll back" not in told
    assert clients["auditor"].get(f"/menus/versions/{versions[0]}/roll-back").status_code == 403


def test_the_difference_is_told_in_plain_words(published: World) -> None:
    _, clients, (first, second) = published
    page = clients["supervisor"].get(f"/menus/difference?before={first}&after={second}").text
    assert "How can we help you today?" in page
    assert "main" in page
    assert "no calls in the last 30 days" in page
    assert "play alike" in clients["auditor"].get(f"/menus/difference?before={first}&after={first}").text
    assert clients["auditor"].get(f"/menus/difference?before={first}&after={'0' * 64}").status_code == 404


def test_an_earlier_version_comes_back_once_and_whoever_is_late_is_told(published: World) -> None:
    store, clients, (first, second) = published
    address = f"/menus/versions/{first}/roll-back"
    assert "How can we help you today?" in clients["operator"].get(address).text
    assert store.versions.active() == second  # asking did nothing
    done = clients["operator"].post(address, data={"seen": "2", "comment": "nobody liked it"})
    assert done.status_code == 302
    assert store.versions.active() == first
    deed = store.audit.latest(1)[0].deed
    assert (deed.who, deed.did, deed.what) == ("Tomas Berg", "put a version in force", first)
    assert deed.detail == {"comment": "nobody liked it"}
    late = clients["admin"].post(f"/menus/versions/{second}/roll-back", data={"seen": "2", "comment": "my words"})
    assert "Tomas Berg put version" in late.text
    assert "my words" in late.text
    assert store.versions.active() == first
    assert clients["admin"].post(f"/menus/versions/{second}/roll-back", data={}).status_code == 400


def test_before_the_first_publish_the_page_says_what_to_do(unpublished: tuple[Store, Clients]) -> None:
    _, clients = unpublished
    told = clients["operator"].get("/menus").text
    assert "No menu is in force" in told
    assert "ivr publish" in told


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@VIEWS
def test_a_step_is_found_and_a_version_brought_back_by_keyboard(
    opened: Browser, hotline: str, opened_store: Store, root: Path, scheme: str, width: int
) -> None:
    first, second = two_versions(opened_store, root)
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, hotline, "operator")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.locator("h1")).to_have_text("Menus")
    page.wait_for_load_state()
    find_a_step(page)
    look(page, "menus")
    page.keyboard.press("v")
    expect(page.locator("h1")).to_have_text("What changes for callers")
    look(page, "menus-difference")
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
    look(page, "menus-back")
    page.keyboard.type("Callers asked who is there")
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text("is in force again")
    expect(page.locator("tbody tr").first).to_contain_text("Callers asked who is there")
