"""What the shipped nginx and Caddy let through, and what they keep out."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode

import pytest
from rig.people import PASSPHRASE, ROLE_NAMES, address_of
from rig.proxies import FILES, PAGES, VOICE, Places, found, heard, places_in
from rig.server import ACCOUNT, TOKEN

from bench.form import Signer, new_call
from ivr.doctor.examination import in_force
from ivr.doctor.finding import Patient
from ivr.doctor.outside import address, signature
from ivr.simulator.signing import signature_headers
from tests.deploy.conftest import Front

FORM = {"AccountSid": ACCOUNT, "CallSid": "CA" + "0" * 32, "From": "+15005550188", "Body": "a+b c&d=é/%2F", "None": ""}


def status_of(answer: bytes) -> int:
    """Read the status; 0 where nothing was answered."""
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


def signed(places: Places, path: str, **more: str) -> bytes:
    """Make the bytes of a request as the carrier signs it."""
    fields = FORM | more
    headers = dict(signature_headers(places.voice_url + path, tuple(fields.items()), TOKEN))
    return posted(path, urlencode(fields), headers | {"Host": f"{VOICE}:{places.https}"})


def posted(path: str, body: str, headers: Mapping[str, str]) -> bytes:
    """Make the bytes of a form post."""
    all_of_them = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in all_of_them.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n{body}".encode()


@pytest.mark.parametrize(
    ("proxy", "words"),
    [("nginx", ["-t"]), ("caddy", ["validate"])],
    ids=["nginx", "caddy"],
)
def test_the_shipped_files_are_valid(tmp_path, proxy, words):
    command = FILES[proxy](places_in(tmp_path).leading_to(8000, 8001))
    if proxy == "caddy":
        command[1:2] = words
    else:
        command += words
    environ = os.environ | {"HOME": str(tmp_path)}
    ended = subprocess.run([found(proxy), *command[1:]], capture_output=True, text=True, env=environ, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "not formatted" not in ended.stderr
    assert "[warn]" not in ended.stderr


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/health?a=1&b=2&a=3",
        "/health?z=%C3%A9+%2F;x&&y=",
        "/health?q=%zz",
    ],
)
def test_a_signed_request_passes_letter_by_letter(front: Front, path: str) -> None:
    assert status_of(front.places.say(signed(front.places, path))) == 204


def test_an_unsigned_request_and_a_forged_one_are_refused(front: Front) -> None:
    places = front.places
    bare = posted("/voice", urlencode(FORM), {"Host": f"{VOICE}:{places.https}"})
    assert status_of(places.say(bare)) == 403
    assert status_of(places.say(signed(places, "/voice").replace(b"From=%2B1", b"From=%2B2"))) == 403


def test_a_call_is_played_through_the_proxy(front: Front) -> None:
    signer = Signer(front.places.voice_url, TOKEN.encode(), ACCOUNT)
    first = front.places.say(hanging_up(signer.request("/voice", new_call(), None)))
    assert status_of(first) == 200
    assert b"<Gather" in first


def hanging_up(request: bytes) -> bytes:
    """Ask the server to hang up after its answer."""
    return request.replace(b"Accept: */*", b"Accept: */*\r\nConnection: close")


def test_nothing_but_the_carriers_addresses_leads_to_the_voice_port(front: Front) -> None:
    host = f"Host: {VOICE}:{front.places.https}\r\nConnection: close\r\n\r\n".encode()
    for path in (b"/", b"/login", b"/voicemail", b"/desk", b"/../health/", b"/metrics", b"/voice/../login"):
        answer = front.places.say(b"GET " + path + b" HTTP/1.1\r\n" + host)
        assert status_of(answer) in {404, 400}, path
        assert b"gunicorn" not in answer
    assert status_of(front.places.say(b"GET /health HTTP/1.1\r\n" + host)) == 200


def test_a_name_that_is_not_ours_gets_no_certificate_and_no_answer(front: Front) -> None:
    with pytest.raises(ssl.SSLError):
        front.places.dial("other.example")
    other = b"GET /health HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n"
    assert status_of(front.places.say(other)) in {0, 404, 421}
    pages = f"GET /login HTTP/1.1\r\nHost: {PAGES}\r\nConnection: close\r\n\r\n".encode()
    assert status_of(front.places.say(pages)) in {0, 404, 421, 200}


def test_what_is_too_large_is_refused_before_a_worker_sees_it(front: Front) -> None:
    places = front.places
    assert status_of(places.say(signed(places, "/health", Body="x" * 60_000))) == 204
    seen = front.server.log().count("refused")
    assert status_of(places.say(signed(places, "/health", Body="x" * 70_000))) == 413
    head = f"GET /health HTTP/1.1\r\nHost: {VOICE}\r\nConnection: close\r\n".encode()
    assert status_of(places.say(head + b"X-Large: " + b"x" * 16_000 + b"\r\n\r\n")) in {400, 431}
    assert status_of(places.say(head.replace(b"/health", b"/health?" + b"x" * 16_000) + b"\r\n")) in {414, 400, 431}
    assert front.server.log().count("refused") == seen


def test_slow_headers_bodies_and_handshakes_are_cut(hasty: Places) -> None:
    head = f"POST /health HTTP/1.1\r\nHost: {VOICE}\r\nContent-Length: 1000\r\n".encode()
    began = time.monotonic()
    with (
        hasty.dial() as headless,
        hasty.dial() as bodiless,
        socket.create_connection(("127.0.0.1", hasty.https), 20) as mute,
    ):
        headless.sendall(head)
        bodiless.sendall(head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\nBody=")
        answers = [heard(each) for each in (headless, bodiless, mute)]
    assert time.monotonic() - began < 15
    for answer in answers:  # nothing, or a word of the proxy's own; what we answer is never to be stored
        assert b"Cache-Control" not in answer


@dataclass
class Visitor:
    """Somebody at the pages, by way of the proxy."""

    places: Places
    source: str = "127.0.0.1"  # where they come from
    cookies: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def open(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Iterator[HTTPResponse]:
        """Ask for a page, or send a form as a browser does; the body is still to be read."""
        known = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        if form is not None:
            known |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"{self.places.pages_url}{path}"}
        with closing(HTTPConnection(PAGES, self.places.https)) as connection:
            connection.sock = self.places.dial(PAGES, source=self.source)
            body = None if form is None else urlencode(form)
            connection.request("GET" if form is None else "POST", path, body, known)
            with connection.getresponse() as answer:
                for each in answer.headers.get_all("Set-Cookie") or ():
                    name, _, value = each.partition(";")[0].partition("=")
                    self.cookies[name] = value
                yield answer

    def read(self, path: str) -> str:
        """Read a page."""
        with self.open(path) as answer:
            return answer.read().decode()

    def sign_in(self, role: str, passphrase: str = PASSPHRASE, **headers: str) -> HTTPResponse:
        """Fill the form in."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.read("/login"))
        assert found
        told = {"email": address_of(ROLE_NAMES[role]), "password": passphrase, "csrf_token": found[1]}
        with self.open("/login", told, **headers) as answer:
            return answer


