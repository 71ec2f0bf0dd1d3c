"""Servers under measurement: one gunicorn worker on a core of its own, floor and product with the same settings."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE, CLIENT_CORE = 0, max(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Server:
    """One that answers."""

    port: int
    base: str
    token: str
    account: str
    process: subprocess.Popen[bytes]
    first_answer: float  # seconds from start to the first answer

    def memory(self) -> float:
        """Say how many MB (proportional share) a worker holds: the largest child of the master."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return max(_pss(int(child)) for child in children)


def _pss(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def serving(application: str, environ: Mapping[str, str]) -> Iterator[Server]:
    """Run one worker of an application until the block is left."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    own = {"PUBLIC_URL": base, "PORT": str(port), "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:webhooks.gunicorn",
        "-b",
        f"127.0.0.1:{port}",
        "-w",
        "1",
        "--no-control-socket",
        application,
    ]
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *command],
            env=os.environ | own | environ,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            try:
                wait_for(port, process, begin)
            except (RuntimeError, TimeoutError) as error:
                log.seek(0)
                raise RuntimeError(f"{error}:\n{log.read().decode(errors='replace')}") from error
            first = time.perf_counter() - begin
            yield Server(port, base, environ["TWILIO_AUTH_TOKEN"], environ["TWILIO_ACCOUNT_SID"], process, first)
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes], begin: float) -> None:
    """Ask until something answers, whatever it says."""
    while time.perf_counter() - begin < 20:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            connection.getresponse().read()
            connection.close()
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise TimeoutError("no answer within 20 s")


def identity() -> dict[str, str]:
    """Make an account of a machine's own."""
    return {"TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16), "TWILIO_AUTH_TOKEN": secrets.token_hex(16)}
