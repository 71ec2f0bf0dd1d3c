"""A whole node as operators run it, `ivr serve` with all it starts, and ways to kill it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from ivr.credentials import keep_local
from ivr.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("DATABASE_URL", "PUBLIC_URL", "CONSOLE_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEYS")


@dataclass(slots=True)
class Node:
    """One node with its data folder; `hotline` holds its config.yaml and menus/."""

    data: Path
    hotline: Path
    ports: tuple[int, int]
    database_url: str = ""
    prefix: tuple[str, ...] = ()  # words before the command, such as a tracer's
    environ: dict[str, str] = field(init=False)
    process: subprocess.Popen[bytes] | None = None
    patience: float = 60.0  # seconds that a start may take

    def __post_init__(self) -> None:
        clean = {name: value for name, value in os.environ.items() if name not in NAMES}
        self.environ = clean | {
            "IVR_DATA": str(self.data),
            "IVR_CONFIG": str(self.hotline / "config.yaml"),
            "IVR_MENUS": str(self.hotline / "menus"),
            "IVR_RECORDINGS": str(self.data / "recordings"),
            "PORT": str(self.ports[0]),
            "CONSOLE_PORT": str(self.ports[1]),
            "PYTHONPATH": str(ROOT),
        }
        if self.database_url:
            self.environ["DATABASE_URL"] = self.database_url

    @property
    def settings(self) -> Settings:
        """What the node was told."""
        return read_settings(self.environ)

    def prepare(self) -> None:
        """Keys, tables, and the hotline published."""
        keep_local(self.data, self.environ)
        self.run("prepare")

    def run(self, *words: str) -> str:
        """Run one command of ours."""
        done = subprocess.run(
            [sys.executable, "-m", "ivr", *words],
            env=self.environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Start all of it and wait until the voice port answers."""
        log = (self.data / "serve.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", "ivr", "serve"],
                env=self.environ,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_healthy()

    def wait_until_healthy(self) -> None:
        """Ask /health until it is 200, as long as we are patient."""
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            status = self.health()
            if status == 200:
                return
            time.sleep(0.02)
        raise AssertionError(
            f"not healthy after {self.patience:.0f} s:\n" + (self.data / "serve.log").read_text()[-3000:]
        )

    def health(self) -> int:
        """Status of /health; 0 when nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.ports[0], timeout=2)
        with closing(connection):
            try:
                connection.request("GET", "/health")
                response = connection.getresponse()
                response.read()
            except (OSError, HTTPException):
                return 0
            return response.status

    def well(self) -> bool:
        """Tell whether /health says that the database answers and nothing waits in the spool."""
        with closing(HTTPConnection("127.0.0.1", self.ports[0], timeout=5)) as connection:
            try:
                connection.request("GET", "/health")
                return b'"status": "well"' in connection.getresponse().read()
            except (OSError, HTTPException):
                return False

    def voice_workers(self) -> list[int]:
        """The processes that answer the carrier."""
        masters = [pid for pid in self.tree() if b"webhooks.gunicorn" in command_line(pid)]
        return [child for master in masters for child in children(master) if child in masters]

    def tree(self) -> list[int]:
        """Every process of the node, parents first."""
        assert self.process is not None
        return [self.process.pid, *descendants(self.process.pid)]

    def kill_a_worker(self, chance: random.Random) -> None:
        """`kill -9` of one voice worker; its master starts another."""
        workers = self.voice_workers()
        if workers:
            end(chance.choice(workers))

    def kill_everything(self) -> None:
        """`kill -9` of the whole node, from the top, so that nothing is started again."""
        for pid in self.tree():
            end(pid)
        assert self.process is not None
        self.process.wait(10)

    def stop(self) -> None:
        """Stop it as an operator would."""
        if self.process is not None and self.process.poll() is None:
            tree = self.tree()
            # A tracer passes no signal on: tell the one that it traces, then the tracer, which may follow others too.
            os.kill(tree[1] if self.prefix else tree[0], signal.SIGTERM)
            try:
                if self.prefix:
                    wait_until_gone(tree[1], 30)
                    os.kill(tree[0], signal.SIGTERM)
                self.process.wait(30)
            finally:
                for pid in tree:
                    end(pid)


def wait_until_gone(pid: int, seconds: float) -> None:
    """Wait for the end of a process that is no child of ours."""
    until = time.monotonic() + seconds
    while command_line(pid) and time.monotonic() < until:
        time.sleep(0.05)


def end(pid: int) -> None:
    """`kill -9`; one that is gone is well."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def command_line(pid: int) -> bytes:
    """How a process was started; b"" when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def descendants(pid: int) -> Iterator[int]:
    """All that a process started, and they in turn."""
    for child in children(pid):
        yield child
        yield from descendants(child)
