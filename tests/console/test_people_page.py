"""The pages of people and of the audit trail: by keyboard in a real browser, and what the server refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from rig.looks import VIEWS, look
from rig.people import PASSPHRASE, client_of, let_everybody_in, sign_in
from rig.server import ACCOUNT, KEYS, TOKEN
from rig.tables import with_tables

from console.app import create_app
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.accounts import Account
from ivr.store.audit import Deed
from ivr.store.queue_tables import agents

browser = pytest.mark.browser
World = tuple[Store, dict[str, Account], FlaskClient]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A hotline with one person of each role, and a client signed in as its admin."""
    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    settings = read_settings(names | {"IVR_SECRET_KEYS": KEYS, "SECOND_FACTOR_ROLES": "none"})
    store = Store(settings.database_url, tmp_path)
    with_tables(store)
    accounts = let_everybody_in(store)
    app: Flask = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    yield store, accounts, client_of(app, store, accounts["admin"])
    store.close()


def last(store: Store) -> tuple[str, str, str, str]:
    line = store.audit.latest(1)[0]
    return line.deed.who, line.deed.did, line.deed.what, line.via


def test_a_person_is_added_with_a_code_and_what_is_wrong_is_said(world: World) -> None:
    store, _, admin = world
    fields = {"name": "Leon  Park", "email": "Leon@aurora.example", "role": "agent", "phone": "+1 500 555 0171"}
    for name, value, words in (
        ("email", "leon", "not an e-mail address"),
        ("email", "priya@aurora.example", "already"),
        ("role", "king", "not a role"),
        ("phone", "0171", "not a phone number"),
        ("name", "", "1 to 80 letters"),
    ):
        answer = admin.post("/people/new", data=fields | {name: value})
        assert words in answer.text, name
        assert "Leon" in answer.text or name == "name"  # what was typed stands there still
    answer = admin.post("/people/new", data=fields | {"languages": "en-US, da-DK, en-US"})
    assert re.search(r'id="code">[2-9A-Z]{4}-[2-9A-Z]{4}<', answer.text)
    leon = store.people.named("Leon Park")
    assert (leon.email, leon.phone, leon.languages) == ("leon@aurora.example", "+15005550171", ("en-US", "da-DK"))
    assert last(store) == ("Helen Okafor", "made a one-time code", "Leon Park", "browser")


def test_a_person_is_put_on_the_rosters_and_taken_off(world: World) -> None:
    store, accounts, admin = world
    priya = accounts["agent"].person
    there = f"/people/{priya.id}"
    assert "on no roster" in admin.get(there).text
    for name, value, words in (
        ("skills", "Gas Meters", "is not a skill"),
        ("shift", "from nine to five", "cannot be read"),
        ("phone", "0171", "not a phone number"),
    ):
        answer = admin.post(f"{there}/roster", data={"skills": "gas", name: value})
        assert words in answer.text, name
        assert f'value="{value}"' in answer.text  # what was typed stands there still
        assert store.agents.all() == []
    fields = {"skills": "gas, meters", "shift": "Mo-Fr 08:00-16:00", "phone": "client:priya"}
    assert "is on the rosters" in admin.post(f"{there}/roster", data=fields, follow_redirects=True).text
    agent = store.agents.find(priya.id)
    assert agent is not None
    assert (agent.skills, agent.shift, agent.phone) == (("gas", "meters"), "Mo-Fr 08:00-16:00", "client:priya")
    assert agent.state == "not_ready"
    assert last(store)[:3] == ("Helen Okafor", "changed the rosters", priya.name)
    assert 'value="gas, meters"' in admin.get(there).text

    offered = agents.update().where(agents.c.person == priya.id)
    with store.database.writing() as connection:
        connection.execute(offered.values(state="talking"))
    assert "is in a call" in admin.post(f"{there}/roster/leave", follow_redirects=True).text
    assert store.agents.find(priya.id) is not None
    with store.database.writing() as connection:
        connection.execute(offered.values(state="not_ready"))
    assert "on no roster any more" in admin.post(f"{there}/roster/leave", follow_redirects=True).text
    assert store.agents.find(priya.id) is None
    assert last(store)[:3] == ("Helen Okafor", "took off the rosters", priya.name)


