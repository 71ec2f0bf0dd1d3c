"""Thousands of requests that no carrier makes: refused, without effect, and the worker lives."""

import os
import re
import socket
import sqlite3
import sys
import urllib.request
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from rig.server import ACCOUNT, KEYS
from twilio.request_validator import RequestValidator

from ivr.node import Node
from ivr.settings import read_settings
from tests.kernel.hotline import hotline
from tests.rig.server import TOKEN, serving
from tests.webhooks.malformed import ROUTES, Gun
from webhooks.app import create_app

COUNT = int(os.environ.get("MALFORMED", "100000"))
KEPT = 30_000  # kB: what threads, caches and connections come to
OF_CALL = {"CallSid": "CA" + "a" * 32, "From": "+15005550001", "To": "+18005550100"}


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path, (hotline(),)) as server:
        yield server


class Line:
    """A connection that is kept while the server keeps it."""

    def __init__(self, port):
        self._port = port
        self._socket = None
        self._file = None

    def send(self, raw):
        """Send one request; give the status, 0 where the server only hung up."""
        for fresh in (False, True):  # a kept connection may have been closed meanwhile
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=20)
                self._file = self._socket.makefile("rb")
            try:
                self._socket.sendall(raw)
                if status := self._read(raw):
                    return status
            except OSError:
                pass
            self.close()
            if fresh:
                return 0
        return 0

    def _read(self, raw):
        line = self._file.readline()
        if not line:
            return 0
        length, kept = 0, True
        while (header := self._file.readline()) not in {b"\r\n", b""}:
            name, _, value = header.lower().partition(b":")
            length = int(value) if name == b"content-length" else length
            kept = kept and not (name == b"connection" and value.strip() == b"close")
        if not raw.startswith(b"HEAD"):
            self._file.read(length)
        if not kept:
            self.close()
        return int(line.split()[1])

    def close(self):
        if self._socket is not None:
            self._file.close()
            self._socket.close()
            self._socket = None


def bombard(server, token, count, seed):
    """Send them all; count what was answered to which kind."""
    line, seen = Line(server.port), Counter()
    for number, shot in enumerate(Gun(seed, server.url, TOKEN, token, OF_CALL).shots(count)):
        if number == count // 5:
            warm = memory(server)
        status = line.send(shot.raw)
        seen[shot.kind, status] += 1
        assert status < 500, (shot, status)
        assert status not in range(300, 400), (shot, status)
        assert status in shot.may, (shot, status)
        if shot.kind in {"garbage", "chunked", "wrong kind", "wrong path", "wrong method", "oversized"}:
            line.close()  # what is left of a broken request must not look like the next one
    line.close()
    assert memory(server) - warm < KEPT, "requests that no carrier makes stay in memory"
    return seen


def memory(server):
    """kB that the workers hold."""
    told = (Path(f"/proc/{pid}/status").read_text() for pid in server.worker_pids)
    return sum(int(re.search(r"VmRSS:\s+(\d+)", text)[1]) for text in told)


def first_token(server):
    """Begin a call as the carrier does; give the token of its first document."""
    form = OF_CALL | {"CallStatus": "ringing"}
    signed = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(f"{server.url}/voice", form)}
    request = urllib.request.Request(f"{server.url}/voice", urlencode(form).encode(), signed)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return re.search(rb"/voice/t/([^/]+)/step", answer.read())[1].decode()


def turns(server):
    with closing(sqlite3.connect(server.data / "ivr.db")) as connection:
        return connection.execute("SELECT count(*) FROM turns").fetchone()[0]


def test_every_door_is_knocked_at(tmp_path):
    names = {
        "IVR_DATA": str(tmp_path),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_SECRET_KEYS": KEYS,
    }
    settings = read_settings(names)
    app = create_app(settings, Node(settings))
    doors = {re.sub(r"<\w+>", "{token}", rule.rule.replace("<int:number>", "1")) for rule in app.url_map.iter_rules()}
    assert doors - {"/health", "/audio/{token}.wav"} == set(ROUTES)
    app.extensions["node"].close()


@pytest.mark.parametrize("count", [2_600, pytest.param(COUNT, marks=pytest.mark.campaign)])
def test_no_malformed_request_breaks_anything(server, count, capsys):
    workers = server.worker_pids
    token = first_token(server)
    before = turns(server)
    seen = bombard(server, token, count, seed=20_261_124)
    assert server.worker_pids == workers
    assert server.get("/health")[0] == 200
    begun = sum(number for (kind, status), number in seen.items() if status == 200 and kind != "replayed")
    assert turns(server) - before <= begun + 1, "what is said again is one turn"
    assert "Traceback" not in server.log()
    kinds = Counter()
    for (kind, _), number in seen.items():
        kinds[kind] += number
    assert len(kinds) == 13
    assert min(kinds.values()) == count // 13
    if count == COUNT:
        with capsys.disabled():
            sys.stdout.write(f"\n{count} requests: {dict(sorted(Counter(s for _, s in seen.elements()).items()))}\n")
