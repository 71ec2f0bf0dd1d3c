"""The family of our errors; each docstring is what people read when nothing better is known."""

from __future__ import annotations


class IvrError(Exception):
    """Something went wrong."""

    def __init__(self, message: str = "", *, hint: str = "") -> None:
        """Say what happened, and what to do about it."""
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.hint = hint


class SettingError(IvrError):
    """A value in the environment is missing or wrong."""


class TokenRefused(IvrError):
    """This address was not made by us, is not for this call, or has expired."""


class PortTaken(IvrError):
    """Another program listens on a port of ours."""


class UnknownVersion(IvrError):
    """No menu version with this hash is on this node."""


class UnknownCall(IvrError):
    """No call with this id is known."""


class NothingPublished(IvrError):
    """No menu version has been published yet."""


class StoreUnavailable(IvrError):
    """The database did not answer in time; nothing was acknowledged."""


class NothingDurable(StoreUnavailable):
    """Neither the database nor this node's disk takes a record: nothing can be promised."""


class MenuRefused(IvrError):
    """The menu has errors; the published version stays."""


class NotSent(IvrError):
    """A message did not leave; it may be tried again."""


class SendingRefused(IvrError):
    """A message will never be taken, and the reason is said."""

    def __init__(self, message: str, code: str = "") -> None:
        """Keep the code of whoever refused."""
        super().__init__(message)
        self.code = code


class SendingUnsure(IvrError):
    """A message may have left, or not: nobody has said."""
