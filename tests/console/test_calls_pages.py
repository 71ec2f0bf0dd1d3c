"""The list of calls and one call's story: found, read page by page, opened, refused."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import get_args

import pytest
from flask.testing import FlaskClient
from kernel.boards import board_over
from kernel.two_calls import CALL, CALLER, OTHER, two_calls
from playwright.sync_api import Browser, expect
from rig.looks import VIEWS, look
from rig.people import client_of, come_in, let_everybody_in
from rig.server import ACCOUNT, KEYS, TOKEN
from rig.tables import with_tables

from console.app import create_app
from console.calls import ENDS, PAGE
from ivr.archive.aftermath import DEEDS
from ivr.archive.times import read_time
from ivr.callers import Callers, Kept
from ivr.engine.effects import Effect
from ivr.engine.inputs import Called
from ivr.keys import Keyring
from ivr.marks import AGENT, mark
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.marks import Found
from ivr.store.people import Person
from ivr.store.recordings import Fetched
from ivr.store.wrap_ups import WrapUp
from ivr.switchboard import Notice
from ivr.switchboard.transcribing import Transcribing, WrittenDown
from ivr.worker.outcome import OUTCOMES

TALKED = """() => {
    const cell = document.querySelector("tbody td:nth-child(6)"); cell.textContent = "1:15";
    return getComputedStyle(cell, "::before").content;
}"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, FlaskClient]]:
    """A hotline with one call that left a complaint and one that goes on; signed in is an auditor."""
    import base64

    from kernel.boards import SECRET

    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    keys = f"{SECRET[0]}:{base64.b64encode(SECRET[1]).decode()}"
    for name, value in (names | {"IVR_SECRET_KEYS": keys}).items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    store = Store("", tmp_path)
    with_tables(store)
    two_calls(store, tmp_path)
    accounts = let_everybody_in(store)
    yield store, client_of(create_app(settings), store, accounts["auditor"])
    store.close()


def listed(client: FlaskClient, query: str = "") -> list[str]:
    return re.findall(r'href="/calls/(CA\w+)" data-row', client.get(f"/calls{query}").text)


def test_every_end_of_a_call_has_its_words() -> None:
    assert set(ENDS) == set(OUTCOMES)


def test_calls_are_listed_with_number_way_and_end(world) -> None:
    _, client = world
    page = unescape(client.get("/calls").text)
    assert listed(client) == [OTHER, CALL]
    for words in (CALLER, "Number withheld", "left a case", "going on", "<kbd>1</kbd>", "chose nothing"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?number=%2B1+415+555+0123", [CALL]),
        ("?number=%2B14155550199", []),
        ("?end=open", [OTHER]),
        ("?end=case", [CALL]),
        ("?line=nowhere", []),
        ("?when=1h", [OTHER, CALL]),
        ("?until=1h", []),
        ("?since=2020-01-01&until=2020-01-02", []),
        ("?when=1h&since=2020-01-01", [OTHER, CALL]),
        ("?when=1h&until=2020-01-02", []),
        ("?since=2020-01-01T08:30&until=2099-01-01T00:00", [OTHER, CALL]),
        ("?step=main.account", [CALL]),
        ("?step=main.account&end=left", []),
        ("?step=nowhere", []),
        ("?path=1", [CALL]),
        ("?path=1+2", []),
        ("?language=en-US", [CALL]),
        ("?language=da-DK", []),
        ("?case=X12", []),
        ("?agent=nobody", []),
        ("?name=Nobody", []),
    ],
)
def test_calls_are_found_by_what_stands_in_the_address(world, query: str, found: list[str]) -> None:
    _, client = world
    assert listed(client, query) == found


def test_calls_are_found_by_what_stands_beside_them(world) -> None:
    store, client = world
    keyring = Keyring(read_settings().secret_keys)
    Callers(store, keyring).keep(CALLER, Kept(name="Ola Nordmann"))
    (case,) = store.cases.of_call(CALL)
    priya = store.people.add(Person("Priya", "agent"), "tests")
    found = Found({mark(keyring.first, AGENT, priya.id)}, set())
    store.wrap_ups.keep(WrapUp(CALL, priya.id, b"", "owed", False, time.time(), 0), time.time(), found)
    for query in ("name=nordmann", "name=Ola", f"case={case.number}", f"agent={priya.id}", "name=ola&line=care"):
        assert listed(client, f"?{query}") == [CALL], query
    assert "Priya</option>" in client.get(f"/calls?agent={priya.id}").text


