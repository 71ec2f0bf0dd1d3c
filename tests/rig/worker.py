"""A job process of ours beside a real server, with a carrier whose REST side it asks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rig.server import ROOT, Server, serving

from ivr.content import Content
from ivr.simulator.rest import RestSide


@contextmanager
def working(data: Path, content: Content, side: RestSide, url: str, **told: str) -> Iterator[Server]:
    """Serve one version on a database, and do what its calls want; the job process writes to worker.log.

    `told` is more of the environment.
    """
    places = {"TWILIO_API_URL": side.url, "IVR_RECORDINGS": str(data / "recordings")}
    places |= {"IVR_PRIVATE_NETWORKS": "127.0.0.0/8"}  # systems of the tests' own are told by webhooks
    with serving(data, (content,), database_url=url, environ=places | told) as server, jobs(server):
        yield server


@contextmanager
def jobs(server: Server) -> Iterator[None]:
    """Run a job process beside a server."""
    with (server.data / "worker.log").open("ab") as log:
        words = [sys.executable, "-m", "ivr", "worker"]
        worker = subprocess.Popen(words, env=server.environ, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(20)
