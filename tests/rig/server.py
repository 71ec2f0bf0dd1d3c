"""A real gunicorn of the voice port, on a free port, with a data folder of its own and menus that are published.

    @pytest.fixture
    def server(tmp_path, content):
        with serving(tmp_path, contents=(content,)) as server:
            yield server

`stop`, `kill` and `start` may be called at any time; the port and the data stay.
"""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from rig.tables import migrated

from ivr.codec import dumps
from ivr.content import Content
from ivr.publishing.library import Library
from ivr.settings import Settings, read_settings
from ivr.store import Store
from ivr.store.versions import Switch

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "0123456789abcdef0123456789abcdef"
KEYS = "k1:" + base64.b64encode(bytes(range(32))).decode()
START = 60.0  # seconds a loaded machine may take to answer first


@dataclass(slots=True)
class Server:
    """One voice server; its log stands in `data/server.log`."""

    data: Path
    port: int
    workers: int
    environ: dict[str, str]
    _listener: socket.socket | None
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        """Its address, the PUBLIC_URL too."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        """What the server was told."""
        return read_settings(self.environ)

    @property
    def pid(self) -> int:
        """The master's process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def worker_pids(self) -> list[int]:
        """The workers' process ids."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def log(self) -> str:
        """Everything it has said."""
        return (self.data / "server.log").read_text(errors="replace")

    def start(self) -> None:
        """Start it; return when it has answered once."""
        listener = self._listener or _listen(self.port)
        command = [sys.executable, "-m", "gunicorn", "-c", "python:webhooks.gunicorn"]
        with (self.data / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--bind", f"fd://{listener.fileno()}", "--workers", str(self.workers)],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        listener.close()  # the server's alone now: when it is gone, nobody listens
        self._listener = None
        self._wait()

    def stop(self) -> None:
        """Stop it in order."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)
            self._process = None

    def kill(self) -> None:
        """Kill the master and all its workers at once."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)
        self._process = None

    def get(self, path: str) -> tuple[int, bytes]:
        """Ask for a page: status and body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _wait(self) -> None:
        until = time.monotonic() + START
        while time.monotonic() < until:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                self.get("/health")
            except OSError:
                time.sleep(0.01)
            else:
                return
        raise RuntimeError(f"the server did not start:\n{self.log()}")


@contextmanager
def serving(
    data: Path,
    contents: Sequence[Content] = (),
    *,
    database_url: str = "",
    workers: int = 1,
    environ: dict[str, str] | None = None,
) -> Iterator[Server]:
    """Run a server until the block is left; the last of `contents` is in force.

    `data` is a folder of the test's own; `database_url` "" is SQLite in it, else the address of a migrated database.
    """
    listener = _listen(0)
    port = listener.getsockname()[1]
    own = {
        "IVR_DATA": str(data),
        "DATABASE_URL": database_url or f"sqlite:///{data / 'ivr.db'}",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_SECRET_KEYS": KEYS,
    }
    server = Server(data, port, workers, os.environ | own | (environ or {}), listener)
    publish_all(server.settings, contents)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def publish_all(settings: Settings, contents: Sequence[Content]) -> None:
    """Make the tables and publish, as `ivr prepare` and `ivr publish` do with files."""
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    if settings.database_url.startswith("sqlite:///") and not file.exists():
        file.write_bytes(migrated())
    store = Store(settings.database_url, settings.data)
    library = Library(settings.data, store.versions)
    try:
        store.upgrade()
        for content in contents:
            library.keep(content)
            at = time.time()
            text = dumps(Content, content).encode()
            store.versions.put(text, Switch(0, content.hash, "tests", "", at))
            store.versions.switch(content.hash, "tests", "", at)
    finally:
        store.close()


def _listen(port: int) -> socket.socket:
    """Listen; what a killed server held comes free in a moment."""
    until = time.monotonic() + START
    while True:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            listener.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
            continue
        listener.listen(2048)
        return listener