def test_what_is_no_more_is_found_by_stays_in_the_form(world) -> None:
    store, client = world
    tomas = store.people.add(Person("Tomas", "operator"), "tests")
    page = client.get(f"/calls?line=nowhere&language=fr-FR&agent={tomas.id}").text
    assert "<option selected>nowhere</option>" in page
    assert re.search(r'<option value="fr-FR" selected>\w+', page)
    assert f'<option value="{tomas.id}" selected>Tomas</option>' in page
    assert '<option value="P0" selected>P0</option>' in client.get("/calls?agent=P0").text
    assert "Tomas" not in client.get("/calls").text.partition("</form>")[2]


def test_an_end_that_is_none_is_said(world) -> None:
    _, client = world
    page = unescape(client.get("/calls?end=nonsense").text)
    assert "no call ends by 'nonsense'; an end is one of talked, case" in page
    assert listed(client, "?end=nonsense") == []


def test_bounds_of_time_are_seen_in_the_form_on_the_clock_of_the_hotline(world) -> None:
    _, client = world
    page = client.get("/calls?since=2026-07-01&until=2026-07-01T18:30").text
    assert '<input type="datetime-local" name="since" value="2026-07-01T00:00"' in page
    assert '<input type="datetime-local" name="until" value="2026-07-01T18:30"' in page
    assert '<input type="text" name="since" value="2h"' in client.get("/calls?since=2h").text
    assert '<details class="further" open>' in page
    assert read_time("2026-07-01", 0.0, "Europe/Copenhagen") == read_time("2026-06-30T22:00", 0.0)
    assert read_time("2026-07-01T00:00-04:00", 0.0, "Europe/Copenhagen") == read_time("2026-07-01T04:00", 0.0)


def test_calls_are_found_by_what_was_said_in_a_recording(world) -> None:
    store, client = world
    hear = Transcribing(store.call, store.transcripts.keep, Keyring(read_settings().secret_keys)).hear
    assert hear(WrittenDown(CALL, "RE" + "1" * 32, "completed", "The street lamp flickers.", 1.0))
    assert hear(WrittenDown(OTHER, "RE" + "2" * 32, "failed", "", 1.0))
    for query, found in (("LAMP+the", [CALL]), ("lamp+dark", []), ("lamp&end=open", []), ("", [OTHER, CALL])):
        assert listed(client, f"?words={query}") == found, query
    assert 'value="lamp"' in client.get("/calls?words=lamp").text


def test_what_is_wrong_in_a_filter_is_said_and_kept(world) -> None:
    _, client = world
    page = client.get("/calls?number=0123&end=case").text
    assert "not a phone number" in page
    assert 'value="0123"' in page
    assert '<option value="case" selected>' in page
    assert "not a time" in client.get("/calls?since=soon").text
    assert client.get("/calls?after=nonsense~CA1").status_code == 404


def test_the_list_is_read_page_by_page_and_keeps_its_filter(world) -> None:
    store, client = world
    board = board_over(store, Path(store.database.url.database or "").parent)
    now = time.time()
    calls = [f"CA{number:032d}" for number in range(PAGE + 7)]
    for place, call in enumerate(calls):
        board.begin(call, Called(now - 100 + place, CALLER, "+18005550100"))
    path, seen = "/calls?end=open", []
    while path:
        page = unescape(client.get(path).text)
        seen.append(re.findall(r'href="/calls/(CA\w+)" data-row', page))
        older = re.search(r'href="(/calls\?[^"]+)">Older', page)
        path = older[1] if older else ""
        assert not path or "end=open" in path
    assert [len(page) for page in seen] == [PAGE, 8]
    assert sorted(sum(seen, [])) == sorted([*calls, OTHER])  # noqa: RUF017 - two pages


def test_a_story_is_told_and_that_it_was_opened_is_written_down(world) -> None:
    store, client = world
    page = unescape(client.get(f"/calls/{CALL}").text)
    for words in (
        CALLER,
        "Welcome.",
        "Pressed 1",
        "Spoke for 4 s",
        "Your reference is",
        "complaint",
        "RE1",
        '<span class="num">4 s</span>',
        "The call is over",
        "left a case",
    ):
        assert words in page
    line = store.audit.latest(1)[0]
    assert (line.deed.who, line.deed.did, line.deed.what) == ("Jun Sato", "opened a call", CALL)
    assert CALLER not in str(store.audit.latest(10))  # the trail names calls, never callers
    assert client.get("/calls/CA" + "9" * 32).status_code == 404


