"""E-mail: a server that takes ours, where menus or teams need one."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.content import Content
from ivr.doctor.finding import Finding, Patient, ok, warning, wrong
from ivr.errors import NotSent
from ivr.mail.sending import Mailer

PATIENCE = 5.0  # seconds


def check(patient: Patient) -> Iterator[Finding]:
    """Greet the server and sign in; no letter is sent."""
    settings = patient.settings
    if settings.smtp is None:
        names = addressed(patient.content)
        if names:
            yield warning(f"e-mails to {', '.join(names)} wait: no server takes them", "set SMTP_URL and MAIL_FROM")
        else:
            yield ok("no e-mail is sent")
        return
    try:
        Mailer(settings.smtp, PATIENCE).greet()
    except NotSent as error:
        yield wrong(str(error), "look at SMTP_URL: host, port, user and password, and its certificate")
        return
    yield ok(f"{settings.smtp.host} takes our e-mail")


def addressed(content: Content | None) -> list[str]:
    """Name the teams that are written to."""
    return [team.id for team in content.tree.teams.values() if team.email] if content else []
