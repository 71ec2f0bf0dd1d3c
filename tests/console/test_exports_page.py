"""Exports in the browser: asked for with the filter of the page, fetched by who asked, refused to everybody else."""

from __future__ import annotations

import csv
import io
import json
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from kernel.two_calls import CALL, CALLER, OTHER
from playwright.sync_api import Browser, expect
from rig.looks import VIEWS, look
from rig.people import client_of, let_in, sign_in

from ivr.archive.calls import Archive
from ivr.commands.cases import command as cases_command
from ivr.commands.export import command
from ivr.depot.choosing import depot_of
from ivr.keys import Keyring
from ivr.publishing.library import Library
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.audit import Deed
from ivr.worker.exports import Exporter


def write(store: Store) -> None:
    """Be the job process once."""
    settings = read_settings()
    archive = Archive(store, Keyring(settings.secret_keys))
    exporter = Exporter(archive, Library(settings.data, store.versions).get, settings.data, depot_of(settings))
    while exporter.once(time.time()):
        pass


def test_what_the_page_shows_is_exported_and_handed_to_who_asked_and_to_admins_alone(casework, tmp_path: Path) -> None:
    store, clients = casework
    supervisor: FlaskClient = clients["supervisor"]
    assert "Nothing was exported yet" in supervisor.get("/exports").text
    page = supervisor.post(
        "/exports", data={"format": "csv", "number": CALLER, "end": "case", "when": "7d"}, follow_redirects=True
    ).text
    assert f"the last week, from {CALLER}, left a case" in page
    assert "waits for the job process" in page
    (row,) = store.exports.latest(9)
    file = f"/exports/{row.id}/file"
    assert supervisor.get(file, buffered=True).status_code == 404  # not yet
    write(store)
    assert file in supervisor.get("/exports/now").text
    answer = supervisor.get(file, buffered=True)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=calls-{row.id[:6]}.csv"
    heading, only = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert dict(zip(heading, only, strict=True))["caller"] == f"'{CALLER}"
    assert clients["admin"].get(file, buffered=True).data == answer.data
    other = client_of(supervisor.application, store, let_in(store, "supervisor", "Una Other"))
    assert other.get(file).status_code == 404
    assert other.post(f"/exports/{row.id}/cancel").status_code == 404
    assert file not in other.get("/exports").text
    assert row.id in clients["admin"].get("/exports").text
    for role in ("auditor", "agent", "operator"):
        assert clients[role].get(file).status_code == 403
        assert clients[role].post("/exports").status_code == 403
    assert 'action="/exports"' not in clients["auditor"].get("/calls").text
    assert [line.deed.did for line in store.audit.latest(9) if line.deed.what == row.id] == [
        "fetched an export",
        "fetched an export",
        "asked for an export of calls",
    ]
    supervisor.post(f"/exports/{row.id}/cancel")
    assert supervisor.get(file, buffered=True).status_code == 404
    assert list((tmp_path / "recordings" / "exports").iterdir()) == []
    assert CALLER not in str(store.audit.latest(9))


def test_the_cases_that_the_page_finds_are_exported_with_what_was_left(casework, tmp_path: Path) -> None:
    store, clients = casework
    supervisor: FlaskClient = clients["supervisor"]
    assert 'action="/exports/cases"' in supervisor.get("/cases").text
    (case,) = store.cases.latest(9)
    for query, told, rows in (
        ({"q": case.number, "status": "any"}, f"cases: in any status, with {case.number}", [case.number]),
        ({"kind": case.kind}, f"cases: to do, of the kind {case.kind}", [case.number]),
        ({"q": CALLER}, f"cases: to do, with {CALLER}", [case.number]),
        ({"q": "nobody said this"}, "cases: to do, with nobody said this", []),
        ({"status": "closed"}, "cases: closed", []),
    ):
        page = supervisor.post("/exports/cases", data={"format": "csv", **query}, follow_redirects=True).text
        assert told in page
        write(store)
        row = store.exports.latest(1)[0]
        answer = supervisor.get(f"/exports/{row.id}/file", buffered=True)
        assert answer.headers["Content-Disposition"] == f"attachment; filename=cases-{row.id[:6]}.csv"
        heading, *found = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
        cells = [dict(zip(heading, one, strict=True)) for one in found]
        assert [one["number"] for one in cells] == rows
        if cells:
            assert (cells[0]["caller"], cells[0]["answers"]) == (f"'{CALLER}", '{"account": "1234"}')
        store.exports.cancel(row.id, Deed("tests", "cancelled an export", row.id))
    assert supervisor.post("/exports/cases", data={"format": "exe"}).status_code == 400
    for role in ("auditor", "agent", "operator"):
        assert clients[role].post("/exports/cases", data={"format": "csv"}).status_code == 403
    assert 'action="/exports/cases"' not in clients["auditor"].get("/cases").text


