"""How many other mail servers may be connected at once: in all, and from one address. Who comes too many waits outside.

Source: RFC 5321, 3.8 (421: the service is not available, and the connection is closed).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

MOST, FROM_ONE = 16, 4  # connections: each may hold a whole letter in memory
TOO_MANY = b"421 4.7.0 too many connections, please come again later\r\n"

log = structlog.get_logger()


class Door(Controller):
    """A listener that counts who is connected, in its own thread alone."""

    def __init__(self, handler: object, **words: Any) -> None:
        """Listen as the library does."""
        self.inside: Counter[str] = Counter()  # address -> its connections
        super().__init__(handler, **words)

    def factory(self) -> SMTP:
        """Make what speaks with one connection."""
        return Counted(self.inside, self.handler, **self.SMTP_kwargs)


class Counted(SMTP):
    """One connection; STARTTLS begins it anew, and it is still the same one."""

    def __init__(self, inside: Counter[str], handler: object, **words: Any) -> None:
        """Count among those inside."""
        self._inside = inside
        self._peer = ""  # the address it was counted under; "": it is not inside
        super().__init__(handler, **words)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it in, or say that there are too many."""
        if not self._peer:
            peer = str(transport.get_extra_info("peername")[0])
            if self._inside.total() >= MOST or self._inside[peer] >= FROM_ONE:
                log.warning("too_many_mail_connections")
                transport.write(TOO_MANY)  # type: ignore[attr-defined]
                transport.close()
                return
            self._peer = peer
            self._inside[peer] += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Count it out."""
        if self._peer:
            self._inside[self._peer] -= 1
            if not self._inside[self._peer]:
                del self._inside[self._peer]
            self._peer = ""
            super().connection_lost(error)