def test_what_was_not_done_and_what_the_carrier_said_stand_there_in_words(world) -> None:
    store, client = world
    board = board_over(store, Path(store.database.url.database or "").parent)
    agent = "CA" + "7" * 32
    said = {"CallStatus": "no-answer"}
    board.note(Notice(CALL, agent, "status", "1", time.time(), said))
    ready = {"RecordingSid": "RE1", "RecordingStatus": "completed", "RecordingDuration": "4"}
    board.note(Notice(CALL, CALL, "recording", "2", time.time(), ready))
    store.recordings.settle("RE1", Fetched("waiting", reason="the carrier is away"), time.time())  # of no length
    page = unescape(client.get(f"/calls/{CALL}").text)
    assert "An agent's phone was not answered" in page
    assert agent not in page
    assert "A recording of 4 s is ready" in page
    assert '<span class="num">4 s</span>' in page
    open_call = unescape(client.get(f"/calls/{OTHER}").text)
    for name in DEEDS:
        assert name not in page + open_call


def test_effects_have_their_words() -> None:
    assert set(DEEDS) == {kind.__name__ for kind in get_args(Effect)}


def test_before_the_first_call_the_page_leads_to_the_phone(tmp_path: Path) -> None:
    names = {
        "IVR_DATA": str(tmp_path),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_SECRET_KEYS": KEYS,
    }
    store = Store("", tmp_path)
    with_tables(store)
    accounts = let_everybody_in(store)
    app = create_app(read_settings(names | {"SECOND_FACTOR_ROLES": "none"}))
    page = client_of(app, store, accounts["supervisor"]).get("/calls").text
    assert "No call yet" in page
    assert '<a href="/phone">Call the menu yourself</a>' in page
    assert "<table" not in page
    auditor = client_of(app, store, accounts["auditor"])
    assert '<a href="/phone">' not in auditor.get("/calls").text  # who may not use it
    assert "No call fits" in auditor.get("/calls?end=open").text
    store.close()


def test_without_its_key_a_call_is_shown_closed(world, monkeypatch: pytest.MonkeyPatch) -> None:
    import base64

    store, client = world
    held = client.application.config["SECRET_KEY"]
    monkeypatch.setenv("IVR_SECRET_KEYS", "k9:" + base64.b64encode(b"y" * 32).decode())
    app = create_app(read_settings())
    app.config["SECRET_KEY"] = held  # the session is another matter
    other = client_of(app, store, store.accounts.find(email="jun@aurora.example"))
    page = other.get("/calls").text + other.get(f"/calls/{CALL}").text
    assert CALLER not in page
    assert "not readable here" in page
    assert "key of this call is not held" in page


@pytest.mark.browser
@VIEWS
def test_a_call_is_found_and_read_by_keyboard(opened: Browser, hotline: str, scheme, width) -> None:
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    come_in(page, hotline, "supervisor", "/phone")
    page.wait_for_load_state()
    page.keyboard.press("d")  # a pretended call of this test's own
    expect(page.locator("#turns .turn").last).to_contain_text("Welcome to Aurora Energy")
    page.keyboard.press("2")
    expect(page.locator("#turns .turn").last).to_contain_text("What is it about")
    page.keyboard.press("h")
    expect(page.locator("#clock")).to_have_text("over")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.locator("h1")).to_have_text("Calls")
    look(page, "calls")
    front = page.evaluate(TALKED)
    assert front == ("none" if width > 1000 else '"with a person "')  # a wide page says it in the head of the table
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("+1 415 555 0139")
    page.keyboard.press("Enter")
    page.wait_for_url("**number=**")  # the rows of before hold such a call too
    expect(page.locator("tbody")).to_contain_text("a complaint")
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("+14155550139")
    expect(page.locator(".tl")).to_contain_text("Pressed 2")
    look(page, "call")
    page.keyboard.press("a")
    expect(page.locator("h1")).to_have_text("Phone")
    expect(page.locator("#turns")).to_contain_text("What is it about")
    expect(page.locator("#again")).to_contain_text("From there on it is yours")
    look(page, "phone-again")
    page.go_back()
    page.get_by_role("main").get_by_role("link", name="Calls", exact=True).click()
    expect(page.locator("#q")).to_have_value("+1 415 555 0139")  # the filter is as it was
    context.close()
