"""This machine's clock against another one's: times of calls, opening hours and one-time codes hang on it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from ivr.doctor.finding import Finding, Patient, ok, warning, wrong
from ivr.doctor.outside.asking import ask

NEAR, FAR = 5.0, 30.0  # seconds; the header has whole ones
REMEDY = "let the machine keep its time by NTP (systemd-timesyncd, chrony)"


def check(patient: Patient) -> Iterator[Finding]:
    """Compare with the `Date` of the carrier; without a carrier, of the public address."""
    settings = patient.settings
    url = f"{settings.public_url}/health" if settings.local_account else f"{settings.api_url}/2010-04-01"
    before = time.time()
    said = ask(url).headers.get("Date", "")
    after = time.time()
    try:
        theirs = parsedate_to_datetime(said).timestamp()
    except ValueError:
        yield warning(f"{url} says no time", "compare the clock of this machine by hand")
        return
    yield judged(max(0.0, before - theirs - 1.0, theirs - after), url)


def judged(off: float, url: str) -> Finding:
    """Judge how far the clocks are apart, in seconds."""
    if off > FAR:
        return wrong(f"the clock is {off:.0f} seconds off ({url})", REMEDY)
    if off > NEAR:
        return warning(f"the clock is {off:.0f} seconds off ({url})", REMEDY)
    return ok(f"the clock agrees with {url}")
