"""What the carrier sends with a key press: 28 fields, signed as its manual says (HMAC-SHA1 over URL and fields)."""

from __future__ import annotations

import base64
import hmac
import itertools
import os
from dataclasses import dataclass, field
from urllib.parse import quote_plus

# Shape: the parameters of a voice request with looked-up places of both sides, some of them empty.
FIELDS = {
    "AccountSid": "AC" + "0" * 32,
    "ApiVersion": "2010-04-01",
    "CallSid": "",
    "CallStatus": "in-progress",
    "CallToken": '{"parentCallInfoToken":"eyJhbGciOiJFUzI1NiJ9","identityHeaderTokens":[]}',
    "Called": "+18005550100",
    "CalledCity": "",
    "CalledCountry": "US",
    "CalledState": "",
    "CalledZip": "",
    "Caller": "+15005550188",
    "CallerCity": "AARHUS",
    "CallerCountry": "US",
    "CallerState": "NY",
    "CallerZip": "10001",
    "Digits": "",
    "Direction": "inbound",
    "From": "+15005550188",
    "FromCity": "AARHUS",
    "FromCountry": "US",
    "FromState": "NY",
    "FromZip": "10001",
    "StirVerstat": "TN-Validation-Passed-A",
    "To": "+18005550100",
    "ToCity": "",
    "ToCountry": "US",
    "ToState": "",
    "ToZip": "",
}


@dataclass(slots=True)
class Signer:
    """Makes whole requests for one server; `token` signs them."""

    base: str  # public address without a slash at its end
    token: bytes
    account: str
    status: str = "in-progress"  # CallStatus
    host: bytes = field(init=False)
    _signed: str = field(init=False)  # what is signed behind the address, with marks for what differs
    _sent: str = field(init=False)  # the body, with the same marks, escaped

    def __post_init__(self) -> None:
        self.host = self.base.partition("://")[2].encode()
        values = FIELDS | {"AccountSid": self.account, "CallStatus": self.status}
        values |= {"CallSid": "{call}", "From": "{number}", "Caller": "{number}", "Digits": "{digits}"}
        self._signed = "".join(itertools.chain.from_iterable(sorted(values.items())))
        self._sent = "&".join(f"{name}={quote_plus(value)}" for name, value in values.items())

    def request(self, path: str, call: str, digits: str | None) -> bytes:
        """Make the bytes of one POST; what is the same in all of them is written and escaped once.

        Every call has a number of its own: many calls of one number are what a hotline cuts short.
        """
        signed, sent = self._signed, self._sent
        if digits is None:
            signed, sent = signed.replace("Digits{digits}", ""), sent.replace("&Digits=%7Bdigits%7D", "")
        number = number_of(call)
        signed = signed.replace("{call}", call).replace("{number}", number).replace("{digits}", digits or "")
        sent = sent.replace("%7Bcall%7D", call).replace("%7Bnumber%7D", quote_plus(number))
        signature = base64.b64encode(hmac.digest(self.token, f"{self.base}{path}{signed}".encode(), "sha1"))
        body = sent.replace("%7Bdigits%7D", quote_plus(digits or "")).encode()
        return b"".join(
            [
                b"POST %b HTTP/1.1\r\nHost: %b\r\n" % (path.encode(), self.host),
                b"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n",
                b"Content-Length: %d\r\nX-Twilio-Signature: %b\r\n" % (len(body), signature),
                b"User-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n\r\n",
                body,
            ]
        )


def new_call() -> str:
    """Name a call that never was."""
    return "CA" + os.urandom(16).hex()


def number_of(call: str) -> str:
    """Say who makes a call of this name, written +1415 and seven digits."""
    return f"+1415{int(call[-6:], 16) % 9_000_000 + 1_000_000}"


def next_path(answer: bytes) -> str | None:
    """Find where the caller's keys go; None where nothing waits for keys."""
    start = answer.find(b'action="')
    if start < 0:
        return None
    start += 8
    url = answer[start : answer.index(b'"', start)].partition(b"#")[0].decode()
    if url.startswith("/"):
        return url
    return "/" + url.partition("://")[2].partition("/")[2]
