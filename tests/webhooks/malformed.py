"""Requests that no carrier makes, by the thousand: raw bytes, so that nothing repairs them on the way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

from twilio.request_validator import RequestValidator

PLAIN = (
    "/voice",
    "/voice/status",
    "/voice/recording",
    "/voice/transcription",
    "/voice/fallback",
    "/sms",
    "/taskrouter/assignment",
    "/taskrouter/events",
)
OF_A_TURN = ("step", "next", "recorded", "dialed", "whisper", "key", "left", "parted", "wait/1", "wait/1/key")
OF_AN_OFFER = ("offer", "claim", "take", "notice", "ended", "hello", "answer", "status", "joined")
OF_A_PARTY = ("room", "ask", "key", "parted", "status")
TURNS = (
    *(f"/voice/t/{{token}}/{what}" for what in OF_A_TURN),
    *(f"/voice/o/{{token}}/{what}" for what in OF_AN_OFFER),
    *(f"/voice/k/{{token}}/{what}" for what in OF_A_PARTY),
    "/sms/status/{token}",
)
ROUTES = (*PLAIN, *TURNS)
NASTY = (
    "",
    "\x00",
    "\x00" * 50,
    "'; DROP TABLE turns; --",
    "<Response><Dial>+1900</Dial></Response>",
    "]]>&amp;&#0;&lt;",
    "٣٤٥",
    "🦊" * 60,
    "\u202e\ufeff\ufffe",
    "A" * 20_000,
    "1e999",
    "-1",
    "NaN",
    "9" * 400,
    "../../etc/passwd",
    "{{7*7}}${7*7}%s%n",
    "\r\nX-Injected: 1\r\n\r\n",
    "hangup",
    "completed",
    "true",
)
ORDER = ("ringing", "in-progress", "in-progress", "completed")  # of a call's states, by their numbers
FIELDS = (
    "TaskAttributes",
    "TaskSid",
    "ReservationSid",
    "WorkerSid",
    "EventType",
    "CallSid",
    "ParentCallSid",
    "AccountSid",
    "From",
    "To",
    "CallStatus",
    "Digits",
    "RecordingSid",
    "RecordingUrl",
    "RecordingDuration",
    "RecordingStatus",
    "DialCallStatus",
    "DialBridged",
    "DialCallDuration",
    "SequenceNumber",
    "PretendSeconds",
    "ErrorCode",
    "ErrorUrl",
    "CallerName",
    "SpeechResult",
    "MessageSid",
    "MessageStatus",
    "Body",
    "NumMedia",
    "MediaUrl0",
    "MediaContentType0",
    "QueueResult",
    "StatusCallbackEvent",
    "ConferenceSid",
)
METHODS = ("GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "post", "CONNECT", "VOICE")
FORM = "application/x-www-form-urlencoded"
REFUSED = (0, 400, 403, 404, 405, 411, 413, 414, 431, 501, 505)  # 0: a server may also just hang up


@dataclass(frozen=True, slots=True)
class Shot:
    """One request, and the statuses that may answer it."""

    kind: str
    raw: bytes
    may: tuple[int, ...]


class Gun:
    """Makes requests from a seed."""

    def __init__(self, seed: int, url: str, secret: str, token: str, call: dict[str, str]) -> None:
        """Aim at the server under `url`; `token` is a real one of the `call`, which has these fields."""
        self._of_call = call
        self._random = random.Random(seed)
        self._url = url
        self._host = url.removeprefix("http://")
        self._seal = RequestValidator(secret)
        self._token = token

    def shots(self, count: int) -> Iterator[Shot]:
        """Make so many requests, of every kind about as many."""
        kinds = (
            self.unsigned,
            self.forged,
            self.altered,
            self.broken_form,
            self.oversized,
            self.wrong_kind,
            self.bent_token,
            self.nasty_fields,
            self.wrong_method,
            self.wrong_path,
            self.chunked,
            self.garbage,
            self.replayed,
        )
        for number in range(count):
            yield kinds[number % len(kinds)]()

    def unsigned(self) -> Shot:
        """A form without a signature, or with an empty one."""
        headers = self._random.choice(({}, {"X-Twilio-Signature": ""}, {"Authorization": "Basic YTpi"}))
        return Shot("unsigned", self._post(self._path(), self._fields(), headers), (403,))

    def forged(self) -> Shot:
        """A signature that somebody made up."""
        made = self._random.choice(("x", "A" * 28, "=" * 28, "\xe9" * 9, "L/OH5YylLD5NRKLltdqwSvS0BnU=", "A" * 3000))
        extra = self._random.choice(("", "algorithm=none", "key=,algorithm=HMAC_SHA256", "algorithm=MD5", "===,,,"))
        headers = {"X-Twilio-Signature": made, "X-Twilio-Webhooks-Signature-Settings": extra}
        return Shot("forged", self._post(self._path(), self._fields(), headers), (403,))

    def altered(self) -> Shot:
        """A form that was changed after it was signed, or sent to another address."""
        path, fields = self._path(), self._fields()
        headers = self._signed(path, fields)
        if self._random.random() < 0.5:
            fields |= {"Digits": fields["Digits"] + "1"}
        else:
            path += "?a=1"
        return Shot("altered", self._post(path, fields, headers), (403,))

    def broken_form(self) -> Shot:
        """A body that no form has."""
        body = self._random.choice(
            (b"a=%zz", b"%", b"a=%C3%28", b"a=\xff\xfe", b"a=%ED%A0%80", b"&".join([b"a=1"] * 300), b"x" * 300 + b"=1")
        )
        return Shot("broken form", self._raw("POST", self._path(), body, {"X-Twilio-Signature": "x"}), (400,))

    def oversized(self) -> Shot:
        """A body larger than any form."""
        body = b"a=" + b"x" * self._random.choice((65_536, 100_000))
        return Shot("oversized", self._raw("POST", self._path(), body, {"X-Twilio-Signature": "x"}), (413,))

    def wrong_kind(self) -> Shot:
        """A body of another kind, or a length that lies."""
        headers: dict[str, str] = {"X-Twilio-Signature": "x"}
        if self._random.random() < 0.7:
            headers["Content-Type"] = self._random.choice(
                ("application/json", "multipart/form-data; boundary=x", "", "text/xml", FORM + "; charset=utf-7")
            )
            return Shot("wrong kind", self._raw("POST", self._path(), b"a=1", headers), (400,))
        headers["Content-Length"] = self._random.choice(("-1", "0x10", "1e3", "+3", "3, 3", "\xb2"))
        return Shot("wrong kind", self._raw("POST", self._path(), b"a=1", headers), REFUSED)

    def bent_token(self) -> Shot:
        """A token that we did not make, signed all the same."""
        place = self._random.randrange(len(self._token))
        bent = self._random.choice(
            (
                self._token[:place] + ("A" if self._token[place] != "A" else "B") + self._token[place + 1 :],
                self._token[:place] or "k1",
                self._token + "A",
                self._token[::-1],
                "".join(self._random.choices("abcXYZ019-_.~", k=self._random.randrange(1, 900))),
                "A" * 1500,
            )
        )
        fields = {"CallSid": "CA" + "f" * 32, "From": "+15005550001", "CallStatus": "in-progress", "Digits": "1"}
        fields["ParentCallSid"] = fields["CallSid"]
        path = self._random.choice(TURNS).format(token=bent)
        # Of a leg that nobody knows the carrier is told to hang up, or that it was heard: it signed what it said.
        may = (400, 404) if path.startswith("/voice/t/") else (200, 204, 400, 404)
        return Shot("bent token", self._post(path, fields, self._signed(path, fields)), may)

    def nasty_fields(self) -> Shot:
        """What a caller or somebody's exchange may write into a field, signed as the carrier would."""
        path = self._random.choice((*PLAIN, self._random.choice(TURNS).format(token="k1")))
        fields = self._fields() | {
            name: self._random.choice(NASTY) for name in self._random.sample(FIELDS, self._random.randrange(1, 6))
        }
        return Shot("nasty fields", self._post(path, fields, self._signed(path, fields)), (200, 204, 400, 404))

    def replayed(self) -> Shot:
        """What was said already, long after what followed it: the very same request, or a note out of order."""
        path, fields = f"/voice/t/{self._token}/step", self._of_call | {"CallStatus": "in-progress", "Digits": "1"}
        if self._random.random() < 0.5:
            number = self._random.randrange(4)
            fields = self._of_call | {"CallStatus": ORDER[number], "SequenceNumber": str(number)}
            path = "/voice/status"
        return Shot("replayed", self._post(path, fields, self._signed(path, fields)), (200, 204))

    def wrong_method(self) -> Shot:
        """A verb that is not POST."""
        method = self._random.choice(METHODS)
        return Shot("wrong method", self._raw(method, self._path(), b"", {}), (400, 405))

    def wrong_path(self) -> Shot:
        """An address that is not there."""
        path = self._random.choice(
            (
                "/",
                "//voice",
                "/voice/",
                "/voice/../health",
                "/%76oice",
                "/voice%00",
                "/audio/../../etc/passwd.wav",
                "/audio/%2e%2e%2fivr.db.wav",
                "/audio/" + "a" * 64 + ".wav",
                "/audio/" + "A" * 64 + ".wav",
                "/voice/t//step",
                "/voice/t/" + "x" * 2500 + "/step",
                "/\xff\xfe",
                "/voice/t/%ff%fe/step",
                "http://other.example/voice",
                "*",
            )
        )
        method = self._random.choice(("GET", "POST"))
        return Shot("wrong path", self._raw(method, path, b"", {}), REFUSED)

    def chunked(self) -> Shot:
        """A body in chunks, good or bad."""
        body = self._random.choice(
            (b"3\r\na=1\r\n0\r\n\r\n", b"zz\r\na=1\r\n0\r\n\r\n", b"-1\r\n\r\n", b"fffffffffff\r\n")
        )
        head = f"POST {self._path()} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: {FORM}\r\n"
        head += "X-Twilio-Signature: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        return Shot("chunked", head.encode() + body, REFUSED)

    def garbage(self) -> Shot:
        """What is no HTTP at all, or nearly."""
        raw = self._random.choice(
            (
                self._random.randbytes(self._random.randrange(1, 400)) + b"\r\n\r\n",
                b"POST /voice HTTP/9.9\r\n\r\n",
                b"POST /voice\r\n\r\n",
                b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
                b"POST /voice HTTP/1.1\r\nHost: a\r\nHost: b\r\n: x\r\n\r\n",
                b"POST /voice HTTP/1.1\r\n" + b"".join(b"H%d: x\r\n" % n for n in range(200)) + b"\r\n",
                b"POST /voice HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
                b"POST /voice HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\na=12",
                b"POST /voice HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\na=1",
            )
        )
        return Shot("garbage", raw, REFUSED)

    def _path(self) -> str:
        token = self._token if self._random.random() < 0.5 else "k1.AAAA"
        return self._random.choice(ROUTES).format(token=token)

    def _fields(self) -> dict[str, str]:
        return {
            "AccountSid": "AC" + "0" * 32,
            "CallSid": f"CA{self._random.getrandbits(128):032x}",
            "From": "+15005550001",
            "To": "+18005550100",
            "CallStatus": self._random.choice(("ringing", "in-progress", "completed")),
            "Digits": self._random.choice(("", "1", "9#", "*")),
            "FromCity": "",
        }

    def _signed(self, path: str, fields: dict[str, str]) -> dict[str, str]:
        return {"X-Twilio-Signature": self._seal.compute_signature(self._url + path, fields)}

    def _post(self, path: str, fields: dict[str, str], headers: dict[str, str]) -> bytes:
        return self._raw("POST", path, urlencode(fields, quote_via=quote_plus).encode(), headers)

    def _raw(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        every = {"Host": self._host, "Content-Type": FORM, "Content-Length": str(len(body))} | headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in every.items())
        return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body
