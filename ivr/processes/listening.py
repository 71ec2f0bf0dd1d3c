"""A port that outlives the processes which answer on it: who calls between two of them waits, and is not refused."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field

from ivr.errors import PortTaken

BACKLOG = 2048  # connections that wait to be taken


@dataclass(slots=True)
class Listening:
    """One address; `setting` is the name under which an operator chooses its port."""

    setting: str
    host: str
    port: int
    _sock: socket.socket | None = field(default=None, init=False)

    def open(self, seconds: float = 0.0) -> int:
        """Listen, if it does not yet; gives the file number that a process is to inherit.

        `seconds` is how long it tries. Raises PortTaken.
        """
        until = time.monotonic() + seconds
        while self._sock is None:
            try:
                self._sock = socket.create_server((self.host, self.port), family=self._family, backlog=BACKLOG)
            except OSError:
                if time.monotonic() >= until:
                    other = f"{self.setting}={self.port + 10000} make run"
                    hint = f"is the hotline running already? Else choose another: {other}"
                    raise PortTaken(f"{self.setting}: another program listens on port {self.port}", hint=hint) from None
                time.sleep(0.2)
        return self._sock.fileno()

    def close(self) -> None:
        """Let go: who comes now is refused at once, and goes to the fallback or to another node."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    @property
    def _family(self) -> socket.AddressFamily:
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET
