"""The public address: encrypted, and a menu behind it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from ivr.doctor.finding import Finding, Patient, ok, warning, wrong
from ivr.doctor.outside.asking import Unreachable, ask
from ivr.settings import AT_HOME

START = (
    "start `ivr serve`, and look whether name, certificate and proxy lead here; PUBLIC_URL is what the carrier calls"
)


def check(patient: Patient) -> Iterator[Finding]:
    """Ask our own health as the carrier would."""
    url = patient.settings.public_url
    if urlsplit(url).hostname in AT_HOME:
        yield warning(
            f"{url} is this machine alone", "set PUBLIC_URL to the address under which the carrier reaches it"
        )
    elif not url.startswith("https:"):
        yield wrong(f"{url} is not encrypted", "put a proxy that ends TLS in front, and write https:// in PUBLIC_URL")
    pages = patient.settings.console_url
    if pages.startswith("https:") and not patient.settings.console_proxies:
        yield warning(
            f"people come to {pages} by a proxy, and its word on who they are is not believed: all share one limit of "
            "tries to sign in",
            "set CONSOLE_PROXIES to the number of proxies of yours in front of the pages",
        )
    try:
        answered = ask(f"{url}/health")
    except Unreachable as error:
        yield wrong(str(error), START)
        return
    if answered.status == 200:
        yield ok(f"{url}/health answers")
    elif answered.status == 503:
        said = answered.body.decode(errors="replace")[:200]
        yield wrong(f"the server behind {url} is not ready: {said}", "publish a menu, or look at its database")
    else:
        yield wrong(f"{url}/health answers {answered.status}", "lead the whole address to PORT, without redirects")