def test_a_role_is_changed_and_the_persons_sessions_end(world: World) -> None:
    store, accounts, admin = world
    priya = accounts["agent"].person
    hers = client_of(admin.application, store, accounts["agent"])
    assert hers.get("/phone").status_code == 200
    fields = {"name": priya.name, "email": priya.email, "role": "auditor", "teams": "complaints"}
    assert admin.post(f"/people/{priya.id}", data=fields).status_code == 302
    assert store.people.find(priya.id).role == "auditor"
    assert hers.get("/phone").headers["Location"].startswith("/login")
    assert last(store) == ("Helen Okafor", "changed a person", "Priya Nair", "browser")
    assert "role: agent → auditor" in admin.get("/audit").text


def test_another_address_ends_the_persons_sessions(world: World) -> None:
    store, accounts, admin = world
    priya = accounts["agent"].person
    hers = client_of(admin.application, store, accounts["agent"])
    fields = {"name": priya.name, "email": priya.email, "role": priya.role, "teams": "complaints"}
    assert admin.post(f"/people/{priya.id}", data=fields).status_code == 302
    assert hers.get("/account").status_code == 200, "nothing about signing in has changed"
    assert admin.post(f"/people/{priya.id}", data=fields | {"email": "p@aurora.example"}).status_code == 302
    assert hers.get("/account").headers["Location"].startswith("/login")


def test_a_binding_that_is_forgotten_ends_the_persons_sessions(world: World) -> None:
    store, accounts, admin = world
    priya = accounts["agent"].person
    store.identities.bind("https://sso.example", "an-id", priya)
    hers = client_of(admin.application, store, accounts["agent"])
    assert hers.get("/account").status_code == 200
    assert admin.post(f"/people/{priya.id}/provider").status_code == 302
    assert hers.get("/account").headers["Location"].startswith("/login")


def test_the_last_admin_cannot_shut_everybody_out(world: World) -> None:
    store, accounts, admin = world
    helen = accounts["admin"].person
    fields = {"name": helen.name, "email": helen.email, "role": "agent"}
    assert "last admin" in admin.post(f"/people/{helen.id}", data=fields).text
    assert "last admin" in admin.post(f"/people/{helen.id}/active").text
    no_way_in = {"name": helen.name, "email": "", "role": "admin"}
    assert "last admin" in admin.post(f"/people/{helen.id}", data=no_way_in).text
    assert store.people.find(helen.id) == replace(helen, seen_at=store.people.find(helen.id).seen_at)


def test_a_person_is_let_in_no_more_and_again(world: World) -> None:
    store, accounts, admin = world
    marta = accounts["supervisor"].person
    hers = client_of(admin.application, store, accounts["supervisor"])
    admin.post(f"/people/{marta.id}/active")
    assert hers.get("/phone").headers["Location"].startswith("/login")
    assert "disabled" in admin.get("/people").text
    admin.post(f"/people/{marta.id}/active")
    assert client_of(admin.application, store, accounts["supervisor"]).get("/phone").status_code == 200


def test_a_lost_second_factor_is_taken_away(world: World) -> None:
    store, accounts, admin = world
    store.accounts.set_totp(accounts["agent"].person, "sealed", "Priya")
    admin.post(f"/people/{accounts['agent'].person.id}/second-factor")
    assert store.accounts.proofs()[accounts["agent"].person.id].second_factor is False


@pytest.mark.parametrize("path", ["", "/invite", "/second-factor", "/active"])
def test_nobody_is_made_of_an_address(world: World, path: str) -> None:
    _, _, admin = world
    assert admin.post(f"/people/nobody{path}").status_code == 404


def test_what_people_typed_is_shown_as_text(world: World) -> None:
    store, _, admin = world
    admin.post("/people/new", data={"name": "<script>alert(1)</script>", "role": "agent"})
    assert store.people.named("<script>alert(1)</script>")
    for path in ("/people", "/audit"):
        assert "<script>alert" not in admin.get(path).text


