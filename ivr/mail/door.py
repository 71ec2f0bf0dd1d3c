"""How many other mail servers may be connected at once: in all, and from one address. Who comes too many waits outside.

Source: RFC 5321, 3.8 (421: the service is not available, and the connection is closed).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

TOO_MANY = b"421 4.7.0 too many connections, please come again later\r\n"

log = structlog.get_logger()


@dataclass(slots=True)
class Bounds:
    """Who is connected; touched by the listener's own thread alone."""

    most: int
    from_one: int
    _open: Counter[str] = field(default_factory=Counter)

    def enter(self, peer: str) -> bool:
        """Let one more in; False where there are too many."""
        if self._open.total() >= self.most or self._open[peer] >= self.from_one:
            return False
        self._open[peer] += 1
        return True

    def leave(self, peer: str) -> None:
        """Count one out."""
        self._open[peer] -= 1
        self._open += Counter()  # forgets those at 0


def bounded(kind: type[Controller], bounds: Bounds) -> type[Controller]:
    """Make a listener that counts its connections."""

    class Counted(SMTP):
        """One connection; STARTTLS makes it anew, and it is still the same one."""

        inside: str = ""  # the address it was counted under

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            """Count it in, or say that there are too many."""
            peer = str((transport.get_extra_info("peername") or ("",))[0])
            if not self.inside:
                if not bounds.enter(peer):
                    log.warning("too_many_mail_connections")
                    transport.write(TOO_MANY)  # type: ignore[attr-defined]
                    transport.close()
                    return
                self.inside = peer
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            """Count it out."""
            if self.inside:
                bounds.leave(self.inside)
                self.inside = ""
                super().connection_lost(error)

    class Bounded(kind):  # type: ignore[misc, valid-type]
        """The listener."""

        def factory(self) -> Any:
            """Make what speaks with one connection."""
            return Counted(self.handler, **self.SMTP_kwargs)

    return Bounded
