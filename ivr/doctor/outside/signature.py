"""The carrier's signature, through whatever stands before us: ours is taken, none is refused."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.doctor.finding import Finding, Patient, ok, wrong
from ivr.doctor.outside.asking import ask
from ivr.simulator.signing import signature_headers

# What proxies get wrong most often: signs that are written in several ways.
FORM = {"AccountSid": "", "Body": "a+b c&d=é/%2F", "CallSid": "CA" + "0" * 32}
TAKEN, REFUSED = 204, 403


def check(patient: Patient) -> Iterator[Finding]:
    """Send ourselves a signed request, then a call that nobody signed."""
    settings = patient.settings
    url = f"{settings.public_url}/health"
    form = FORM | {"AccountSid": settings.account_sid}
    signed = ask(url, form, signature_headers(url, tuple(form.items()), settings.auth_token))
    if signed.status == TAKEN:
        yield ok("a signed request is taken")
    else:
        yield wrong(
            f"a signed request is answered {signed.status}",
            "PUBLIC_URL must be the address that is called, letter by letter; the proxy must hand on path, query and "
            "form as they came; and the server must run with the same TWILIO_AUTH_TOKEN",
        )
    bare = ask(f"{settings.public_url}/voice", form)
    if bare.status == REFUSED:
        yield ok("a call that the carrier did not sign is refused")
    else:
        yield wrong(
            f"a call that nobody signed is answered {bare.status}, not 403", "lead PUBLIC_URL to PORT, and nowhere else"
        )
