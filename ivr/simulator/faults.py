"""What can go wrong between the carrier and us, with the carrier's error code."""

from __future__ import annotations

from ivr.errors import IvrError


class Fault(IvrError):
    """The carrier gives up on a document."""

    def __init__(self, code: int, why: str) -> None:
        """Keep the carrier's error code beside the reason."""
        super().__init__(f"{code}: {why}")
        self.code = code
        self.why = why


class Refused(Fault):
    """The carrier would not play this document."""


class FetchFailed(Fault):
    """The carrier could not get an answer it can use (11200 and its family)."""
