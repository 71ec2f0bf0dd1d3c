"""What gunicorn starts for the pages."""

from __future__ import annotations

from console.app import create_app
from ivr.logs import configure_logs
from ivr.metrics.places import count_in
from ivr.settings import read_settings

configure_logs()
settings = read_settings()
count_in(settings.data, "pages", settings.metrics_port)
app = create_app(settings)
