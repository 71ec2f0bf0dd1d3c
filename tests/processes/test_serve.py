"""`ivr serve` for real: it answers, comes again, and takes everything along."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from ivr.settings import read_settings
from tests.kernel.hotline import hotline
from tests.rig.server import ACCOUNT, KEYS, TOKEN, publish_all


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def health(port):
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def eventually(look, seconds=20.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.05)
    pytest.fail("it did not happen in time")


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def descendants(pid):
    return [each for child in children(pid) for each in (child, *descendants(child))]


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def node(tmp_path, root):
    port, console = free_port(), free_port()
    environ = {
        "IVR_DATA": str(tmp_path),
        "PORT": str(port),
        "CONSOLE_PORT": str(console),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_SECRET_KEYS": KEYS,
    }
    publish_all(read_settings(environ), [hotline()])
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ivr", "serve", "--workers", "1"],
            cwd=root,
            env=os.environ | environ,
            stdout=log,
            stderr=log,
        )
    yield process, port
    if process.poll() is None:
        process.kill()
    process.wait()


def voice(process):
    """The master of the voice workers."""
    return next(
        pid for pid in children(process.pid) if b"webhooks.gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def test_a_killed_voice_server_comes_again_and_all_stop_together(node):
    process, port = node
    eventually(lambda: health(port) == 200)
    first = voice(process)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: not running(first))
    eventually(lambda: health(port) == 200)
    everybody = descendants(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert not any(running(pid) for pid in everybody)


def test_nothing_is_left_when_the_server_is_killed(node):
    process, port = node
    eventually(lambda: health(port) == 200)
    everybody = descendants(process.pid)
    process.kill()
    eventually(lambda: not any(running(pid) for pid in everybody))
    assert health(port) == 0


@pytest.mark.parametrize("name", ["PORT", "CONSOLE_PORT"])
def test_a_port_that_somebody_has_is_named_and_nothing_is_started(tmp_path, name):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environ = os.environ | {
            "IVR_DATA": str(tmp_path),
            "PORT": str(free_port()),
            "CONSOLE_PORT": str(free_port()),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "IVR_SECRET_KEYS": KEYS,
            name: str(port),
        }
        command = [sys.executable, "-m", "ivr", "serve"]
        ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert f"{name}: another program listens on port {port}" in ended.stderr
    assert f"{name}={port + 10000} make run" in ended.stderr
    assert "started" not in ended.stdout + ended.stderr
