"""`ivr worker`: the job process."""

from __future__ import annotations

import click

from ivr.logs import configure_logs
from ivr.metrics.places import count_in
from ivr.settings import read_settings
from ivr.traces import TRACES, refuse_without_library
from ivr.worker.process import work


@click.command()
def command() -> None:
    """Fetch recordings, open cases and end calls, until stopped by Ctrl-C or SIGTERM. `ivr serve` runs one by itself.

    Example: DATABASE_URL=postgresql://hotline@db/hotline ivr worker
    """
    settings = read_settings()
    refuse_without_library(settings.traces_url)
    configure_logs()
    count_in(settings.data, "jobs", settings.metrics_port)
    TRACES.begin(settings.traces_url, "jobs")
    work(settings)
