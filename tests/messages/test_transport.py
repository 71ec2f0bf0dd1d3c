"""The ways out themselves: encryption, refusals that pass, and requests as the carrier describes them."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from rig.mail import mail_server

from ivr.carrier.recordings import CarrierAway
from ivr.carrier.texts import Texts
from ivr.environment import Smtp
from ivr.errors import NotSent, SendingUnsure
from ivr.mail.sending import Mailer
from ivr.settings import Settings
from tests.messages.test_conversation import OURS, THEIRS

OWN = "hotline@ours.example"


def test_a_server_beyond_this_machine_must_offer_encryption() -> None:
    with mail_server("127.0.0.2") as server, pytest.raises(NotSent, match="STARTTLS"):
        Mailer(Smtp("127.0.0.2", server.port, False)).send(OWN, "ann@theirs.example", b"x\r\n")


def test_a_server_that_is_not_there_is_tried_again(carrier: tuple, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent, match="cannot be reached"):
        Mailer(Smtp("127.0.0.1", port, False)).send(OWN, "ann@theirs.example", b"x\r\n")
    with pytest.raises(NotSent, match="cannot be reached"):
        Texts(replace(settings, api_url=f"http://127.0.0.1:{port}")).send(THEIRS, OURS, "x", "/sms/status/1")


@contextmanager
def carrier_that_says(*answers: str) -> Iterator[tuple[str, list[str]]]:
    """Answer one request after the other with these status lines; gives our address, and what was asked."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as front:

        def answer() -> None:
            for status in answers:
                connection, _address = front.accept()
                with connection:
                    text = connection.recv(65536).decode()
                    while "Content-Length: " in text and not text.partition("\r\n\r\n")[2]:
                        text += connection.recv(65536).decode()
                    heard.append(text)
                    head = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    connection.sendall(head.encode())

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{front.getsockname()[1]}", heard
        thread.join(5)


def test_a_proxy_that_gives_up_leaves_nobody_to_know_and_a_carrier_that_is_busy_is_asked_again(
    settings: Settings,
) -> None:
    expected = {"504 Gateway Timeout": SendingUnsure, "502 Bad Gateway": SendingUnsure, "429 Slower": NotSent}
    with carrier_that_says(*expected) as (url, _heard):
        for kind in expected.values():
            with pytest.raises(kind):
                Texts(replace(settings, api_url=url)).send(THEIRS, OURS, "Hello", "/sms/status/1")


@pytest.mark.shared
def test_what_we_ask_of_the_carrier_is_what_it_describes(settings: Settings, shared: Path) -> None:
    described = json.loads((shared / "openapi/twilio_api_v2010.json").read_text())
    there = described["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]
    form = there["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"]
    query = {each["name"] for each in there["get"]["parameters"]}
    with carrier_that_says("500 No", "500 No") as (url, heard):
        texts = Texts(replace(settings, api_url=url))
        with pytest.raises(NotSent):
            texts.send(THEIRS, OURS, "Hello", "/sms/status/1")
        with pytest.raises(CarrierAway):
            texts.since(1e9)
    sent = parse_qs(heard[0].partition("\r\n\r\n")[2])
    assert set(sent) == {"To", "From", "Body", "StatusCallback"} <= set(form)
    asked = parse_qs(urlsplit(heard[1].split()[1]).query)
    assert set(asked) == {"DateSent>", "PageSize"} <= query


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.2 with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.2"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "mail.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


@pytest.mark.parametrize("at_once", [True, False], ids=["smtps", "starttls"])
def test_a_letter_leaves_encrypted_and_signed_in_to_a_server_whose_certificate_is_good(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    signed_in = []

    def judge(server, session, envelope, mechanism, data):
        signed_in.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss")

    more = {"ssl_context": context} if at_once else {"tls_context": context, "require_starttls": True}
    with mail_server("127.0.0.2", authenticator=judge, auth_require_tls=not at_once, **more) as server:
        there = Smtp("127.0.0.2", server.port, at_once, "us", "p@ss")
        with pytest.raises(NotSent, match="certificate"):
            Mailer(there).send(OWN, "ann@theirs.example", b"x\r\n")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        Mailer(there).send(OWN, "ann@theirs.example", b"Subject: x\r\n\r\nx\r\n")
        with pytest.raises(NotSent):
            Mailer(replace(there, password="wrong")).send(OWN, "ann@theirs.example", b"x\r\n")
    assert len(server.letters) == 1
    assert (b"us", b"p@ss") in signed_in
