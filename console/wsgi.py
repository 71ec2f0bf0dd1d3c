"""What gunicorn starts for the pages."""

from __future__ import annotations

from console.app import create_app
from ivr.settings import read_settings

app = create_app(read_settings())
