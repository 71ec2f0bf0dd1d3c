"""The shipped nginx and Caddy, run before a hotline: the shipped files with names, ports and paths replaced."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from rig.ports import free_ports
from rig.server import ROOT

VOICE, PAGES = "localhost", "pages.localhost"
DEPLOY = ROOT / "deploy"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a proxy listens, and what is behind it."""

    folder: Path  # of its own: configuration, certificate, log
    https: int
    http: int
    voice: int = 0
    pages: int = 0

    @property
    def chain(self) -> Path:
        """The certificate, which vouches for itself."""
        return self.folder / "chain.pem"

    @property
    def key(self) -> Path:
        """Its key."""
        return self.folder / "key.pem"

    @property
    def log(self) -> Path:
        """What the proxy said."""
        return self.folder / "proxy.log"

    @property
    def voice_url(self) -> str:
        """The PUBLIC_URL."""
        return f"https://{VOICE}:{self.https}"

    @property
    def pages_url(self) -> str:
        """The CONSOLE_URL."""
        return f"https://{PAGES}:{self.https}"

    def leading_to(self, voice: int, pages: int) -> Places:
        """Say what is behind it, once that is known."""
        return replace(self, voice=voice, pages=pages)

    def trust(self) -> ssl.SSLContext:
        """Give what a client believes who was told of the certificate."""
        return ssl.create_default_context(cafile=str(self.chain))

    def dial(self, name: str = VOICE, seconds: float = 20.0, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """Open a connection to a name, from an address of this machine."""
        plain = socket.create_connection(("127.0.0.1", self.https), seconds, (source, 0))
        try:
            return self.trust().wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise

    def say(self, words: bytes, name: str = VOICE) -> bytes:
        """Send these bytes and read until the proxy hangs up."""
        with self.dial(name) as connection:
            with suppress(OSError):  # it may have heard enough before we are through
                connection.sendall(words)
            return heard(connection)


def heard(connection: socket.socket) -> bytes:
    """Read until the other end hangs up."""
    parts = []
    with suppress(ConnectionError, ssl.SSLError):  # it was cut
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def places_in(folder: Path) -> Places:
    """Choose ports, and make a certificate for both names."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Places(folder, *free_ports())
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, VOICE)])
    now = datetime.now(UTC)
    chain = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(VOICE), x509.DNSName(PAGES)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    made.chain.write_bytes(chain.public_bytes(serialization.Encoding.PEM))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    made.key.write_bytes(key.private_bytes(*pem))
    return made


def replaced(text: str, places: Places) -> str:
    """Put names and ports of this machine in the place of the examples; each of them must stand there."""
    words = {"voice.example.org": VOICE, "pages.example.org": PAGES}
    words |= {"127.0.0.1:8000": f"127.0.0.1:{places.voice}", "127.0.0.1:8001": f"127.0.0.1:{places.pages}"}
    for example, own in words.items():
        assert example in text, example
        text = text.replace(example, own)
    return text


def nginx_files(places: Places) -> list[str]:
    """Write the two files of nginx; gives the command that reads them."""
    site = (DEPLOY / "nginx" / "hotline.conf").read_text()
    site = re.sub(r"/etc/letsencrypt/live/[^;]*fullchain\.pem", str(places.chain), site)
    site = replaced(re.sub(r"/etc/letsencrypt/live/[^;]*privkey\.pem", str(places.key), site), places)
    site = re.sub(r"( *listen \[::\].*\n)", "", site)  # the machine of a test may have no such addresses
    site = site.replace("listen 443", f"listen 127.0.0.1:{places.https}")
    site = site.replace("listen 80", f"listen 127.0.0.1:{places.http}")
    (places.folder / "hotline.conf").write_text(site)
    main = (DEPLOY / "nginx" / "nginx.conf").read_text()
    own = "".join(
        f"    {kind}_temp_path {places.folder};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    for example, here in {
        "user www-data;": f"user {pwd.getpwuid(os.getuid()).pw_name};\ndaemon off;"
        if os.getuid() == 0
        else "daemon off;",
        "worker_processes auto;": "worker_processes 2;",
        "/run/nginx.pid": str(places.folder / "nginx.pid"),
        "/var/log/nginx/access.log": str(places.folder / "access.log"),
        "/var/log/nginx/error.log": str(places.log),
        "/etc/nginx/conf.d/*.conf": str(places.folder / "hotline.conf"),
        "http {\n": f"http {{\n{own}",
    }.items():
        assert example in main, example
        main = main.replace(example, here)
    (places.folder / "nginx.conf").write_text(main)
    return ["nginx", "-e", str(places.log), "-p", str(places.folder), "-c", str(places.folder / "nginx.conf")]


def caddy_files(places: Places) -> list[str]:
    """Write the file of Caddy; gives the command that reads it."""
    text = replaced((DEPLOY / "caddy" / "Caddyfile").read_text(), places)
    ports = f"\thttps_port {places.https}\n\thttp_port {places.http}\n\tdefault_bind 127.0.0.1\n\tskip_install_trust\n"
    for example, here in {
        "admin localhost:2019": "admin off\n" + ports.rstrip(),
        "(certificate) {\n": f"(certificate) {{\n\ttls {places.chain} {places.key}\n",
    }.items():
        assert example in text, example
        text = text.replace(example, here)
    file = places.folder / "Caddyfile"
    file.write_text(text)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)]


FILES = {"nginx": nginx_files, "caddy": caddy_files}
PATIENT = re.compile(r"^(\s*(?:client_header_timeout|client_body_timeout|read_header|read_body)) \d+s", re.MULTILINE)


def hasten(places: Places) -> None:
    """Let what was written wait two seconds for what is slow, so that a test need not wait longer."""
    for file in (places.folder / "nginx.conf", places.folder / "Caddyfile"):
        if file.exists():
            text, count = PATIENT.subn(r"\1 2s", file.read_text())
            assert count == 2, "one time for the headers, one for the body"
            file.write_text(text)


def found(name: str) -> str:
    """Find a proxy on this machine; a machine without one skips, but never in CI."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"there is no {name}, and CI=true requires it", pytrace=False)
        pytest.skip(f"there is no {name} on this machine")
    return path


@contextmanager
def proxying(name: str, places: Places, *, hasty: bool = False) -> Iterator[Places]:
    """Run nginx or Caddy until the block is left."""
    command = [found(name), *FILES[name](places)[1:]]
    if hasty:
        hasten(places)
    environ = os.environ | {"HOME": str(places.folder), "XDG_DATA_HOME": str(places.folder)}
    with places.log.open("ab") as log:
        process = subprocess.Popen(command, env=environ, cwd=places.folder, stdout=log, stderr=log)
    try:
        wait_for(places, process)
        yield places
    finally:
        process.terminate()
        process.wait(20)


def wait_for(places: Places, process: subprocess.Popen[bytes]) -> None:
    """Wait until it takes connections."""
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            places.dial().close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the proxy did not start:\n{places.log.read_text(errors='replace')}")
