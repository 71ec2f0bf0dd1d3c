"""Every page and the API asked by people and programs who send anything at all: no answer is 5xx, no memory is kept.

The names of fields are those that the pages read and write; values are hostile, or nearly right, so that a request goes
as deep as it can. `FUZZ` says how many are sent as a campaign.
"""

from __future__ import annotations

import base64
import logging
import os
import random
import re
import resource
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from kernel.boards import SECRET
from kernel.two_calls import CALL, two_calls
from rig.people import client_of, let_everybody_in
from rig.server import ACCOUNT, TOKEN
from rig.stores import postgres, url
from werkzeug.routing import Rule

from console.app import create_app
from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.access import SCOPES
from tests.webhooks.malformed import NASTY

__all__ = ["postgres", "url"]

READ = re.compile(
    r'(?:args|form|values)\.(?:get|getlist)\(\s*"(\w+)"|args\["(\w+)"\]|form\["(\w+)"\]|(?<=name=")(\w+)"'
)
STREAMS = {"wall.stream", "desk.stream"}  # have no end
SLOW = {"doctor.page"}  # asks the carrier, and waits for it
PLAUSIBLE = (
    *("1", "0", "-1", "yes", "no", "2026-11-24", "2026-11-24T08:00", "2026-13-99", "7d", "08:00", "2026-11", "erase"),
    *("9999-12", "00001999999999"),
    *(
        "csv",
        "json",
        "parquet",
        "new",
        "closed",
        "sms",
        "note",
        "admin",
        "agent",
        "main",
        "main.account",
        "care",
        "en-US",
    ),
    *("+14155550123", "flag.storm", "menus/main.yaml", "calls", "cases", "0" * 64, "1~CA1", "1~\x00", "nan~x", "inf~x"),
    *("call.ended", "https://crm.example/x", "https://[::1", "9" * 25, "1e400", "{}", "[]", "null", '{"a": 1}'),
)
BODIES = (b"", b"\xff\xfe", b"{", b"null", b'{"keys": [1]}', b"a=%zz", b"x" * 70_000, b"a=1&" * 3000, b'["\\ud800"]')
KINDS = ("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", "text/plain", "")
HEADERS = {
    "Accept": ("*/*", "text/html", "application/json", "text/event-stream", "\xe9"),
    "Accept-Language": ("da", "x" * 500),
    "If-None-Match": ('"x"', "*", "\xff"),
    "If-Modified-Since": ("yesterday", "Thu, 01 Jan 1970 00:00:00 GMT"),
    "Range": ("bytes=0-", "bytes=9-1", "bytes=-99999999999999", "bytes=x", "rows=1"),
    "Referer": ("http://localhost/calls?number=1", "javascript:x", "//x"),
    "X-Forwarded-For": ("1.1.1.1, 2.2.2.2", "\x7f", "a" * 900),
    "Authorization": ("Bearer x", "Bearer ", "Basic a", "Bearer \xe9"),
    "Cookie": ("session=x", "session=" + "a" * 3000, "=", "\xff"),
    "Origin": ("null", "https://evil.example"),
}
World = tuple[Flask, dict[str, FlaskClient], str, list[str]]


