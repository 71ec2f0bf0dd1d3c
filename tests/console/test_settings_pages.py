"""Settings: an outage announced until 18:00 by keyboard, a future call heard, and what the server refuses."""

from __future__ import annotations

import io
import re
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import soundfile
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from rig.looks import VIEWS, look
from rig.menus import tone
from rig.people import come_in

from ivr.onair import NotAnEnd, flags_read, read_end
from ivr.publishing.library import Library
from ivr.store import Store

browser = pytest.mark.browser
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOON = datetime(2026, 12, 24, 12, tzinfo=COPENHAGEN).timestamp()


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("18:00", 6), ("9:30", 21.5), ("12:00", 24), ("2 h", 2), ("90min", 1.5), ("3 days", 72),
        ("2026-12-24 18:00", 6), ("2026-12-24T18:00+00:00", 7),
    ],
)  # fmt: skip
def test_an_end_is_read_as_people_write_it(written: str, hours: float) -> None:
    assert read_end(written, NOON, "Europe/Copenhagen") == NOON + hours * 3600


@pytest.mark.parametrize("written", ["", "soon", "25:00", "18.00 o'clock", "2 years"])
def test_what_is_no_end_is_refused_with_the_cure(written: str) -> None:
    with pytest.raises(NotAnEnd) as told:
        read_end(written, NOON, "Europe/Copenhagen")
    assert "write 18:00" in str(told.value.hint)


def put(client: FlaskClient, **more: object) -> str:
    fields = {"name": "outage", "until": "2 h", "text-en-US": "A storm has cut the power."} | more
    return client.post("/settings/announcements", data=fields, follow_redirects=True).text


def test_an_announcement_goes_on_the_air_and_off_and_both_are_in_the_trail(casework) -> None:
    store, clients = casework
    told = put(clients["operator"], emergency="on")
    assert "outage is on the air until" in told
    found = store.announcements.all()[0]
    assert (found.owner, found.emergency, dict(found.texts)) == (
        "Tomas Berg", True, {"en-US": "A storm has cut the power."},
    )  # fmt: skip
    assert 7190 < found.until - time.time() <= 7200
    assert "Announcement on every call" in clients["agent"].get("/account").text  # on every page
    assert "what is on air" not in clients["agent"].get("/account").text
    assert "what is on air" in clients["supervisor"].get("/account").text
    clients["admin"].post("/settings/announcements/outage/end")
    assert store.announcements.all() == []
    trail = [(line.deed.who, line.deed.did, line.deed.what, line.via) for line in store.audit.latest(2)]
    assert trail == [
        ("Helen Okafor", "took off the air", "outage", "browser"),
        ("Tomas Berg", "put on the air", "outage", "browser"),
    ]


def test_one_that_is_on_the_air_is_replaced_only_by_who_says_so(casework) -> None:
    store, clients = casework
    assert "outage is on the air until" in put(clients["operator"])
    words = {"text-en-US": "The power is back."}
    told = put(clients["admin"], **words)
    assert "outage is on the air already, put there by Tomas Berg" in told
    assert "The power is back." in told
    assert store.announcements.all()[0].owner == "Tomas Berg"
    assert "outage is on the air until" in put(clients["admin"], **words, replace="on")
    assert [(one.owner, dict(one.texts)) for one in store.announcements.all()] == [
        ("Helen Okafor", {"en-US": "The power is back."})
    ]
    page = clients["auditor"].get("/audit").text
    assert "A storm has cut the power." in page
    assert "The power is back." in page