def test_people_sign_in_through_the_proxy_and_stay_behind_tls(front: Front) -> None:
    visitor = Visitor(front.places)
    answer = visitor.sign_in("agent")
    assert (answer.status, answer.headers["Strict-Transport-Security"]) == (302, "max-age=31536000")
    assert "gunicorn" not in answer.headers.get_all("Server", [])
    assert any(name.startswith("__Host-") for name in visitor.cookies)  # a browser sends it over TLS alone
    assert "Priya" in visitor.read("/desk")
    with closing(HTTPConnection("127.0.0.1", front.places.http, timeout=20)) as plain:
        plain.request("GET", "/desk?a=1", headers={"Host": PAGES})
        led = plain.getresponse()
        assert led.status in {301, 308}
        assert re.fullmatch(rf"https://{PAGES}(:\d+)?/desk\?a=1", led.headers["Location"] or "")


def test_the_address_somebody_comes_from_is_believed_of_the_proxy_and_of_nobody_else(front: Front) -> None:
    claim = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    Visitor(front.places, "127.0.0.7").sign_in("auditor", "not this one at all", **claim)
    assert front.store.audit.latest(1)[0].deed.detail == {"address": "127.0.0.7"}


def test_one_address_may_ask_the_pages_only_so_often_and_the_carrier_as_often_as_it_likes(front: Front) -> None:
    if front.proxy != "nginx":
        pytest.skip("Caddy's core has no limit of requests")
    ask = f"GET /login HTTP/1.1\r\nHost: {PAGES}:{front.places.https}\r\nConnection: close\r\n\r\n".encode()
    with ExitStack() as hurried:
        lines = [hurried.enter_context(front.places.dial(PAGES, source="127.0.0.8")) for _ in range(200)]
        for line in lines:
            line.sendall(ask)
        answers = [status_of(line.recv(16)) for line in lines]
    assert set(answers) == {200, 429}
    assert answers.count(200) >= 100  # so many at once are answered
    with front.places.dial(PAGES, source="127.0.0.9") as another:
        another.sendall(ask)
        assert status_of(another.recv(16)) == 200
    health = f"GET /health HTTP/1.1\r\nHost: {VOICE}:{front.places.https}\r\n\r\n".encode()
    with closing(front.places.dial(source="127.0.0.8")) as carrier:
        carrier.sendall(health * 200)
        told = b""
        while told.count(b"HTTP/1.1 ") < 200:
            told += carrier.recv(65536)
    assert told.count(b"HTTP/1.1 200 ") == 200


def test_a_desk_is_kept_up_to_date_through_the_proxy_at_once(front: Front) -> None:
    visitor = Visitor(front.places)
    visitor.sign_in("agent")
    token = re.search(r'name="csrf-token" content="([^"]+)"', visitor.read("/desk"))
    assert token
    with visitor.open("/desk/stream", Accept="text/event-stream") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        was = read_event(stream)["me"]["state"]
        wanted = "not_ready" if was == "ready" else "ready"
        began = time.monotonic()
        with visitor.open("/desk/state", {"to": wanted, "reason": ""}, **{"X-CSRFToken": token[1]}) as answer:
            assert answer.status == 302
        assert read_event(stream)["me"]["state"] == wanted
        assert time.monotonic() - began < 5


def read_event(stream: HTTPResponse) -> Any:
    """Read until the desk is told of."""
    while line := stream.readline():
        if line == b"event: desk\n":
            return json.loads(stream.readline().removeprefix(b"data: "))
    pytest.fail("the stream ended")


def test_the_doctor_finds_that_signatures_pass(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(front.places.chain))
    patient = Patient(front.server.settings, front.store, in_force(front.server.settings, front.store))
    told = [(one.state, one.what) for check in (address.check, signature.check) for one in check(patient)]
    assert told == [
        ("warning", f"{front.places.voice_url} is this machine alone"),
        ("ok", f"{front.places.voice_url}/health answers"),
        ("ok", "a signed request is taken"),
        ("ok", "a call that the carrier did not sign is refused"),
    ]
