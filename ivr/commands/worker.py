"""`ivr worker`: the job process."""

from __future__ import annotations

from functools import partial

import click

from ivr.keys import Keyring
from ivr.logs import configure_logs
from ivr.metrics.places import count_in
from ivr.privacy import tombstones
from ivr.settings import Settings, read_settings
from ivr.spool import Spool
from ivr.spool.fold import REFUSED, Fold
from ivr.store import Store
from ivr.traces import TRACES, refuse_without_library
from ivr.worker.process import work


@click.command()
@click.option("--refused", is_flag=True, help="Only try once more what the database refused of the spool; then stop.")
def command(*, refused: bool) -> None:
    """Fetch recordings, open cases and end calls, until stopped by Ctrl-C or SIGTERM. `ivr serve` runs one by itself.

    Example: DATABASE_URL=postgresql://hotline@db/hotline ivr worker
    """
    settings = read_settings()
    refuse_without_library(settings.traces_url)
    configure_logs()
    if refused:
        try_refused(settings)
        return
    count_in(settings.data, "jobs", settings.metrics_port)
    TRACES.begin(settings.traces_url, "jobs")
    work(settings)


def try_refused(settings: Settings) -> None:
    """Bring in what was put aside, once that for which the database refused it is mended."""
    spool = Spool(settings.spool, settings.spool_size)
    store = Store(settings.database_url, settings.data)
    fold = Fold(spool, store, settings.spool, partial(tombstones, Keyring(settings.secret_keys)))
    try:
        done, left = fold.again()
    finally:
        fold.close()
        store.close()
        spool.close()
    click.echo(f"{done} taken in, {left} left in {settings.spool / REFUSED}")
