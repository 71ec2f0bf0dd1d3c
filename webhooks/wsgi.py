"""What gunicorn starts in every worker, after the fork."""

from __future__ import annotations

from ivr.logs import configure_logs
from ivr.settings import read_settings
from webhooks.app import create_app

configure_logs()
app = create_app(read_settings())
