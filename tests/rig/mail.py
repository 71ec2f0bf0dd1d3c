"""A real mail server that keeps what it takes, and can be as unpleasant as those outside."""

from __future__ import annotations

import asyncio
import email
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from rig.ports import free_ports


@dataclass
class MailServer:
    """Its letters, and its mood."""

    letters: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    port: int = 0
    rcpt: str = ""  # what it says to an address in place of yes
    data: str = ""  # what it says to a letter in place of yes; it is not kept then
    mute: bool = False  # it keeps the letter and hangs up without a word
    slow: float = 0.0  # seconds before it answers a letter, which it has kept already

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the library's names
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - as above
        if self.data:
            return self.data
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        self.to += envelope.rcpt_tos
        await asyncio.sleep(self.slow)
        if self.mute:
            server.transport.close()
        return "250 OK"


@contextmanager
def mail_server(host: str = "127.0.0.1", **options) -> Iterator[MailServer]:
    """Run one on a free port."""
    made = MailServer(port=free_ports()[0])
    controller = Controller(made, hostname=host, port=made.port, **options)
    controller.start()
    try:
        yield made
    finally:
        controller.stop(no_assert=True)
