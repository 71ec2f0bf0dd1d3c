"""Times as the pages write them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask

from ivr.archive.times import show_span


def clock(at: float, zone: str) -> str:
    """Write a time in a line's zone."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%d %b %Y, %H:%M:%S")


def shortly(at: float, zone: str) -> str:
    """Write a time in a zone to the minute, the year left out."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%d %b %H:%M")


def install(app: Flask) -> None:
    """Give them to the templates."""
    app.add_template_filter(clock)
    app.add_template_filter(shortly)
    app.add_template_filter(show_span, "span")
