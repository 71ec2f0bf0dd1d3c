"""Text messages by the carrier's REST side: sent once, and looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from ivr.carrier.calls import UNSURE, AtAddress, never_left, reason_of
from ivr.carrier.codes import LATER, in_words
from ivr.carrier.recordings import CarrierAway
from ivr.carrier.telling import without_address
from ivr.errors import NotSent, SendingRefused, SendingUnsure
from ivr.settings import AT_HOME, CARRIER, Settings

SERVICE = "MG"  # begins the id of a messaging service, which may stand in place of a number of ours


@dataclass(frozen=True, slots=True)
class Text:
    """One message as the carrier lists it."""

    sid: str
    direction: str
    theirs: str
    ours: str
    body: str
    status: str
    code: str
    at: float
    files: int = 0  # pictures and sounds that came along


class Texts:
    """The account's text messages."""

    def __init__(self, settings: Settings) -> None:
        """Ask the carrier of these settings, never over a connection that may be dead already."""
        self._settings = settings
        http = AtAddress(settings.api_url, pooled=False)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=http)

    def lacks(self) -> str:
        """Say in words what is missing before anything can be sent; "" where nothing is."""
        if self._settings.local_account and self._settings.api_url == CARRIER:
            return "no carrier: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set"
        return ""

    @property
    def sender(self) -> str:
        """What sends in place of the number that somebody called or wrote to; "" is that number."""
        return self._settings.sms_from

    def send(self, to: str, ours: str, body: str, report: str) -> str:
        """Send one and give its MessageSid; NotSent, SendingRefused or SendingUnsure where it did not go well.

        `report` is the path, below our public address, where the carrier says what becomes of it.
        """
        known = self.sender or ours
        sender = {"messaging_service_sid": known} if known.startswith(SERVICE) else {"from_": known}
        told = self._report(report)
        try:
            made = self._client.messages.create(to=to, body=body, **sender, **told)
        except TwilioRestException as error:
            raise _said(error) from error
        except requests.RequestException as error:
            raise _unheard(error) from error
        except TwilioException as error:
            raise SendingUnsure(f"the carrier's answer cannot be read: {error}") from error
        return str(made.sid)

    def since(self, at: float, *, ours: str = "") -> list[Text]:
        """List what came to a number of ours (or to all) and what we sent since; CarrierAway where it is not said."""
        after = datetime.fromtimestamp(at, UTC)
        only = {"to": ours} if ours else {}
        try:
            found = self._client.messages.list(date_sent_after=after, page_size=1000, **only)
        except (TwilioException, requests.RequestException) as error:
            raise CarrierAway(f"the carrier does not list messages: {without_address(error)}") from error
        return [_text(one) for one in found]

    def files_of(self, sid: str) -> tuple[str, ...]:
        """List what came along with a message, as a form of the carrier's would: type and address; CarrierAway."""
        try:
            found = self._client.messages(sid).media.list()
        except (TwilioException, requests.RequestException) as error:
            raise CarrierAway(
                f"the carrier does not list what came with a message: {without_address(error)}"
            ) from error
        own = self._settings.api_url
        return tuple(f"{one.content_type} {own}{str(one.uri).removesuffix('.json')}" for one in found)

    def _report(self, path: str) -> dict[str, str]:
        """Name our address for reports, where the carrier can reach it."""
        host = urlsplit(self._settings.public_url).hostname or ""
        unreachable = host in AT_HOME and self._settings.api_url == CARRIER
        return {} if unreachable else {"status_callback": f"{self._settings.public_url}{path}"}


def _text(one: object) -> Text:
    def get(name: str) -> str:
        return str(getattr(one, name) or "")

    incoming = get("direction") == "inbound"
    sent = getattr(one, "date_sent", None) or getattr(one, "date_created", None)
    return Text(
        sid=get("sid"),
        direction=get("direction"),
        theirs=get("from_" if incoming else "to"),
        ours=get("to" if incoming else "from_"),
        body=get("body"),
        status=get("status"),
        code=get("error_code"),
        at=sent.timestamp() if isinstance(sent, datetime) else 0.0,
        files=int(get("num_media") or 0),
    )


def _said(error: TwilioRestException) -> NotSent | SendingRefused | SendingUnsure:
    """Tell an answer that is a refusal for good from one that passes, and from one that says nothing."""
    code = str(error.code or "")
    if error.status in UNSURE:
        return SendingUnsure(f"the carrier answered {error.status}: nobody knows whether it took the message")
    if error.status in {401, 403, 429} or error.status >= 500 or code in LATER:
        return NotSent(f"the carrier answered {error.status}: {in_words(code)}")
    return SendingRefused(in_words(code), code)


def _unheard(error: requests.RequestException) -> NotSent | SendingUnsure:
    """Tell a request that never left from one whose answer was not heard."""
    if never_left(error):
        return NotSent(f"the carrier cannot be reached: {reason_of(error) or error}")
    return SendingUnsure("the carrier gave no answer: nobody knows whether it took the message")
