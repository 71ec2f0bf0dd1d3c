"""The carrier's copies of what we have erased: its calls, recordings, written words and messages, deleted one by one.

Source: https://www.twilio.com/docs/usage/api, the vendor's specification: DELETE of Calls/{Sid}, Recordings/{Sid},
Transcriptions/{Sid} and Messages/{Sid} answers 204. What is gone already (404) is well. Of a deleted recording the
carrier keeps what describes it, without the sound, for 40 days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from ivr.carrier.calls import AtAddress
from ivr.carrier.recordings import CarrierAway
from ivr.carrier.telling import without_address
from ivr.settings import CARRIER, Settings

GONE = 404


class Copies:
    """What the account holds of others."""

    def __init__(self, settings: Settings) -> None:
        """Ask with the account's credentials."""
        self._client = Client(settings.account_sid, settings.auth_token, http_client=AtAddress(settings.api_url))
        self.nobody = settings.local_account and settings.api_url == CARRIER  # no carrier stands behind the account

    def delete(self, kind: str, sid: str) -> int:
        """Delete a call, a recording or a message with all that hangs on it; says how many things were deleted.

        CarrierAway with the reason where that is not possible now.
        """
        if self.nobody:
            return 0
        ways: dict[str, Callable[[str], Iterator[Any]]] = {
            "call": self._of_call,
            "recording": self._of_recording,
            "message": self._of_message,
        }
        try:
            return sum(_deleted(one) for one in ways[kind](sid))
        except (TwilioException, requests.RequestException) as error:
            raise CarrierAway(f"the carrier does not delete {kind} {sid}: {without_address(error)}") from error

    def _of_call(self, sid: str) -> Iterator[Any]:
        """Give what a leg has, the legs that it dialled with theirs, then the leg."""
        for recording in self._client.recordings.list(call_sid=sid):
            yield from self._of_recording(recording.sid)
        for leg in self._client.calls.list(parent_call_sid=sid):
            yield from self._of_call(leg.sid)
        yield self._client.calls(sid)

    def _of_recording(self, sid: str) -> Iterator[Any]:
        """Give what was written down of a recording, then the recording."""
        try:
            yield from self._client.recordings(sid).transcriptions.list()
        except TwilioRestException as error:
            if error.status != GONE:
                raise
        yield self._client.recordings(sid)

    def _of_message(self, sid: str) -> Iterator[Any]:
        """Give a message: its pictures and sounds go with it."""
        yield self._client.messages(sid)


def _deleted(one: Any) -> bool:
    """Delete one thing; False where it was gone already."""
    try:
        return bool(one.delete())
    except TwilioRestException as error:
        if error.status != GONE:
            raise
        return False
