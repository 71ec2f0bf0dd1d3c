"""Failures of the carrier's library, said in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from ivr.carrier.counting import BUSY
from ivr.carrier.recordings import CarrierAway
from ivr.errors import IvrError


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
    except (TwilioException, requests.RequestException) as error:
        raise CarrierAway(f"{what}: {error}") from error
