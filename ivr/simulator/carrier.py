"""The carrier's side of the line: who it is, what every request carries, how a document is fetched."""

from __future__ import annotations

import json
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from ivr.simulator import twiml
from ivr.simulator.faults import Fault, FetchFailed, Refused
from ivr.simulator.ledger import Ledger
from ivr.simulator.signing import Fields, SharedKey, signature_headers
from ivr.simulator.web import MOST_REDIRECTS, Answer, Ask, Web

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
SOUNDS = frozenset(
    f"audio/{kind}"
    for kind in ("mpeg", "wav", "wave", "x-wav", "aiff", "x-aifc", "x-aiff", "x-gsm", "gsm", "ulaw", "basic")
)
GEO = ("City", "Country", "State", "Zip")
STANDS_FOR_ANONYMOUS = "anonymous"
NOVEL: Fields = (("NovelParameter", ""),)  # the carrier may add what nobody has heard of, and blank


@dataclass(frozen=True, slots=True)
class Carrier:
    """One account with the carrier, and which of its less pleasant habits it shows."""

    account: str  # AC…
    token: str = field(repr=False)
    fallback: str = ""  # the number's fallback address
    status: str = ""  # the number's status callback
    api: str = "https://api.twilio.com"  # where recordings are said to be
    addresses: Mapping[str, str] = field(default_factory=dict)  # public origin -> where it really listens
    shared_key: SharedKey | None = None  # sign by HMAC-SHA256 with this key
    sorted_query: bool = False  # sends the query sorted by name but signs it as written
    declined: str = "completed"  # DialCallStatus after a declined whisper: completed or no-answer
    holds_callbacks: bool = (
        False  # status and recording callbacks wait for `Call.deliver`, in any order, any number of times
    )
    queue_fails: str = ""  # QueueResult of every Enqueue: error, system-error, queue-full
    redirects: bool = False  # the Enqueue's action comes as soon as TaskRouter joins the caller in a conference
    caller_follows: bool = True  # a caller whose agent's leg is moved goes on at once; else they stay where they are
    moved_bridged: bool = True  # DialBridged of a talk whose called leg was moved
    talked_as: str = "bridged"  # QueueResult of a caller who comes out of a talk: bridged or redirected-from-bridged
    names_finish: bool = True  # sends FinishedOnKey with a Gather's action
    proxy: Callable[[Mapping[str, str]], Web] = Web  # sends one call's requests; a drill has one that loses and doubles
    ledger: Ledger = field(default_factory=Ledger)


@dataclass(frozen=True, slots=True)
class Party:
    """One leg as the carrier names it."""

    caller: str  # what stands in From
    called: str
    sid: str = field(default_factory=lambda: new_sid("CA"))
    parent: str = ""  # the caller's CallSid on an agent's leg
    direction: str = "inbound"
    extra: Fields = NOVEL
    verified: str = "TN-Validation-Passed-A"  # StirVerstat; "" leaves it out
    pretend: bool = False  # carries the virtual clock along


@dataclass(frozen=True, slots=True)
class Request:
    """Where the call goes next."""

    url: str
    fields: Fields = ()
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document and where it came from."""

    verbs: twiml.Document
    url: str  # absolute: relative addresses in it start here
    latency: float  # milliseconds
    request: Request  # without Digits: what an empty address in it means


def new_sid(kind: str) -> str:
    """Make an id as the carrier's look: two letters and 32 hexadecimal digits."""
    return kind + secrets.token_hex(16)


def standard_fields(carrier: Carrier, party: Party, status: str, now: float) -> Fields:
    """Give what every request about this leg carries, blanks and doubles included."""
    fields = [
        ("AccountSid", carrier.account),
        ("ApiVersion", "2010-04-01"),
        ("CallSid", party.sid),
        ("CallStatus", status),
        ("Direction", party.direction),
    ]
    ends = (("From", party.caller), ("Caller", party.caller), ("To", party.called), ("Called", party.called))
    for name, number in ends:
        fields.append((name, number))
        country = "US" if number.startswith("+1") else ""
        fields.extend((name + part, country if part == "Country" else "") for part in GEO)
    if party.direction == "inbound":
        fields.append(("CallerName", ""))
        fields.append(("CallToken", quote(json.dumps({"parentCallInfoToken": party.sid}))))
        if party.verified:
            fields.append(("StirVerstat", party.verified))
    if party.parent:
        fields.append(("ParentCallSid", party.parent))
    if party.pretend:
        fields.append(("PretendSeconds", f"{now:.3f}"))
    return (*fields, *party.extra)


