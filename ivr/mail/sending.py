"""A letter handed to our mail server: step by step, since it matters at which one it breaks off.

Until the line with the dot that ends a letter has been sent, no server may take it for given (RFC 5321, 4.2.5). From
there on, without an answer, nobody knows.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress

from ivr.environment import Smtp
from ivr.errors import NotSent, SendingRefused, SendingUnsure
from ivr.settings import AT_HOME

PATIENCE = 30.0  # seconds without a word
LAST = 10  # so many times longer we wait for the last word, as RFC 5321 (4.5.3.2.6) advises
_ENHANCED = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")
_SOMEBODY = re.compile(r"\S*@\S*")

# Source: RFC 3463, and the list that IANA keeps of it.
REASONS = {
    "1.1": "there is no such mailbox",
    "1.2": "there is no such place to send e-mail to",
    "1.3": "the address is not written rightly",
    "1.10": "the address takes no e-mail",
    "2.1": "the mailbox is closed",
    "2.2": "the mailbox is full",
    "2.3": "the letter is too large for the mailbox",
    "3.4": "the letter is too large",
    "4.1": "the other mail server does not answer",
    "4.4": "there is no way to the other mail server",
    "4.7": "the other mail server did not take it in time",
    "7.1": "the mail server does not accept it from us",
    "7.26": "our address is not set up to send (SPF, DKIM)",
}


def in_words(code: str) -> str:
    """Say what a mail server's code means."""
    return REASONS.get(code.partition(".")[2], f"the mail server refused it with {code}")


class Mailer:
    """Hands letters to one server."""

    def __init__(self, server: Smtp, patience: float = PATIENCE) -> None:
        """Talk to this server; certificates are believed as the system (or SSL_CERT_FILE) says."""
        self._server = server
        self._patience = patience

    def send(self, sender: str, to: str, letter: bytes) -> None:
        """Hand over one letter; NotSent, SendingRefused or SendingUnsure where it did not go well."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"the mail server cannot be reached: {_without_people(error)}") from error
        try:
            self._open(server, sender, to)
            server.send(re.sub(rb"(?m)^\.", b"..", letter))
        except (OSError, smtplib.SMTPException) as error:
            _leave(server)
            raise NotSent(f"the mail server broke off: {_without_people(error)}") from error
        except (NotSent, SendingRefused):
            _leave(server)
            raise
        self._finish(server)

    def greet(self) -> None:
        """Connect and sign in, and send nothing; NotSent where that does not work."""
        try:
            server = self._connect()
            try:
                self._enter(server)
            finally:
                _leave(server)
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"the mail server cannot be used: {_without_people(error)}") from error

    def _connect(self) -> smtplib.SMTP:
        there = (self._server.host, self._server.port)
        if self._server.tls:
            return smtplib.SMTP_SSL(*there, timeout=self._patience, context=ssl.create_default_context())
        server = smtplib.SMTP(*there, timeout=self._patience)
        server.ehlo_or_helo_if_needed()
        if self._server.host not in AT_HOME:
            if not server.has_extn("starttls"):
                _leave(server)
                raise smtplib.SMTPException("it offers no encryption (STARTTLS)")
            server.starttls(context=ssl.create_default_context())
        return server

    def _open(self, server: smtplib.SMTP, sender: str, to: str) -> None:
        """Say from whom it comes and to whom it goes, and that it begins."""
        self._enter(server)
        international = [] if to.isascii() else ["SMTPUTF8"]
        if international and not server.has_extn("smtputf8"):
            raise SendingRefused("the mail server takes no addresses with letters beyond a to z")
        _agreed(server.mail(sender, international), 250)
        _agreed(server.rcpt(to), 250)
        _agreed(server.docmd("DATA"), 354)

    def _enter(self, server: smtplib.SMTP) -> None:
        """Say who we are."""
        server.ehlo_or_helo_if_needed()
        if self._server.user:
            server.login(self._server.user, self._server.password)

    def _finish(self, server: smtplib.SMTP) -> None:
        try:
            if server.sock:
                server.sock.settimeout(self._patience * LAST)
            server.send(b".\r\n")
            answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            server.close()
            said = "the mail server gave no answer: nobody knows whether it took the letter"
            raise SendingUnsure(said) from error
        try:
            _agreed(answer, 250)
        finally:
            _leave(server)


def _agreed(answer: tuple[int, bytes], wanted: int) -> None:
    """Go on where the server agrees; NotSent where it asks us to come again, SendingRefused where it never will."""
    code, text = answer
    if code == wanted or (wanted == 250 and code == 251):
        return
    said = text.decode("utf-8", "replace")
    found = _ENHANCED.search(said)
    name = found[1] if found else str(code)
    reason = in_words(name) if found else _without_people(said)
    if 500 <= code < 600:
        raise SendingRefused(f"{reason} ({code})", name)
    raise NotSent(f"the mail server asks to try again later: {_without_people(said)} ({code})")


def _leave(server: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _without_people(said: object) -> str:
    """Leave addresses out of what a server says: reasons stand where everybody may read them."""
    return _SOMEBODY.sub("…", str(said))[:200]
