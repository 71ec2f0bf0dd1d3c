"""What gunicorn starts in every worker, after the fork."""

from __future__ import annotations

from ivr.logs import configure_logs
from ivr.metrics.places import count_in
from ivr.settings import read_settings
from ivr.traces import TRACES
from webhooks.app import create_app

configure_logs()
settings = read_settings()
count_in(settings.data, "voice", settings.metrics_port)
TRACES.begin(settings.traces_url, "voice")
app = create_app(settings)
