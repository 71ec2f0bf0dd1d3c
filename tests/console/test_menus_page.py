"""The page of menus: picture and text, difference and the way back, by every role and by keyboard."""

from __future__ import annotations

import re

import pytest
from rig.menus import KINDER, Clients, World

from console import menus
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
    assert re.search(r'<td class="nowrap">\d\d [A-Z][a-z]{2} 20\d\d, \d\d:\d\d</td>', page)


def test_what_was_published_long_ago_is_on_a_page_of_its_own(published: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, clients, (first, second) = published
    monkeypatch.setattr(menus, "HISTORY", 1)
    page = clients["operator"].get("/menus").text
    assert re.findall(r'menus\?version=(\w+)" data-row', page) == [second]
    older = re.findall(r'href="(/menus\?before=\d+)#history">Older', page)
    page = clients["operator"].get(older[0]).text
    assert re.findall(r'menus\?version=(\w+)" data-row', page) == [first]
    assert "Older" not in page


def test_until_a_real_call_has_come_the_rail_leads_to_what_is_missing(published: World) -> None:
    _, clients, _ = published
    assert 'href="/doctor" data-go="1"' in clients["operator"].get("/menus").text
    assert "First call" not in clients["auditor"].get("/menus").text


def test_once_a_real_call_has_come_it_does_so_no_more(casework) -> None:
    _, clients = casework
    assert 'data-go="1"' not in clients["operator"].get("/calls").text


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
    assert told.index("A draft begins from the files") < told.index("ivr publish")  # the page first
    assert 'Begin a draft on the page <a href="/menus">' in clients["operator"].get("/settings/written").text
    assert "An operator begins a draft" in clients["supervisor"].get("/settings/written").text
    answer = clients["agent"].post("/desk/next", json={})
    assert (answer.status_code, "by your page under People" in answer.json["error"]) == (409, True)
