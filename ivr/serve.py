"""What one node runs: voice workers, page workers and the job process, each a group of its own.

Callers and staff never share a worker or a port: a report over a year must not slow a key press.
"""

from __future__ import annotations

import sys

from ivr.processes import Group
from ivr.settings import Settings


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
