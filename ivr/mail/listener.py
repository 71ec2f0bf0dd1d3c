"""Where e-mail comes in: a small mail server for our own address alone, which takes a letter only once it is kept.

It relays nothing: any other address is refused. A letter that cannot be kept now is asked for again, as mail servers do
for days. Source: RFC 5321 (the answers), RFC 3834 (what machines write is not answered).
"""

from __future__ import annotations

import asyncio
import functools
import re
from typing import Protocol

import structlog

from ivr.certificate import Certificate
from ivr.errors import IvrError, PortTaken
from ivr.keys import Keyring
from ivr.mail.addresses import case_in, is_ours
from ivr.mail.reading import Read, read
from ivr.mail.sending import in_words
from ivr.messages import EMAIL
from ivr.messages.incoming import Incoming, Mailroom
from ivr.metrics.counted import LETTERS
from ivr.settings import Settings

LARGEST = 25 * 1024 * 1024  # bytes of a letter
MOST_RECIPIENTS = 10
MOST_HOPS = 50  # servers that a letter came through: with more it goes round in a circle
PATIENCE = 60.0  # seconds without a word

TAKEN = "250 2.0.0 kept"
NOT_OURS = "550 5.7.1 not an address of ours"
OUR_OWN = "550 5.4.6 this letter comes from our own address"
IN_CIRCLES = "554 5.4.6 too many hops"
LATER = "451 4.3.0 it cannot be kept now, please send it again"
TOO_MANY = "452 4.5.3 too many recipients"

log = structlog.get_logger()


class Letters:
    """What is done with letters."""

    def __init__(self, settings: Settings, keyring: Keyring, mailroom: Mailroom) -> None:
        """Take what goes to MAIL_FROM."""
        self._own = settings.mail_from
        self._keyring = keyring
        self._mailroom = mailroom

    def ours(self, address: str) -> bool:
        """Say whether a letter to this address is taken."""
        return is_ours(self._own, address)

    def take(self, sender: str, to: list[str], content: bytes) -> str:
        """Keep one letter; says what the other server is answered."""
        said = self._take(sender, to, content)
        LETTERS.add("taken" if said == TAKEN else "asked_again" if said == LATER else "refused")
        return said

    def _take(self, sender: str, to: list[str], content: bytes) -> str:
        if is_ours(self._own, sender):
            return OUR_OWN
        if len(re.findall(rb"(?im)^received:", content[:65536])) > MOST_HOPS:
            return IN_CIRCLES
        try:
            letter = read(content, sender)
            if is_ours(self._own, letter.address):
                return OUR_OWN
            self._land(letter, to)
        except IvrError as error:
            log.warning("letter_not_kept", why=str(error))
            return LATER
        return TAKEN

    def _land(self, letter: Read, to: list[str]) -> None:
        code = letter.undelivered
        if code and self._mailroom.bounced(letter.answers, in_words(code), code):
            return
        cases = [case for address in to if (case := case_in(self._keyring, self._own, address))]
        landed = self._mailroom.receive(
            Incoming(
                channel=EMAIL,
                once=letter.once,
                address=letter.address,
                answer_to="" if is_ours(self._own, letter.answer_to) else letter.answer_to,
                ours=to[0],
                body=letter.body,
                subject=letter.subject,
                case=cases[0] if cases else "",
                answers=letter.answers,
                files=() if letter.answering else letter.files,
                automatic=letter.automatic,
                opens=not letter.answering,
            )
        )
        log.info("message_came", channel=EMAIL, case=landed.case, new=landed.new)


class Envelope(Protocol):
    """A letter as the library hands it on."""

    mail_from: str | None
    rcpt_tos: list[str]
    content: bytes | str | None


class Session(Protocol):
    """One connection, as the library knows it."""

    host_name: str | None


class Lock:
    """What STARTTLS is spoken by: the certificate, read again once it was renewed."""

    def __init__(self, certificate: Certificate) -> None:
        """Read it."""
        self._certificate = certificate
        self._read_at = certificate.changed_at()
        self.context = certificate.context()

    def renew(self) -> None:
        """Take a certificate that was written since; where its files do not fit together the one before stays."""
        try:
            changed_at = self._certificate.changed_at()
            if changed_at == self._read_at:
                return
            self._certificate.context()  # both files are there and fit, or nothing is touched
            self.context.load_cert_chain(self._certificate.chain, self._certificate.key)
        except (OSError, ValueError) as error:
            log.warning("certificate_not_renewed", why=str(error))
            return
        self._read_at = changed_at
        log.info("certificate_renewed")


class _Handler:
    """The library's hooks."""

    def __init__(self, letters: Letters, lock: Lock | None) -> None:
        self._letters = letters
        self._lock = lock

    async def handle_EHLO(  # noqa: N802 - the library's names
        self, server: object, session: Session, envelope: object, hostname: str, responses: list[str]
    ) -> list[str]:
        del server, envelope
        session.host_name = hostname
        if self._lock is not None:
            self._lock.renew()
        return responses

    async def handle_RCPT(  # noqa: N802 - the library's names
        self, server: object, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if not self._letters.ours(address):
            return NOT_OURS
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        take = functools.partial(self._letters.take, envelope.mail_from or "", list(envelope.rcpt_tos), content)
        return await asyncio.get_running_loop().run_in_executor(None, take)

    async def handle_exception(self, error: Exception) -> str:
        LETTERS.add("asked_again")
        log.error("letter_broken", kind=type(error).__name__, why=str(error)[:200])
        return LATER


class Listener:
    """Listens in a thread of its own."""

    def __init__(self, settings: Settings, letters: Letters) -> None:
        """Prepare to listen at MAIL_HOST:MAIL_PORT."""
        from ivr.mail.door import Door  # asyncio and all: few hotlines need it

        tls = settings.mail_tls
        lock = Lock(tls) if tls else None
        self._controller = Door(
            _Handler(letters, lock),
            tls_context=lock.context if lock else None,
            require_starttls=tls is not None and tls.required,
            hostname=settings.mail_host,
            port=settings.mail_port,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            server_hostname=settings.mail_from.partition("@")[2],
            ident="hotline",
            timeout=PATIENCE,
        )

    def start(self) -> None:
        """Begin; PortTaken where somebody listens there already."""
        try:
            self._controller.start()
        except OSError as error:
            port = self._controller.port
            raise PortTaken(f"MAIL_PORT: {port} cannot be listened on: {error.strerror}") from error

    def close(self) -> None:
        """End; letters that are being taken are asked for again."""
        self._controller.stop(no_assert=True)
