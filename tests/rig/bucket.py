"""A real server that speaks S3, in a process of its own, with one bucket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec

import pytest
from rig.ports import free_ports

from ivr.depot.bucket import Bucket
from tests.conftest import REQUIRED

NAME, PREFIX = "recordings", "hotline"
START = 90.0  # seconds; it is a large library, and a machine may be busy


@dataclass(slots=True)
class BucketServer:
    """The server; `stop` forgets all that it holds."""

    port: int = field(default_factory=lambda: free_ports()[0])
    process: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        """What the hotline is told: where the bucket is, and how it is let in."""
        return {
            "RECORDINGS_URL": f"s3://{NAME}/{PREFIX}",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests-secret",
        }

    @property
    def depot(self) -> Bucket:
        """The bucket as the product opens it, from this process's environment."""
        return Bucket(NAME, PREFIX)

    def start(self) -> None:
        """Start it and make the bucket."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + START
        while True:
            try:
                made = urllib.request.Request(f"http://127.0.0.1:{self.port}/{NAME}", method="PUT")
                urllib.request.urlopen(made, timeout=5).close()
            except OSError:
                assert time.monotonic() < until, "the S3 server does not answer"
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Let it answer nothing, and forget nothing, until the block is left."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[BucketServer]:
    """The server of this test process."""
    if not all(find_spec(name) for name in ("moto", "obstore")):
        assert not REQUIRED, "CI=true requires moto and obstore"
        pytest.skip("moto or obstore is not installed")
    server = BucketServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def bucket(bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A bucket that holds nothing, named by the environment."""
    for name, value in bucket_server.environ.items():
        monkeypatch.setenv(name, value)
    depot = bucket_server.depot
    assert list(depot.list("inbox")) == []  # opened here: a test may name another address later
    yield depot
    depot.remove(["inbox", "messages", "exports"])