@dataclass(slots=True)
class Line:
    """One call's connection to our server. Not shared between threads."""

    carrier: Carrier
    web: Web
    sounds: dict[str, float] = field(default_factory=dict)  # address -> seconds

    @classmethod
    def of(cls, carrier: Carrier) -> Line:
        """Open nothing yet; connections come with the first request."""
        return cls(carrier, carrier.proxy(carrier.addresses))

    def ask(self, request: Request) -> tuple[Answer, str]:
        """Send a signed request, follow redirects without the caller's keys; give the answer and its address."""
        url, fields, method = request.url, request.fields, request.method
        for _ in range(MOST_REDIRECTS + 1):
            answer = self.web.fetch(self._signed(Request(url, fields, method)))
            if not 300 <= answer.status < 400:
                return answer, url
            url = answer.location
            fields = tuple(field for field in fields if field[0] not in {"Digits", "FinishedOnKey", "SpeechResult"})
            method = method if answer.status in {307, 308} else "GET"
        raise FetchFailed(11215, f"more than {MOST_REDIRECTS} redirects from {request.url}")

    def _signed(self, request: Request) -> Ask:
        fields = request.fields
        url = request.url
        if request.method == "GET" and fields:
            parts = urlsplit(url)
            query = "&".join(part for part in (parts.query, urlencode(fields)) if part)
            url, fields = urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment)), ()
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
            **signature_headers(url, fields, self.carrier.token, self.carrier.shared_key),
        }
        body = None
        if request.method == "POST":
            headers["Content-Type"] = FORM
            body = urlencode(fields).encode()
        query_sent = urlencode(sorted(parse_qsl(urlsplit(url).query, keep_blank_values=True)))
        return Ask(url, body, headers, query_sent if self.carrier.sorted_query else None)

    def document(self, request: Request, context: str) -> Fetched:
        """Fetch and read one document; raise Fault where the carrier would give up on it."""
        answer, url = self.ask(request)
        verbs = twiml.read(answer.body, answer.type, context)
        return Fetched(verbs, url.partition("#")[0], answer.took, Request(request.url, (), request.method))

    def rescue(self, request: Request, fault: Fault) -> Fetched:
        """Fetch the number's fallback after a fault; raise that fault where there is none, else the fallback's own."""
        if not self.carrier.fallback:
            raise fault
        fields = (("ErrorCode", str(fault.code)), ("ErrorUrl", request.url.partition("#")[0]))
        known = tuple(field for field in request.fields if field[0] not in {"Digits", "FinishedOnKey", "msg"})
        return self.document(Request(self.carrier.fallback, (*known, *fields)), "main")

    def tell(self, request: Request) -> Fault | None:
        """Send a callback; its answer counts for nothing, but a bad one is given back as 15003."""
        try:
            self.ask(request)
        except FetchFailed as failure:
            return Refused(15003, failure.why)
        return None

    def sound(self, url: str) -> float:
        """Fetch a recording and say how long it plays, in seconds; what the carrier has recorded itself is at hand."""
        own = self.carrier.ledger.recordings.get(url.rpartition("/")[2]) if url.startswith(self.carrier.api) else None
        if own is not None:
            return float(own.seconds)
        if url not in self.sounds:
            answer, _ = self.ask(Request(url, (), "GET"))
            if answer.type.partition(";")[0].strip().lower() not in SOUNDS:
                raise Refused(13420, f"{url} is {answer.type!r}, no sound")
            self.sounds[url] = wav_seconds(answer.body)
        return self.sounds[url]


def wav_seconds(sound: bytes) -> float:
    """Say how long a wav file plays; any coding, since its header says how many bytes a second takes."""
    if sound[:4] != b"RIFF" or sound[8:12] != b"WAVE":
        raise Refused(13420, "the sound is no wav file")
    place, rate = 12, 0
    while place + 8 <= len(sound):
        name, size = sound[place : place + 4], struct.unpack_from("<I", sound, place + 4)[0]
        if name == b"fmt " and place + 20 <= len(sound):
            rate = struct.unpack_from("<I", sound, place + 16)[0]
        if name == b"data" and rate:
            return float(min(size, len(sound) - place - 8) / rate)
        place += 8 + size + size % 2
    raise Refused(13420, "the wav file has no sound in it")


def join(base: str, url: str) -> str:
    """Make an address in a document absolute; its fragment stays, since it holds the retry settings."""
    return urljoin(base, url)
