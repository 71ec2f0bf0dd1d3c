"""A whole hotline for browser tests: voice server, pages, and a Chromium that opens them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socket import socket

import pytest
from playwright.sync_api import Browser, sync_playwright
from rig.server import ROOT, Server

# As root a sandbox cannot be made; the rest keeps the browser from looking for the world outside.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # a microphone for the phone in the browser
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]


def chromium() -> str | None:
    """Find the system's Chromium."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browser() -> Iterator[Browser]:
    """Run a headless browser."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
        yield opened
        opened.close()


# For a module, not for the session: as long as it is open this process has an event loop, and a job process in the
# same tests could not begin.
@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    """Run a Chromium; where none is installed skip, but never in CI."""
    if chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium, and CI=true requires it", pytrace=False)
        pytest.skip("there is no Chromium on this machine")
    with browser() as made:
        yield made


@contextmanager
def pages(server: Server, menus: Path) -> Iterator[str]:
    """Run the page worker beside a voice server on the working copy in `menus`; give its address."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = server.environ | {
        "CONSOLE_PORT": str(port),
        "IVR_CONFIG": str(menus / "config.yaml"),
        "IVR_MENUS": str(menus / "menus"),
        "IVR_RECORDINGS": str(menus / "recordings"),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:console.gunicorn", "--bind", f"127.0.0.1:{port}"]
    with (server.data / "pages.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            _wait(process, port, server.data / "pages.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/login")
            if connection.getresponse().status in {200, 302}:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise RuntimeError(f"the pages did not start:\n{log.read_text(errors='replace')}")
