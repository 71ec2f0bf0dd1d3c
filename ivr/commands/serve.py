"""`ivr serve`: answer calls."""

from __future__ import annotations

import os

import click

from ivr.logs import configure_logs
from ivr.processes import Groups
from ivr.serve import groups
from ivr.settings import read_settings


@click.command()
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Voice workers; one a core.")
def command(workers: int) -> None:
    """Answer calls: voice workers, the people's pages and the job process, until stopped by Ctrl-C or SIGTERM.

    A group that dies is started again; all of them go when this process does.

    Example: PORT=8000 PUBLIC_URL=https://hotline.example.org ivr serve
    """
    settings = read_settings()
    configure_logs()
    click.echo(f"voice: {settings.public_url}/voice, on port {settings.port}")
    click.echo(f"phone: {settings.console_url}/phone")
    Groups(groups(settings, workers), os.environ).keep()
