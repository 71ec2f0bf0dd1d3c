"""A system is asked by https: only one whose certificate this machine trusts, for the very name that was asked."""

import datetime as dt
import ssl
import threading
import time
from http.server import ThreadingHTTPServer
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from inquiries.neighbour import Handler, Neighbour

from ivr.inquiries import exchange
from ivr.inquiries.addresses import NotAsked
from ivr.inquiries.exchange import Request

INSIDE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def certificate(folder, name):
    """A certificate that its own key has signed, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.2"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*plain) + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def serve(tmp_path):
    running = []

    def start(name):
        path = certificate(tmp_path, name)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.neighbour = Neighbour(port=server.server_port, answer={"name": "Ann"})
        server.neighbour.open.set()
        server.handle_error = lambda *_: None  # whoever does not trust us hangs up
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        running.append((server, thread))
        return server.neighbour, path

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


def trust(monkeypatch, path):
    context = ssl.create_default_context(cafile=path)
    monkeypatch.setattr(exchange, "_trust", lambda: context)


def ask(neighbour, host="localhost"):
    return exchange.exchange(Request("GET", host, neighbour.port, secure=True, path="/"), 3.0, INSIDE)


def test_a_system_whose_certificate_is_trusted_is_asked(serve, monkeypatch):
    neighbour, path = serve("localhost")
    trust(monkeypatch, path)
    assert ask(neighbour).body == b'{"name": "Ann"}'


def test_a_system_whose_certificate_nobody_vouches_for_is_not_asked(serve):
    neighbour, _ = serve("localhost")
    with pytest.raises(NotAsked, match="certificate"):
        ask(neighbour)
    assert neighbour.asked == []


def test_a_certificate_for_another_name_is_no_certificate(serve, monkeypatch):
    neighbour, path = serve("crm.example.org")
    trust(monkeypatch, path)
    with pytest.raises(NotAsked, match="certificate"):
        ask(neighbour)
    assert neighbour.asked == []


def test_a_system_that_does_not_speak_tls_costs_no_more_than_the_time_there_is(neighbour):
    began = time.monotonic()
    with pytest.raises(NotAsked):
        ask(neighbour)
    assert time.monotonic() - began < 15