def test_an_announcement_may_be_a_recording(casework) -> None:
    store, clients = casework
    brought = {"text-en-US": "", "sound-en-US": (io.BytesIO(tone()), "storm.wav")}
    assert "outage is on the air until" in put(clients["operator"], **brought)
    found = store.announcements.all()[0]
    assert (dict(found.texts), list(found.audio)) == ({}, ["en-US"])
    kept = store.versions.get_audio(found.audio["en-US"])
    assert soundfile.info(io.BytesIO(kept)).samplerate == 8000
    assert "a recording" in clients["operator"].get("/settings/flags").text
    told = put(clients["operator"], **{"sound-en-US": (io.BytesIO(b"no sound"), "notes.txt")})
    assert "notes.txt was not taken" in told
    assert "A storm has cut the power." in told
    assert store.announcements.all() == [found]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "An Outage", "no name of an announcement"),
        ("until", "soon", "write 18:00"),
        ("until", "40 days", "more than 31 days"),
        ("until", "2020-01-01 10:00", "over already"),
        ("text-en-US", " ", "nothing would be heard"),
        ("text-en-US", "x" * 501, "longer than 500"),
        ("line", "moon", "there is no line"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(casework, field: str, value: str, words: str) -> None:
    store, clients = casework
    told = put(
        clients["operator"],
        **{"text-da-DK": "Strømmen er væk."} | {field: value} if field == "line" else {field: value},
    )
    assert words in told
    assert store.announcements.all() == []
    assert "outage" in told or field == "name"


def test_a_flag_is_switched_on_with_an_end_and_off_by_whoever_may(casework) -> None:
    store, clients = casework
    told = clients["supervisor"].post(
        "/settings/flags", data={"flag": "emergency", "until": "2 h"}, follow_redirects=True
    )
    assert "closes every team" in told.text
    assert [(flag.name, flag.owner) for flag in store.flags.all()] == [("emergency", "Marta Ruiz")]
    assert "no name of a flag" in clients["admin"].post("/settings/flags", data={"flag": "Storm!", "until": "2 h"}).text
    assert "Switch emergency off" not in clients["auditor"].get("/settings/flags").text
    assert clients["auditor"].post("/settings/flags/emergency/off").status_code == 403
    clients["admin"].post("/settings/flags/emergency/off")
    assert store.flags.all() == []


def test_who_only_reads_finds_no_form(casework) -> None:
    _, clients = casework
    for path in ("/settings/flags", "/settings/written", "/settings/roles"):
        told = clients["auditor"].get(path).text
        assert "<form" not in re.sub(r"(?s)<header.*?</header>", "", told), path


def test_the_flags_that_menus_read_are_known_with_their_files(
    hotline: str, opened_store: Store, tmp_path: Path
) -> None:
    active = opened_store.versions.active()
    assert active
    content = Library(tmp_path, opened_store.versions).get(active)
    for name, paths in flags_read(content).items():
        assert all(f"flag.{name}" in content.sources[path] for path in paths)


def keys(page: Page, *pressed: str) -> None:
    page.wait_for_load_state()
    for key in pressed:
        page.keyboard.press(key)


@pytest.mark.browser
@VIEWS
def test_an_outage_is_announced_and_a_future_call_heard_by_keyboard_alone(
    opened: Browser, hotline: str, opened_store: Store, root: Path, scheme, width
) -> None:
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    come_in(page, hotline, "admin", "/account")
    keys(page, "g", "s")
    expect(page.locator("h1")).to_have_text("Settings")
    hear_christmas(page)
    page.get_by_role("link", name="Flags, announcements").press("Enter")
    expect(page.locator("h1")).to_have_text("Flags, announcements")
    keys(page, "n")
    page.keyboard.type("outage")
    keys(page, "Tab")
    page.keyboard.type("18:00")
    keys(page, "Tab")
    page.keyboard.type("A storm has cut the power in Northgate.")
    keys(page, "Control+Enter")
    expect(page.locator(".banner.ok")).to_contain_text("outage is on the air until")
    expect(page.locator(".onair")).to_contain_text("ends")
    made = opened_store.announcements.all()[0]
    assert f"{datetime.fromtimestamp(made.until, COPENHAGEN):%H:%M}" == "18:00"
    look(page, "settings-on-air")
    page.get_by_role("button", name="Take outage off the air").press("Enter")
    expect(page.locator(".onair")).to_have_count(0)
    for link, name in (("Teams, lines, limits", "settings-written"), ("Roles", "settings-roles")):
        page.get_by_role("link", name=link).press("Enter")
        expect(page.locator("h1")).to_have_text(link)
        look(page, name)
        if name == "settings-written":
            shown = page.locator("main").inner_text()
            assert [key for key, line in written_in(root).items() if f"config.yaml:{line}" not in shown] == []
    context.close()
    assert errors == []


def written_in(root: Path) -> dict[str, int]:
    """Find in which lines of the sample's config.yaml these keys stand."""
    lines = (root / "config.yaml").read_text(encoding="utf-8").splitlines()
    keys = ("  front_desk:", "  care:", "always_on:", "limits:")
    return {key: next(at for at, line in enumerate(lines, 1) if line.startswith(key)) for key in keys}


def hear_christmas(page: Page) -> None:
    """Ask what a caller hears who complains on 25 December at 10:00."""
    page.locator("input[type=date]").fill("2026-12-25")
    page.locator("input[type=time]").fill("10:00")
    page.get_by_label("Pressing").fill("1")
    page.get_by_label("Pressing").press("Enter")
    expect(page.locator(".said-box")).to_contain_text("Aurora Energy")
    expect(page.locator(".said-box kbd")).to_have_text("1")
    expect(page.locator("#then")).to_contain_text("decides: closed on this holiday")
    expect(page.locator(".cal [aria-current]")).to_have_text(re.compile("25"))
    look(page, "settings-heard")
