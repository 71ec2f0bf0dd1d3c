"""The carrier's lists of calls and recordings."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from ivr.carrier.counting import AWAY, count
from ivr.carrier.recordings import CarrierAway
from ivr.carrier.telling import without_address
from ivr.settings import Settings

# What a proxy of the carrier's answers when nobody knows what became of the request behind it.
UNSURE = frozenset({408, 502, 504})
GOING_ON = ("queued", "ringing", "in-progress")


class AtAddress(TwilioHttpClient):  # type: ignore[misc] # the library is not typed
    """The library's client, at the host we were told."""

    def __init__(self, api_url: str, *, pooled: bool = True) -> None:
        """Talk to `api_url` (scheme and host) in place of the library's own, over a fresh connection unless pooled."""
        super().__init__(timeout=10, pool_connections=pooled)
        self._scheme, self._host = urlsplit(api_url)[:2]

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Send one request."""
        address = urlunsplit((self._scheme, self._host, *urlsplit(url)[2:]))
        try:
            answer = super().request(method, address, *args, **kwargs)
        except (TwilioException, requests.RequestException):
            count(AWAY)
            raise
        count(answer.status_code)
        return answer


class Lists:
    """What the carrier lists of an account; every method raises CarrierAway when it does not say."""

    def __init__(self, settings: Settings) -> None:
        """Ask with the account's credentials."""
        self._client = Client(settings.account_sid, settings.auth_token, http_client=AtAddress(settings.api_url))

    def going_on(self) -> set[str]:
        """Name every call (CallSid) that the carrier holds at this moment."""
        with _spoken():
            return {call.sid for status in GOING_ON for call in self._client.calls.list(status=status, page_size=1000)}

    def recordings(self, call: str) -> list[dict[str, str]]:
        """List what the carrier has ready of a call, in the words of its own form."""
        with _spoken():
            found = self._client.recordings.list(call_sid=call)
        return [
            {
                "RecordingSid": one.sid,
                "RecordingUrl": one.media_url or "",
                "RecordingStatus": "completed",
                "RecordingDuration": str(one.duration),
                "RecordingSource": str(one.source),
            }
            for one in found
            if one.status == "completed"
        ]


@contextmanager
def _spoken() -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except (TwilioException, requests.RequestException) as error:
        raise CarrierAway(f"the carrier does not list what it has: {without_address(error)}") from error


def reason_of(error: requests.RequestException) -> object:
    """Give what is behind a failure of the library that speaks HTTP; None where it does not say."""
    cause = error.args[0] if error.args else None
    return cause.reason if isinstance(cause, MaxRetryError) else cause


def never_left(error: requests.RequestException) -> bool:
    """Tell a request that never left from one whose answer was not heard."""
    reason = reason_of(error)
    stranger = any(isinstance(each, ssl.SSLCertVerificationError) for each in getattr(reason, "args", ()))
    return stranger or isinstance(reason, NewConnectionError | ConnectTimeoutError)
