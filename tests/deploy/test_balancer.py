"""Whom the pages see behind the shipped balancer with a TLS proxy before it: the person, who came by https."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from flask import request
from rig.balancer import balancing
from rig.ports import free_ports
from rig.server import ACCOUNT, KEYS, TOKEN

from console.app import create_app
from ivr.settings import read_settings

THEIRS = "203.0.113.5"
Heads = list[dict[str, str]]


@contextmanager
def node() -> Iterator[tuple[int, Heads]]:
    """What stands where a node stands, and notes what it is asked with."""
    heard: Heads = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(dict(self.headers))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port, heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("brought", "proxies", "seen"),
    [
        ({"X-Forwarded-For": THEIRS, "X-Forwarded-Proto": "https"}, 2, (THEIRS, "https")),
        ({"X-Forwarded-For": f"9.9.9.9, {THEIRS}", "X-Forwarded-Proto": "https"}, 2, (THEIRS, "https")),
        ({}, 1, ("127.0.0.1", "http")),
    ],
)
def test_the_pages_see_who_stands_before_both_proxies(
    brought: dict[str, str], proxies: int, seen: tuple[str, str], tmp_path: Path
) -> None:
    listen = free_ports()
    with node() as (port, heard), balancing(listen, [(port, port)]):
        with closing(HTTPConnection("127.0.0.1", listen[1], timeout=5)) as line:
            line.request("GET", "/login", headers=brought)
            assert line.getresponse().status == 204
        heads = {name: value for name, value in heard[-1].items() if name.startswith("X-Forwarded")}
    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    app = create_app(replace(read_settings(names | {"IVR_SECRET_KEYS": KEYS}), console_proxies=proxies))
    found: list[tuple[str | None, str]] = []
    app.before_request_funcs[None].insert(0, lambda: found.append((request.remote_addr, request.scheme)))
    app.test_client().get("/static/icon.svg", headers=heads).close()
    assert found == [seen]
