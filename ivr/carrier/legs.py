"""Legs that we dial and queues that we tidy, by the carrier's REST side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
import structlog
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from ivr.carrier.calls import UNSURE, AtAddress, never_left
from ivr.carrier.counting import BUSY
from ivr.carrier.recordings import CarrierAway
from ivr.carrier.telling import unreached
from ivr.errors import IvrError
from ivr.settings import Settings

EVENTS = ["initiated", "ringing", "answered", "completed"]
# The account has as many calls at once as it may: https://www.twilio.com/docs/api/errors/10004
FULL = frozenset({10004, 16021})
OVER = 21220  # the carrier's code: this call is not in progress any more

log = structlog.get_logger()


class CannotBeCalled(IvrError):
    """The carrier will not call this number, today or ever."""


class CarrierUnsure(CarrierAway):
    """The carrier may have done what we asked for, or not: nobody has said."""


@dataclass(frozen=True, slots=True)
class Dialling:
    """One call of ours."""

    to: str
    shown: str  # our number, in the caller's place
    url: str  # of the first document
    status_url: str
    seconds: int  # of ringing


@dataclass(frozen=True, slots=True)
class CarrierQueue:
    """One queue at the carrier."""

    sid: str
    name: str
    size: int


class Legs:
    """The account's calls and queues."""

    def __init__(self, settings: Settings) -> None:
        """Ask the carrier of these settings."""
        http = AtAddress(settings.api_url)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=http)

    def dial(self, wanted: Dialling) -> str:
        """Place a call and give its CallSid.

        CannotBeCalled where the carrier refuses the number, CarrierUnsure where it may ring all the same, CarrierAway
        where it does not.
        """
        with told("the carrier places no call"):
            made = self._client.calls.create(
                to=wanted.to,
                from_=wanted.shown,
                url=wanted.url,
                status_callback=wanted.status_url,
                status_callback_event=EVENTS,
                timeout=wanted.seconds,
            )
            return str(made.sid)

    def end(self, leg: str) -> None:
        """End a call, whether it rings or was answered; one that is over already is no fault."""
        with told("the carrier ends no call"):
            try:
                self._client.calls(leg).update(status="completed")
            except TwilioRestException as error:
                if error.code != OVER and error.status != 404:
                    raise

    def queues(self) -> list[CarrierQueue]:
        """List the queues of the account."""
        with told("the carrier does not list its queues"):
            found = self._client.queues.list(page_size=1000)
        return [CarrierQueue(str(one.sid), str(one.friendly_name), int(one.current_size)) for one in found]

    def delete(self, queue: str) -> None:
        """Delete an empty queue; the carrier keeps one in which somebody has come to wait meanwhile."""
        with told("the carrier deletes no queue"):
            try:
                self._client.queues(queue).delete()
            except TwilioRestException as error:
                if error.status not in {400, 404}:
                    raise


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say a failure of the carrier in our words: away for now, perhaps done, or refused for good."""
    try:
        yield
    except TwilioRestException as error:
        raise _kind(error)(f"{what}: {error.code} {error.msg}") from error
    except requests.RequestException as error:
        raise (CarrierAway if never_left(error) else CarrierUnsure)(f"{what}: {unreached(error)}") from error
    except TwilioException as error:
        raise CarrierUnsure(f"{what}: {error}") from error


def _kind(error: TwilioRestException) -> type[IvrError]:
    if error.status in UNSURE:
        return CarrierUnsure
    if error.code in FULL:
        log.error("account_full", code=error.code, why=error.msg)
        return CarrierAway
    return CarrierAway if error.status in BUSY or error.status in {401, 403} else CannotBeCalled
