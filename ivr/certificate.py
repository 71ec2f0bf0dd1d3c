"""A certificate of our own with its key: judged when it is read, and read again when somebody has renewed it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """Two files, PEM."""

    chain: Path  # the certificate, and those between it and the root
    key: Path
    required: bool = False  # nothing is taken without it

    def context(self) -> ssl.SSLContext:
        """Make what a server speaks TLS by; OSError or ssl.SSLError where the files are none that fit together."""
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.load_cert_chain(self.chain, self.key, password=_no_password)
        return made

    def changed_at(self) -> float:
        """Say when either of the files was last written, in seconds since the epoch; OSError where one is gone."""
        return max(self.chain.stat().st_mtime, self.key.stat().st_mtime)

    def judged(self) -> Certificate:
        """Give it back; ValueError where no server could use it."""
        try:
            self.context()
        except (OSError, ValueError) as error:  # SSLError is an OSError
            why = getattr(error, "strerror", None) or error
            raise ValueError(f"{self.chain} with the key {self.key} cannot be used: {why}") from None
        return self


def _no_password() -> str:
    raise ValueError("the key has a password; a server starts without anybody who could type it")