def test_versions_and_times_of_the_trail_are_short(world: World) -> None:
    store, _, admin = world
    version = "5d3f" * 16
    store.audit.add(Deed("Helen", "withdrew a version", version, {"calls go on in": version[::-1]}))
    store.audit.add(Deed("Helen", "switched a flag on", "storm", {"until": 1795700611.27}))
    page = admin.get("/audit").text
    assert (version[:12] in page, version in page, version[::-1] in page) == (True, False, False)
    assert "until: 2026-11-26 13:43:31 UTC" in page


def test_the_trail_is_read_page_by_page(world: World) -> None:
    store, _, admin = world
    for number in range(120):
        store.people.add(replace(store.people.named("Priya Nair"), name=f"N{number}", email=""), "tests")
    seen: list[str] = []
    path = "/audit"
    while path:
        page = admin.get(path).text
        seen += re.findall(r">N(\d+)</td>", page)
        older = re.search(r'href="(/audit\?before=\d+)">Older', page)
        path = older[1] if older else ""
    assert seen == [str(number) for number in range(119, -1, -1)]
    assert "Helen Okafor" in admin.get("/audit?before=nonsense").text


def test_the_trail_is_verified_on_the_page_and_a_changed_row_is_found(world: World) -> None:
    store, _, admin = world
    verify = lambda expect="": admin.post("/audit/verify", data={"expect": expect}, follow_redirects=True).text  # noqa: E731
    noted = store.audit.latest(1)[0].hash.hex()
    assert f"unbroken; the last hash is {noted}" in verify(noted[:12])
    assert "no row of the audit trail has the hash feed" in verify("feed")
    with store.database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_refuses_update")
        connection.exec_driver_sql("UPDATE audit SET who = 'Nobody' WHERE number = 2")
    assert "the audit trail was changed at row 2" in verify()


NOWHERE = ("/audit?before=99999999999999999999", "/audit?before=-1", "/calls?after=1~%00", "/cases?after=1~%00")


@pytest.mark.parametrize("path", NOWHERE)
def test_a_place_in_a_list_that_is_none_breaks_nothing(casework, path: str) -> None:
    assert casework[1]["admin"].get(path).status_code == 200


@pytest.mark.browser
@VIEWS
def test_a_colleague_is_invited_and_given_a_role_by_keyboard(opened: Browser, hotline: str, scheme, width) -> None:
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    sign_in(page, hotline, "admin")
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("u")
    expect(page.locator("h1")).to_have_text("People")
    look(page, "people")
    page.wait_for_load_state()
    page.keyboard.press("n")
    name = f"Leon {'Dark' if scheme == 'dark' else 'Light'} {'Wide' if width > 1000 else 'Narrow'}"
    code = invite(page, name)
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("u")
    give_role(page, name)
    page.goto(f"{hotline}/audit")
    expect(page.locator("tbody")).to_contain_text("changed a person")
    look(page, "audit")
    context.close()
    come_in(opened, hotline, name, code)


def invite(page: Page, name: str) -> str:
    """Fill the form and give the code."""
    expect(page.locator("h1")).to_have_text("Invite somebody")
    page.locator("input:focus").wait_for()
    look(page, "invite")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(f"{name.replace(' ', '.').lower()}@aurora.example")
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible()
    look(page, "one-time-code")
    page.wait_for_load_state()
    return page.locator("#code").inner_text()


def give_role(page: Page, name: str) -> None:
    """Open a person by the keyboard and make them an auditor."""
    expect(page.locator("h1")).to_have_text("People")
    page.get_by_role("link", name=name).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)
    expect(page.get_by_label("bills and meters")).to_be_visible()
    look(page, "person")
    page.get_by_label("Role").select_option("auditor")
    page.get_by_label("E-mail").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text("is changed")


def come_in(opened: Browser, hotline: str, name: str, code: str) -> None:
    """The colleague chooses a passphrase, and sees what an auditor may see."""
    context = opened.new_context()
    page = context.new_page()
    page.goto(f"{hotline}/welcome")
    page.locator("input:focus").wait_for()
    for text in (f"{name.replace(' ', '.').lower()}@aurora.example", code, PASSPHRASE):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Cases")
    assert page.locator(".rail nav .lbl").all_inner_texts() == [
        "Cases",
        "Calls",
        "Wall",
        "Insight",
        "Menus",
        "Settings",
        "Audit",
    ]
    context.close()
