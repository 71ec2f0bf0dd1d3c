"""`ivr metrics`: what Prometheus asks for."""

from __future__ import annotations

import signal
import threading

import click

from ivr.errors import SettingError
from ivr.logs import configure_logs
from ivr.settings import read_settings


@click.command()
@click.option("--once", is_flag=True, help="Print them and end.")
def command(once: bool) -> None:
    """Show the metrics of this node at METRICS_HOST:METRICS_PORT, until stopped by Ctrl-C or SIGTERM.

    `ivr serve` runs one by itself where METRICS_PORT is set.

    Example: METRICS_PORT=9108 ivr metrics --once
    """
    from prometheus_client import generate_latest, start_http_server

    from ivr.gauges import Gauges
    from ivr.metrics.page import Counts, registry_of

    settings = read_settings()
    configure_logs()
    if not settings.metrics_port:
        raise SettingError("METRICS_PORT is not set: nothing is counted", hint="set it for `ivr serve` and for this")
    gauges = Gauges(settings)
    registry = registry_of(Counts(settings.data), gauges)
    if once:
        gauges.look()
        click.echo(generate_latest(registry).decode(), nl=False)
        gauges.close()
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    gauges.start()
    server, _ = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    stop.wait()
    server.shutdown()
    server.server_close()
    gauges.close()
