"""What one node runs: voice workers, page workers and the job process, each a group of its own.

Callers and staff never share a worker or a port: a report over a year must not slow a key press.
"""

from __future__ import annotations

import socket
import sys
import time

from ivr.errors import PortTaken
from ivr.processes import Group
from ivr.settings import Settings

LEAVING = 5.0  # seconds in which a server of before that was killed lets go of its ports


def refuse_taken_ports(settings: Settings) -> None:
    """Raise PortTaken where somebody listens already: the groups would die and be started for ever."""
    until = time.monotonic() + LEAVING
    for name, host, port in (
        ("PORT", "0.0.0.0", settings.port),  # noqa: S104 - callers come from anywhere
        ("CONSOLE_PORT", settings.console_host, settings.console_port),
        ("MAIL_PORT", settings.mail_host, settings.mail_port),
    ):
        if port == 0:  # nothing is to listen there
            continue
        while not _free(host, port):
            if time.monotonic() > until:
                hint = f"is the hotline running already? Else choose another: {name}={port + 10000} make run"
                raise PortTaken(f"{name}: another program listens on port {port}", hint=hint)
            time.sleep(0.2)


def _free(host: str, port: int) -> bool:
    """Tell whether we could listen there."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return True
    except OSError:
        return False


def groups(settings: Settings, workers: int) -> list[Group]:
    """Name the three groups and how each is started."""
    host = f"[{settings.console_host}]" if ":" in settings.console_host else settings.console_host
    return [
        Group("voice", _gunicorn("webhooks.gunicorn", f"0.0.0.0:{settings.port}", workers)),
        Group("pages", _gunicorn("console.gunicorn", f"{host}:{settings.console_port}", 1)),
        Group("jobs", [sys.executable, "-m", "ivr", "worker"]),
    ]


def _gunicorn(config: str, bind: str, workers: int) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "-c", f"python:{config}", "--bind", bind, "--workers", str(workers)]