def test_the_command_writes_cases_narrowed_as_its_list_is(casework, tmp_path: Path) -> None:
    store, _ = casework
    (case,) = store.cases.latest(9)
    path = tmp_path / "cases.jsonl"
    done = CliRunner().invoke(cases_command, ["export", str(path), "--status", "to-do"], catch_exceptions=False)
    assert done.exit_code == 0
    assert [json.loads(line)["number"] for line in path.read_text().splitlines()] == [case.number]
    assert "1 cases" in done.output
    CliRunner().invoke(cases_command, ["export", str(path), "--team", "nobody's"], catch_exceptions=False)
    assert path.read_text() == ""


def test_a_filter_or_a_format_that_is_none_is_refused(casework) -> None:
    store, clients = casework
    assert clients["admin"].post("/exports", data={"format": "exe"}).status_code == 400
    page = clients["admin"].post("/exports", data={"format": "csv", "number": "0123"}, follow_redirects=True).text
    assert "not a phone number" in page
    assert store.exports.latest(9) == []


def test_the_list_says_the_whole_filter_of_each_export(casework) -> None:
    store, clients = casework
    agent = next(one for one in store.people.all() if one.role == "agent")
    asked = {"name": "Ola", "line": "care", "language": "da-DK", "step": "main.account", "path": "2 1", "case": "X12"}
    asked |= {"agent": agent.id, "words": "lamp", "end": "left", "when": "7d", "since": "2026-11-01T08:00"}
    page = clients["admin"].post("/exports", data={"format": "csv"} | asked, follow_redirects=True).text
    told = "the last week since 2026-11-01 08:00, of a caller named Ola, line care, in Danish"
    assert told in page
    assert f"through main.account, by the keys 2 1, taken by {agent.name}, of case X12" in page
    assert "with the words lamp, gave up in the menu" in page


def test_a_month_is_that_of_the_hotlines_clock(casework) -> None:
    _, clients = casework
    now = datetime.now(ZoneInfo("UTC"))
    assert CALL in clients["admin"].get(f"/calls?when={now:%Y-%m}").text
    assert CALL not in clients["admin"].get("/calls?when=2020-03").text
    assert f"{now:%B %Y}</option>" in clients["admin"].get("/calls").text


def test_live_calls_stand_on_top_of_the_unfiltered_list_alone(casework) -> None:
    _, clients = casework
    page = clients["auditor"].get("/calls").text
    assert page.index("Going on now") < page.index('<form class="filters')
    assert f'id="live-{OTHER}"' in page
    assert f'id="live-{CALL}"' not in page
    assert "Going on now" not in clients["auditor"].get("/calls?end=case").text
    assert f'id="live-{OTHER}"' in clients["auditor"].get("/calls/now").text


def test_the_command_writes_a_whole_file_or_none(casework, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, _ = casework
    path = tmp_path / "calls.parquet"
    done = CliRunner().invoke(command, [str(path), "--outcome", "case"], catch_exceptions=False)
    assert (done.exit_code, path.read_bytes()[:4]) == (0, b"PAR1")
    assert "1 calls" in done.output
    assert store.audit.latest(1)[0].deed.did == "exported calls"
    assert CliRunner().invoke(command, [str(tmp_path / "calls.txt")]).exit_code == 2
    path.write_text("before")
    monkeypatch.setattr("ivr.exporting.slices.rows_of", lambda *_: 1 / 0)
    assert isinstance(CliRunner().invoke(command, [str(path), "--quiet"]).exception, ZeroDivisionError)
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".calls")] == []


@pytest.mark.browser
@VIEWS
def test_a_month_is_exported_and_a_number_blocked_by_keyboard(
    opened: Browser, hotline: str, opened_store: Store, scheme, width
) -> None:
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, hotline, "supervisor")
    page.goto(f"{hotline}/account", wait_until="load")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.locator("h1")).to_have_text("Calls")
    page.wait_for_load_state()
    page.keyboard.press("w")
    month = page.locator("select[name=when] option").nth(6).inner_text()
    page.keyboard.type(month)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**when=20**")
    page.wait_for_load_state()
    page.keyboard.press("e")
    expect(page.locator("h1")).to_have_text("Exports")
    expect(page.locator("#exports tbody tr").first).to_contain_text(month)
    look(page, "exports")
    row = opened_store.exports.latest(1)[0]
    page.locator(f"#end-{row.id}").press("Enter")
    expect(page.locator(".banner.ok")).to_contain_text("cancelled")
    page.goto(f"{hotline}/settings/blocked")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.type("+14155550177")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("a machine")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".banner.ok")).to_contain_text("+14155550177 is not answered any more")
    look(page, "settings-blocked")
    page.get_by_role("button", name="Answer +14155550177 again").press("Enter")
    expect(page.locator(".banner.ok")).to_contain_text("answered again")
    context.close()
    assert errors == []
