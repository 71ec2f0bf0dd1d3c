"""What gunicorn starts in every worker, after the fork."""

from __future__ import annotations

from ivr.logs import configure_logs
from ivr.metrics.places import count_in
from ivr.settings import read_settings
from webhooks.app import create_app

configure_logs()
settings = read_settings()
count_in(settings.data, "voice", settings.metrics_port)
app = create_app(settings)
