"""A secret, and a card number that somebody keys, stand in no byte that is stored and in no line of a log."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from click.testing import CliRunner
from otlp_receiver import receiving
from rig.people import client_of, let_in
from rig.server import ACCOUNT, ROOT, TOKEN, Server
from rig.told import System, listening
from rig.worker import working

from console.app import create_app
from ivr.__main__ import ivr_words
from ivr.content import Content
from ivr.hooks import Wish, new_hook
from ivr.keys import Keyring
from ivr.messages import Conversation, Draft
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.rest import RestSide
from ivr.store import Store
from ivr.store.access import SCOPES
from ivr.store.hooks import CALL_ENDED, CASE_OPENED, EVENTS, RECORDING_SAVED
from tests.insight.walks import drawable
from tests.keeping.everywhere import of_database, of_files, sqlalchemy_url, where
from tests.kernel.hotline import hotline

PIN = "918273640518"
CARD = "4539578763621486"  # its check digit is right
NUMBER = "15005550123"  # of the caller


def content() -> Content:
    """The small hotline, with a longer PIN and a longer account, and a case that asks for both."""
    made = hotline()
    steps = dict(made.tree.steps)
    steps["main.pin"] = replace(steps["main.pin"], shortest=len(PIN), longest=len(PIN))
    steps["main.account"] = replace(steps["main.account"], shortest=len(CARD), longest=len(CARD))
    steps["main.case"] = replace(steps["main.case"], fields={"account": "account", "pin": "pin"})
    return drawable(replace(made, tree=replace(made.tree, steps=steps)))


@pytest.fixture
def carrier() -> Iterator[tuple[Carrier, RestSide]]:
    made = Carrier(ACCOUNT, TOKEN)
    with RestSide(made) as side:
        yield made, side


@pytest.fixture
def server(url: str, tmp_path: Path, carrier: tuple[Carrier, RestSide]) -> Iterator[Server]:
    with working(tmp_path, content(), carrier[1], url) as server:
        yield server


def stored(server: Server, url: str) -> Iterator[tuple[str, bytes]]:
    yield from of_files(server.data)
    yield from of_database(sqlalchemy_url(url) if url else f"sqlite:///{server.data / 'ivr.db'}")


def case_of(server: Server, call: str) -> str:
    """Wait until the case is there; its number."""
    limit = time.monotonic() + 40
    while time.monotonic() < limit:
        command = [sys.executable, "-m", "ivr", "story", call, "--json"]
        done = subprocess.run(command, env=server.environ, cwd=ROOT, capture_output=True, text=True, check=True)
        told = json.loads(done.stdout)
        if told["call"]["ended"] and told["cases"] and {one["state"] for one in told["recordings"]} == {"kept"}:
            assert told["cases"][0]["said"]["fields"] == {"account": CARD}  # sealed, it is there
            assert PIN not in done.stdout
            return told["cases"][0]["number"]
        time.sleep(0.3)
    raise AssertionError(told)


def keyed(server: Server, carrier: tuple[Carrier, RestSide]) -> Call:
    """Let somebody call and key both."""
    ours = Carrier(ACCOUNT, TOKEN, status=f"{server.url}/voice/status", ledger=carrier[0].ledger)
    call = Call(ours, Plan(url=f"{server.url}/voice", caller=f"+{NUMBER}"))
    call.advance()
    call.press("2")
    call.press(PIN)
    call.press("1")
    call.press(CARD)
    return call


def left(server: Server, url: str, carrier: tuple[Carrier, RestSide]) -> tuple[str, str]:
    """Let somebody call, key both, and leave a message; the call, and the case that came of it."""
    call = keyed(server, carrier)
    call.speak(3)
    call.hang_up()
    number = case_of(server, call.sid)
    store = Store(url, server.data)
    draft = Draft(case=number, channel="note", body=f"they gave {CARD}", author="Priya", once="1")
    assert Conversation(store, Keyring(server.settings.secret_keys)).write(draft, time.time())
    store.close()
    return call.sid, number


def test_they_stand_in_no_stored_byte_and_no_log_line(
    server: Server, url: str, carrier: tuple[Carrier, RestSide]
) -> None:
    call, _ = left(server, url, carrier)
    assert where(call, stored(server, url)) != []  # what is looked through is what is stored
    assert where(PIN, stored(server, url)) == []
    assert where(CARD, stored(server, url)) == []
    assert where(NUMBER, stored(server, url)) == []


def hook(server: Server, url: str) -> None:
    """Have a system told of everything."""
    store = Store("", server.data)
    made, _ = new_hook(
        Wish(url, list(EVENTS), "Helen", time.time()),
        Keyring(server.settings.secret_keys),
        (ip_network("127.0.0.0/8"),),
    )
    store.hooks.add(made)
    store.close()


def heard_all(system: System) -> None:
    """Wait until the system was told of the call, its case and its recording."""
    awaited, limit = {CALL_ENDED, CASE_OPENED, RECORDING_SAVED}, time.monotonic() + 40
    while not awaited <= {json.loads(body)["type"] for _, body in system.heard}:
        assert time.monotonic() < limit, system.heard
        time.sleep(0.1)


def said(server: Server, call: str, case: str) -> Iterator[tuple[str, bytes]]:
    """What our commands print and write of that call; its story and its case say what the caller gave, no file does."""
    files = [server.data / f"out.{ending}" for ending in ("csv", "json", "parquet", "tar")]
    for words in (
        ["story", call, "--json"],
        ["cases", "show", case, "--json"],
        *(["cases", "export", str(file), "--quiet", "--format", file.suffix[1:]] for file in files[:3]),
        ["calls", "--json"],
        ["costs", "--json"],
        ["audit", "--json"],
        ["metrics", "--once"],
        ["backup", str(files[3])],
    ):
        done = CliRunner().invoke(ivr_words, words, env=server.environ, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        yield " ".join(words[:2]), done.output.encode()
    yield from ((file.name, file.read_bytes()) for file in files)


def pages(server: Server, call: str, case: str) -> Iterator[tuple[str, bytes]]:
    """Every page that is read, and the reading API, as an admin sees them; streams have no end."""
    app = create_app(replace(server.settings, second_factor_roles=()))
    store = Store("", server.data)
    admin = let_in(store, "admin")
    _, token = store.tokens.make("the tests", [*SCOPES], 1, "tests", time.time())
    known = {"call": call, "number": case, "version": str(store.versions.active()), "sid": "RE1", "name": "x"}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in {"wall.stream", "desk.stream", "doctor.page"}:
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found[1], "1"), rule.rule)
            client = client_of(app, store, admin)  # one of the pages signs out
            answer = client.get(path, headers={"Authorization": f"Bearer {token}"}, follow_redirects=True)
            assert answer.status_code < 500, path
            yield path, answer.data
    store.close()


def test_they_do_not_stand_in_the_spool_while_the_database_is_away(
    tmp_path: Path, carrier: tuple[Carrier, RestSide]
) -> None:
    with working(tmp_path, content(), carrier[1], "") as server:
        with closing(sqlite3.connect(server.data / "ivr.db", isolation_level=None, timeout=10)) as other:
            other.execute("BEGIN EXCLUSIVE")
            call = keyed(server, carrier)
            spool = list(of_files(server.data / "spool"))
        assert where(call.sid, iter(spool)) != []
        assert where(PIN, iter(spool)) == where(CARD, iter(spool)) == where(NUMBER, iter(spool)) == []
        call.hang_up()


def test_they_stand_in_nothing_that_goes_out(tmp_path: Path, carrier: tuple[Carrier, RestSide]) -> None:
    with receiving() as collector, listening() as system:
        told = {"METRICS_PORT": "9108", "TRACES_URL": collector.url}
        with working(tmp_path, content(), carrier[1], "", **told) as server:
            hook(server, system.url)
            call, case = left(server, "", carrier)
            out = list(said(server, call, case))
            heard_all(system)
            shown = list(pages(server, call, case))
    traces = [("traces", raw) for raw in collector.raw]
    assert len(traces) > 0
    bodies = [("webhook", body) for _, body in system.heard]
    assert all(where(digits, iter(bodies)) == [] for digits in (PIN, CARD, NUMBER))
    assert {name for name, made in out if made} >= {
        "calls --json",
        "out.csv",
        "out.parquet",
        "out.tar",
        "metrics --once",
    }
    assert where(PIN, iter([*out, *traces])) == []
    assert "cases show" in where(CARD, iter(out))  # so it would be found
    gave = {f"story {call}", "cases show"}
    assert where(CARD, iter([(name, made) for name, made in out if name not in gave] + traces)) == []
    assert where(NUMBER, iter(traces)) == []
    assert f"/cases/{case}" in where("they gave", iter(shown))
    assert where(PIN, iter(shown)) == []
    systems = {"/api/v1/cases", f"/api/v1/cases/{case}", f"/api/v1/calls/{call}"}  # are told it as it was given
    assert set(where(CARD, iter(shown))) == systems
    bought = repr(carrier[0].ledger.texts).encode() + repr(carrier[0].ledger.placed).encode()
    assert where(PIN, iter([("the carrier", bought)])) == where(CARD, iter([("the carrier", bought)])) == []


@pytest.mark.parametrize(
    "hidden",
    [
        CARD.encode(),
        base64.b64encode(f"a{CARD}".encode()),
        base64.urlsafe_b64encode(f"ab{CARD}c".encode()),
        CARD.encode().hex().encode(),
        CARD.encode("utf-16-le"),
        zlib.compress(f"they gave {CARD}".encode()),
        zlib.compress(base64.b64encode(CARD.encode())),
    ],
)
def test_the_search_finds_digits_however_they_are_written(hidden: bytes) -> None:
    assert where(CARD, iter([("somewhere", hidden)])) == ["somewhere"]
    assert where(CARD[::-1], iter([("somewhere", hidden)])) == []
