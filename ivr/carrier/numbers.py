"""The account and its phone numbers, by the carrier's REST side: how calls and messages to them are led."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twilio.rest import Client

from ivr.carrier.calls import AtAddress
from ivr.carrier.telling import told
from ivr.settings import Settings

PAGE = 1000


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A number of the account."""

    sid: str
    number: str  # +E.164
    fields: Mapping[str, Any]  # in the words of the carrier's library

    @property
    def takes_texts(self) -> bool:
        """Tell whether it can be written to."""
        return bool((self.fields.get("capabilities") or {}).get("sms"))


@dataclass(frozen=True, slots=True)
class Account:
    """How the account stands."""

    status: str  # active | suspended | closed
    trial: bool  # not paid for yet


class Numbers:
    """Every method raises CarrierAway when the carrier does not answer, NotAccepted when it refuses."""

    def __init__(self, settings: Settings) -> None:
        """Ask the carrier of these settings."""
        self._client = Client(settings.account_sid, settings.auth_token, http_client=AtAddress(settings.api_url))
        self._sid = settings.account_sid

    def account(self) -> Account:
        """Say how the account stands."""
        with told("the carrier does not show the account"):
            found = self._client.api.v2010.accounts(self._sid).fetch()
        return Account(str(found.status), str(found.type) == "Trial")

    def all(self) -> list[OwnNumber]:
        """List the account's numbers."""
        with told("the carrier does not list the account's numbers"):
            found = self._client.incoming_phone_numbers.list(page_size=PAGE)
        return [OwnNumber(str(one.sid), str(one.phone_number), vars(one)) for one in found]

    def change(self, sid: str, fields: Mapping[str, str]) -> None:
        """Change how calls and messages to a number are led."""
        with told(f"the carrier does not change {sid}"):
            self._client.incoming_phone_numbers(sid).update(**fields)
