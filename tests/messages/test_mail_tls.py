"""E-mail that comes in by STARTTLS: with a real certificate, a real server and a client that checks."""

from __future__ import annotations

import datetime as dt
import os
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from rig.ports import free_ports
from test_incoming import OWN, cases, letter, node

from ivr.certificate import Certificate
from ivr.errors import SettingError
from ivr.keys import Keyring
from ivr.mail.listener import Letters, Listener
from ivr.node import Node
from ivr.settings import Settings, read_settings
from ivr.store import Store

__all__ = ["node"]


def written(folder: Path, name: str = "one") -> tuple[Path, Path]:
    """Make a certificate of localhost and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(key.private_bytes(*plain))
    return folder / f"{name}.pem", folder / f"{name}.key"


@contextmanager
def listening(settings: Settings, keyring: Keyring, node: Node, tls: Certificate) -> Iterator[int]:
    there = replace(settings, mail_from=OWN, mail_host="localhost", mail_port=free_ports()[0], mail_tls=tls)
    listener = Listener(there, Letters(there, keyring, node.mailroom))
    listener.start()
    yield there.mail_port
    listener.close()


@pytest.mark.parametrize("required", [True, False])
def test_a_letter_comes_by_starttls_and_in_the_clear_where_that_is_not_forbidden(
    settings: Settings, keyring: Keyring, node: Node, store: Store, tmp_path: Path, required: bool
) -> None:
    chain, key = written(tmp_path)
    with listening(settings, keyring, node, Certificate(chain, key, required)) as port:
        with smtplib.SMTP("localhost", port, timeout=20) as connection:
            if required:
                with pytest.raises(smtplib.SMTPSenderRefused, match="STARTTLS"):
                    connection.send_message(letter())
            else:
                connection.send_message(letter())
        assert len(cases(store)) == (0 if required else 1)
        with smtplib.SMTP("localhost", port, timeout=20) as connection:
            connection.starttls(context=ssl.create_default_context(cafile=str(chain)))
            connection.send_message(letter("Encrypted", Message_ID="<2@theirs.example>"))
        assert len(cases(store)) == (1 if required else 2)


def test_words_in_the_clear_behind_starttls_are_never_taken_for_encrypted_ones(
    settings: Settings, keyring: Keyring, node: Node, tmp_path: Path
) -> None:
    chain, key = written(tmp_path)
    context = ssl.create_default_context(cafile=str(chain))
    with (
        listening(settings, keyring, node, Certificate(chain, key, required=True)) as port,
        socket.create_connection(("localhost", port), timeout=20) as plain,
    ):
        plain.recv(1000)
        plain.sendall(b"EHLO x\r\n")
        plain.recv(1000)
        plain.sendall(b"STARTTLS\r\nMAIL FROM:<a@theirs.example>\r\n")
        plain.recv(1000)
        try:
            with context.wrap_socket(plain, server_hostname="localhost") as secret:
                secret.sendall(b"EHLO x\r\nRCPT TO:<help@ours.example>\r\n")
                said = b""
                while b"\n503 " not in said and (part := secret.recv(1000)):
                    said += part
        except (ssl.SSLError, ConnectionError):
            return  # or the server has not gone on with a connection that somebody may have tampered with
        assert b"\n503 Error: need MAIL command" in said


def test_a_renewed_certificate_is_taken_without_a_restart_and_half_a_one_is_not(
    settings: Settings, keyring: Keyring, node: Node, tmp_path: Path
) -> None:
    chain, key = written(tmp_path)
    first = chain.read_bytes()
    with listening(settings, keyring, node, Certificate(chain, key)) as port:

        def shown() -> bytes:
            context = ssl.create_default_context(cadata=None)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with smtplib.SMTP("localhost", port, timeout=20) as connection:
                connection.starttls(context=context)
                assert isinstance(connection.sock, ssl.SSLSocket)
                found = connection.sock.getpeercert(binary_form=True)
            return ssl.DER_cert_to_PEM_cert(found or b"").encode()

        assert shown() == first
        other, its_key = written(tmp_path, "two")
        other.replace(chain)
        os.utime(chain, (1e9, 2e9))
        assert shown() == first, "the key is still that of the other one"
        its_key.replace(key)
        assert shown() == chain.read_bytes() != first


def test_files_that_no_server_could_use_are_named(settings: Settings, tmp_path: Path) -> None:
    chain, key = written(tmp_path)
    _, other = written(tmp_path, "two")
    environ = dict(os.environ) | {
        "IVR_DATA": str(settings.data),
        "TWILIO_ACCOUNT_SID": settings.account_sid,
        "TWILIO_AUTH_TOKEN": settings.auth_token,
        "IVR_SECRET_KEYS": "k1:" + "a" * 43 + "=",
        "MAIL_FROM": OWN,
    }
    wrong = [
        ({"MAIL_TLS_CERT": str(chain)}, "MAIL_TLS_KEY belong together"),
        ({"MAIL_TLS_REQUIRED": "yes"}, "MAIL_TLS_KEY belong together"),
        ({"MAIL_TLS_CERT": str(chain), "MAIL_TLS_KEY": str(other)}, "cannot be used: .*MISMATCH"),
        ({"MAIL_TLS_CERT": str(chain), "MAIL_TLS_KEY": str(tmp_path / "none")}, "No such file"),
    ]
    for given, words in wrong:
        with pytest.raises(SettingError, match=words):
            read_settings(environ | given)
    both = {"MAIL_TLS_CERT": str(chain), "MAIL_TLS_KEY": str(key), "MAIL_TLS_REQUIRED": "yes"}
    assert read_settings(environ | both).mail_tls == Certificate(chain, key, required=True)
