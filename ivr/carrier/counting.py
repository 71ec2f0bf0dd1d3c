"""What came of requests to the carrier, counted."""

from __future__ import annotations

from ivr.metrics.counted import CARRIER

BUSY = frozenset({429, 500, 502, 503, 504})  # may be asked again
AWAY = 0  # in a status' place: nobody answered


def count(status: int) -> None:
    """Count one request by the status that it was answered with, or AWAY."""
    refused = "busy" if status in BUSY else "refused"
    CARRIER.add("away" if status == AWAY else "answered" if status < 400 else refused)