@pytest.fixture
def world(url: str, tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The pages over a hotline with two calls and a case: clients of each role and of nobody, and a token."""
    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    names |= {"IVR_SECRET_KEYS": f"{SECRET[0]}:{base64.b64encode(SECRET[1]).decode()}", "DATABASE_URL": url}
    names |= {"IVR_RECORDINGS": str(tmp_path / "recordings"), "TWILIO_API_URL": "http://127.0.0.1:9"}
    for name, value in (names | {"SECOND_FACTOR_ROLES": "none", "API_PER_MINUTE": "999999"}).items():
        monkeypatch.setenv(name, value)
    store = Store(url, tmp_path)
    store.upgrade()
    two_calls(store, tmp_path)
    files = read_files(root / "config.yaml", root / "menus", root / "recordings")
    publish(files, Author("tests", ""), store, tmp_path)  # one whose steps stand in files is in force: it can be drawn
    accounts = let_everybody_in(store)
    _, token = store.tokens.make("the tests", [*SCOPES], 1, "tests", time.time())
    app = create_app(read_settings())
    app.config["WTF_CSRF_ENABLED"] = False  # a form without its token goes no further
    clients = {role: client_of(app, store, account) for role, account in accounts.items()}
    app.extensions["again"] = lambda role: client_of(app, store, accounts[role])
    ids = [CALL, *(one.number for one in store.cases.latest(3)), *(one.id for one in store.people.all())]
    yield app, clients | {"nobody": app.test_client()}, token, [*ids, str(store.versions.active())]
    store.close()


def fields(root: Path) -> list[str]:
    """Name every field that the pages read."""
    files = [*(root / "console").rglob("*.py"), *(root / "console" / "templates").rglob("*.html")]
    return sorted({name for file in files for found in READ.findall(file.read_text()) for name in found if name})


class Fuzzer:
    """Makes requests from a seed."""

    def __init__(self, seed: int, world: World, names: list[str]) -> None:
        """Aim at every route."""
        self._chance = random.Random(seed)
        self._app, self._clients, self._token, self._ids = world
        self._names = names
        skipped = STREAMS | SLOW
        self._rules = [rule for rule in self._app.url_map.iter_rules() if rule.endpoint not in skipped]
        self._values = [*PLAUSIBLE, *NASTY, *self._ids]

    def once(self) -> tuple[str, int]:
        """Send one request; gives its method and route, and the status."""
        chance = self._chance
        rule: Rule = chance.choice(self._rules)
        method = chance.choice(sorted((rule.methods or set()) | ({"PUT"} if chance.random() < 0.05 else set())))
        role = chance.choice(("admin", "admin", "admin", "operator", "supervisor", "agent", "auditor", "nobody"))
        answer = self._client(rule, role).open(
            self._path(rule),
            method=method,
            query_string=self._some(0.5),
            headers=self._headers(rule),
            environ_base={"REMOTE_ADDR": f"10.{chance.randrange(250)}.{chance.randrange(250)}.1"},
            **self._body(),
        )
        answer.close()
        return f"{method} {rule.rule}", answer.status_code

    def _client(self, rule: Rule, role: str) -> FlaskClient:
        """Some routes sign out, and a cookie that was sent stays with its client."""
        if role != "nobody" and (rule.endpoint.startswith("security.") or self._chance.random() < 0.02):
            self._clients[role] = self._app.extensions["again"](role)
        return self._clients[role]

    def _path(self, rule: Rule) -> str:
        good = [*self._ids, "1", "main", "0" * 64]

        def value(_found: re.Match[str]) -> str:
            return quote(self._chance.choice(good if self._chance.random() < 0.6 else NASTY)[:300], safe="") or "x"

        return re.sub(r"<(?:[a-z]+:)?[a-z_]+>", value, rule.rule)

    def _some(self, often: float) -> list[tuple[str, str]]:
        if self._chance.random() > often:
            return []
        names = self._chance.sample(self._names, self._chance.randrange(1, 8))
        return [(name, self._chance.choice(self._values).encode("utf-8", "replace").decode()) for name in names]

    def _body(self) -> dict[str, object]:
        if self._chance.random() < 0.75:
            return {"data": dict(self._some(1.0))}
        return {"data": self._chance.choice(BODIES), "content_type": self._chance.choice(KINDS)}

    def _headers(self, rule: Rule) -> list[tuple[str, str]]:
        picked = self._chance.sample(sorted(HEADERS), self._chance.randrange(4))
        made = [(name, self._chance.choice(HEADERS[name])) for name in picked]
        if rule.rule.startswith("/api/") and self._chance.random() < 0.8:
            made = [(name, value) for name, value in made if name != "Authorization"]
            made.append(("Authorization", f"Bearer {self._token}"))
        return made


def memory() -> int:
    """Bytes that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def fuzz(world: World, root: Path, count: int, seed: int) -> Counter[int]:
    """Send so many; what is answered 5xx is named."""
    fuzzer, seen, wrong, held = Fuzzer(seed, world, fields(root)), Counter[int](), Counter[str](), 0
    for number in range(count):
        route, status = fuzzer.once()
        seen[status] += 1
        if status >= 500:
            wrong[f"{route}: {status}"] += 1
        if number == count // 3:
            held = memory()
    assert wrong == {}
    if count > 10_000:
        assert memory() - held < 40 * 10**6, "memory is kept"
    return seen


def test_whatever_is_sent_is_answered(world: World, root: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        seen = fuzz(world, root, 700, seed=20_261_128)
    assert seen[200] > 100
    assert seen[400] + seen[404] + seen[403] > 100
    assert "Traceback" not in caplog.text


@pytest.mark.campaign
def test_whatever_is_sent_is_answered_very_many_times(world: World, root: Path, capsys) -> None:
    count = int(os.environ.get("FUZZ", "200000"))
    seen = fuzz(world, root, count, seed=int(os.environ.get("FUZZ_SEED", "1")))
    with capsys.disabled():
        print(f"\n{count} requests: {dict(sorted(seen.items()))}")
