"""Failures of the carrier's library, said in our words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from urllib3.exceptions import MaxRetryError

from ivr.carrier.counting import BUSY
from ivr.carrier.recordings import CarrierAway
from ivr.errors import IvrError

_NUMBER = re.compile(r"^\[Errno \d+\] ")


class NotAccepted(IvrError):
    """The carrier refuses this, today and tomorrow."""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Raise CarrierAway when the carrier does not answer, NotAccepted when it refuses; `what` begins the sentence."""
    try:
        yield
    except TwilioRestException as error:
        kind = CarrierAway if error.status in BUSY else NotAccepted
        raise kind(f"{what}: {error.code} {error.msg}") from error
    except requests.RequestException as error:
        raise CarrierAway(f"{what}: {unreached(error)}") from error
    except TwilioException as error:
        raise CarrierAway(f"{what}: {error}") from error


def without_address(error: Exception) -> str:
    """Say a failure of the carrier's library without the address that was asked: it may hold a number of a person."""
    return unreached(error) if isinstance(error, requests.RequestException) else str(error)


def unreached(error: requests.RequestException) -> str:
    """Say why there is no answer, without the library's names for it."""
    cause = error.args[0] if error.args else error
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    words = _NUMBER.sub("", str(reason).rpartition(": ")[2])
    return f"it cannot be reached ({words})"
