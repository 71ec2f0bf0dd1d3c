"""What stands between us, the proxy and the carrier: each check seen right and wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rig.ports import free_ports

from ivr.carrier.numbers import Numbers
from ivr.connecting.numbers import addresses, lead_numbers
from ivr.doctor.outside import account, address, clock, fallback, numbers, signature
from ivr.doctor.outside.asking import Unreachable
from tests.doctor.conftest import Ward


@contextmanager
def answering(status: int = 200, body: bytes = b"", headers: dict[str, str] | None = None) -> Iterator[str]:
    """Serve one answer to everybody, as a proxy that leads elsewhere does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response_only(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 -- the library's names

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_address_is_encrypted_and_a_menu_is_behind_it(ward: Ward) -> None:
    url = ward.server.url
    assert ward.found(address.check) == [
        ("warning", f"{url} is this machine alone"),
        ("ok", f"{url}/health answers"),
    ]
    plain, away = ward.found(address.check, public_url=f"http://127.1.1.1:{free_ports()[0]}")
    assert plain[0] == away[0] == "wrong"
    assert ("is not encrypted" in plain[1], "does not answer" in away[1]) == (True, True)
    pages = ward.found(address.check, console_url="https://desk.example.org")[1]
    assert pages[0] == "warning"
    assert "all share one limit of tries to sign in" in pages[1]
    assert len(ward.found(address.check, console_url="https://desk.example.org", console_proxies=1)) == 2
    with answering(503, b'{"menu": "no"}') as other:
        assert ward.found(address.check, public_url=other)[1][1].endswith('is not ready: {"menu": "no"}')
    with answering(301, headers={"Location": f"{url}/health"}) as other:
        assert ward.found(address.check, public_url=other)[1] == ("wrong", f"{other}/health answers 301")


def test_a_signature_passes_the_proxy_and_none_is_refused(ward: Ward) -> None:
    assert ward.found(signature.check) == [
        ("ok", "a signed request is taken"),
        ("ok", "a call that the carrier did not sign is refused"),
    ]
    told = ward.found(signature.check, auth_token="another0another0")
    assert told[0] == ("wrong", "a signed request is answered 403")
    by_another_name = ward.server.url.replace("127.0.0.1", "localhost")  # the server was told of the other
    assert ward.found(signature.check, public_url=by_another_name)[0][0] == "wrong"
    with answering(200) as other:
        assert ward.found(signature.check, public_url=other)[1] == (
            "wrong",
            "a call that nobody signed is answered 200, not 403",
        )


def test_the_clock_agrees_with_the_carriers(ward: Ward) -> None:
    api = ward.server.settings.api_url
    assert ward.found(clock.check) == [("ok", f"the clock agrees with {api}/2010-04-01")]
    for off, state in ((-12, "warning"), (12, "warning"), (120, "wrong")):
        said = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + off))
        with answering(headers={"Date": said}) as other:
            assert [one[0] for one in ward.found(clock.check, api_url=other)] == [state]
    with answering() as other:
        assert ward.found(clock.check, api_url=other) == [("warning", f"{other}/2010-04-01 says no time")]
    with pytest.raises(Unreachable):
        ward.found(clock.check, api_url=f"http://127.0.0.1:{free_ports()[0]}")


def test_the_account_is_there_active_and_paid_for(ward: Ward) -> None:
    ledger = ward.carrier.ledger
    assert ward.found(account.check) == [("ok", "the account is active")]
    ledger.paid = "Trial"
    assert ward.found(account.check)[0][0] == "warning"
    ledger.standing = "suspended"
    assert ward.found(account.check) == [("wrong", "the account is suspended")]
    ledger.standing, ledger.paid = "active", "Full"
    assert ward.found(account.check, local_account=True)[0][0] == "wrong"


def test_the_numbers_lead_here(ward: Ward) -> None:
    patient = ward.patient()
    assert patient.content
    told = ward.found(numbers.check)
    assert told[0][0] == "wrong"
    assert told[0][1].startswith("+18005550100 is told something else: voice_url,")
    carrier = Numbers(patient.settings)
    lead_numbers(carrier, patient.content.tree, addresses(patient.settings), apply=True)
    assert ward.found(numbers.check) == [("ok", "+18005550100 leads here")]
    (entry,) = ward.carrier.ledger.numbers.values()
    entry["voice_application_sid"] = "AP" + "0" * 32
    assert ward.found(numbers.check) == [("wrong", "+18005550100 is led elsewhere: voice_application_sid")]
    entry["phone_number"] = "+18005550199"
    assert ward.found(numbers.check) == [("wrong", "+18005550100 is no number of the account")]
    entry.update(voice_application_sid=None, phone_number="+18005550100")


def test_the_fallback_is_written_and_lies_elsewhere_too(ward: Ward) -> None:
    here = ward.server.data / "fallback" / "fallback.xml"
    written = here.read_bytes()
    assert [state for state, _ in ward.found(fallback.check)] == ["ok", "warning"]
    xml = {"Content-Type": "text/xml; charset=utf-8"}
    for status, body, headers, state in (
        (200, written, xml, "ok"),
        (200, b"<Response/>", xml, "warning"),
        (200, written, {"Content-Type": "text/plain"}, "wrong"),
        (404, b"", xml, "wrong"),
    ):
        with answering(status, body, headers) as other:
            assert ward.found(fallback.check, fallback_url=f"{other}/fallback.xml")[1][0] == state
    here.write_bytes(b"<Response/>")
    stale = ward.found(fallback.check)[0]
    here.write_bytes(written)
    assert stale == ("wrong", f"fallback.xml in {here.parent}: not as the version in force says")
    assert Path(here).read_bytes() == written
