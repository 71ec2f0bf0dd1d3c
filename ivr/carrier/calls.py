"""The carrier's list of calls."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from ivr.carrier.recordings import CarrierAway
from ivr.settings import Settings

GOING_ON = ("queued", "ringing", "in-progress")


class AtAddress(TwilioHttpClient):  # type: ignore[misc] # the library is not typed
    """The library's client, at the host we were told."""

    def __init__(self, api_url: str) -> None:
        """Talk to `api_url` (scheme and host) in place of the library's own."""
        super().__init__(timeout=10)
        self._scheme, self._host = urlsplit(api_url)[:2]

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Send one request."""
        return super().request(method, urlunsplit((self._scheme, self._host, *urlsplit(url)[2:])), *args, **kwargs)


def calls_going_on(settings: Settings) -> set[str]:
    """Name every call (CallSid) that the carrier holds at this moment; CarrierAway when it does not say."""
    client = Client(settings.account_sid, settings.auth_token, http_client=AtAddress(settings.api_url))
    try:
        return {call.sid for status in GOING_ON for call in client.calls.list(status=status, page_size=1000)}
    except (TwilioException, requests.RequestException) as error:
        raise CarrierAway(f"the carrier does not list its calls: {error}") from error
