"""What the carrier's markup may hold: elements, attributes, their values, and which verbs stand where.

Source: the carrier's TwiML reference (voice) and its error dictionary. Where the dictionary names no code for a
breach, the code is 12200, its general schema warning; the real carrier plays on after that one, we do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SCHEMA = 12200
URL = 11100
DIAL_NESTED = 13201
GATHER_NESTING = 13320
CONFERENCE_VERB = 13238

SPEECH = 13335

SPEECH_MODELS = (
    *("default", "numbers_and_commands", "phone_call", "experimental_conversations", "experimental_utterances"),
    *("googlev2_long", "googlev2_short", "googlev2_telephony", "googlev2_telephony_short"),
    *("deepgram_nova-2", "deepgram_nova-3"),
)
SPEECH_ONLY = ("language", "hints", "speechTimeout", "speechModel")  # attributes that mean nothing where keys are heard

Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Attribute:
    """What an attribute's value must be, and the code of a breach."""

    fits: Check
    code: int = SCHEMA


@dataclass(frozen=True, slots=True)
class Rule:
    """One element: its attributes, what may stand in it, whether it holds text."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    text: bool = False
    nesting: int = SCHEMA  # the code where something else stands in it


def is_url(value: str) -> bool:
    """Tell whether this is an address the carrier fetches, absolute or relative."""
    parts = urlsplit(value)
    if not parts.scheme and not parts.netloc:
        return " " not in value
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "_" not in (parts.hostname or "")


def one_of(*words: str) -> Check:
    """Accept these words, case and all."""
    return frozenset(words).__contains__


def matches(pattern: str) -> Check:
    """Accept what the whole pattern matches."""
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: compiled.fullmatch(value) is not None


def between(low: int, high: int) -> Check:
    """Accept a whole number from `low` to `high`."""
    return lambda value: value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high


def some_of(*words: str) -> Check:
    """Accept several of these words, a space between them."""
    allowed = frozenset(words)
    return lambda value: bool(value.split()) and set(value.split()) <= allowed


def are_hints(value: str) -> bool:
    """Accept what the carrier takes as hints: 500 at most, of 100 characters."""
    found = value.split(",")
    return len(found) <= 500 and all(0 < len(hint.strip()) <= 100 for hint in found)


def anything(_value: str) -> bool:
    """Accept every text."""
    return True


_FLAG = Attribute(one_of("true", "false"))
_URL = Attribute(is_url, URL)
_TEXT = Attribute(anything)
_METHOD = Attribute(one_of("GET", "POST"))
_SECONDS = Attribute(between(1, 86_400))
_TAG = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
_RECORDED = {
    "recordingStatusCallback": _URL,
    "recordingStatusCallbackMethod": _METHOD,
    "recordingStatusCallbackEvent": Attribute(some_of("in-progress", "completed", "absent")),
}
_LEG = {
    "url": _URL,
    "method": _METHOD,
    "statusCallback": _URL,
    "statusCallbackMethod": _METHOD,
    "statusCallbackEvent": Attribute(some_of("initiated", "ringing", "answered", "completed")),
}
_MACHINE = {
    "machineDetection": Attribute(one_of("Enable", "DetectMessageEnd")),
    "machineDetectionTimeout": Attribute(between(3, 60)),
    "amdStatusCallback": _URL,
    "amdStatusCallbackMethod": _METHOD,
}

ELEMENTS: Mapping[str, Rule] = {
    "Say": Rule(
        {
            "voice": Attribute(matches(r"man|woman|alice|(Polly|Google)\.[A-Za-z0-9-]+"), 13511),
            "language": Attribute(matches(_TAG), 13512),
            "loop": Attribute(between(0, 1000), 13510),
        },
        _SSML,
        text=True,
    ),
    "Play": Rule(
        {"loop": Attribute(between(0, 1000), 13410), "digits": Attribute(matches(r"[0-9A-D#*wW]+"))}, text=True
    ),
    "Pause": Rule({"length": Attribute(between(1, 86_400), 13910)}),
    "Gather": Rule(
        {
            "input": Attribute(one_of("dtmf", "speech", "dtmf speech")),
            "action": _URL,
            "method": Attribute(one_of("GET", "POST"), 13312),
            "timeout": Attribute(lambda value: value == "auto" or between(1, 86_400)(value), 13313),
            "finishOnKey": Attribute(matches(r"[0-9#*]?"), 13310),
            "numDigits": Attribute(between(1, 1000), 13314),
            "actionOnEmptyResult": _FLAG,
            "language": Attribute(matches(_TAG), 13326),
            "hints": Attribute(are_hints),
            "speechTimeout": Attribute(lambda value: value == "auto" or between(1, 86_400)(value), SPEECH),
            "speechModel": Attribute(one_of(*SPEECH_MODELS)),
            "enhanced": _FLAG,
            "profanityFilter": _FLAG,
            "partialResultCallback": _URL,
            "partialResultCallbackMethod": _METHOD,
            "bargeIn": _FLAG,
        },
        frozenset({"Say", "Play", "Pause"}),
        nesting=GATHER_NESTING,
    ),
    "Record": Rule(
        {
            "action": _URL,
            "method": Attribute(one_of("GET", "POST"), 13610),
            "timeout": Attribute(between(0, 86_400), 13611),
            "finishOnKey": Attribute(matches(r"[0-9#*]*"), 13613),
            "maxLength": Attribute(between(1, 14_400), 13612),
            "playBeep": _FLAG,
            "trim": Attribute(one_of("trim-silence", "do-not-trim")),
            "transcribe": _FLAG,
            "transcribeCallback": _URL,
            **_RECORDED,
        }
    ),
    "Dial": Rule(
        {
            "action": _URL,
            "method": Attribute(one_of("GET", "POST"), 13210),
            "timeout": Attribute(between(5, 600), 13212),
            "timeLimit": Attribute(between(1, 86_400)),
            "callerId": Attribute(matches(r"\+[1-9]\d{1,14}|client:.+|sip:.+|[A-Za-z0-9+._-]+"), 13214),
            "answerOnBridge": _FLAG,
            "hangupOnStar": _FLAG,
            "record": Attribute(
                matches(r"true|false|do-not-record|record-from-(answer|ringing)(-dual)?"),
            ),
            "recordingTrack": Attribute(one_of("inbound", "outbound", "both")),
            "trim": Attribute(one_of("trim-silence", "do-not-trim")),
            "ringTone": Attribute(matches(r"[a-z]{2}(-old)?")),
            "sequential": _FLAG,
            **_RECORDED,
        },
        frozenset({"Number", "Client", "Sip", "Conference", "Queue"}),
        text=True,
    ),
    "Number": Rule({"sendDigits": Attribute(matches(r"[0-9A-D#*wW]+")), **_LEG, **_MACHINE}, text=True),
    "Client": Rule({**_LEG, "clientNotificationUrl": _URL}, frozenset({"Identity", "Parameter"}), text=True),
    "Sip": Rule({"username": _TEXT, "password": _TEXT, **_LEG, **_MACHINE}, text=True),
    "Identity": Rule(text=True),
    "Parameter": Rule({"name": _TEXT, "value": _TEXT}),
    "Conference": Rule(
        {
            "muted": _FLAG,
            "beep": Attribute(one_of("true", "false", "onEnter", "onExit")),
            "startConferenceOnEnter": _FLAG,
            "endConferenceOnExit": _FLAG,
            "coach": Attribute(matches(r"[!-~]{1,64}"), 13240),
            "participantLabel": Attribute(matches(r".{1,128}")),
            "waitUrl": Attribute(lambda value: not value or is_url(value), URL),
            "waitMethod": _METHOD,
            "maxParticipants": Attribute(between(2, 250)),
        },
        text=True,
    ),
    "Queue": Rule(
        {
            "url": _URL,
            "method": _METHOD,
            "reservationSid": Attribute(matches(r"WR[0-9a-f]{32}"), 14215),
            "postWorkActivitySid": Attribute(matches(r"WA[0-9a-f]{32}"), 14216),
        },
        text=True,
    ),
    "Enqueue": Rule(
        {
            "action": _URL,
            "method": _METHOD,
            "waitUrl": Attribute(lambda value: not value or is_url(value), URL),
            "waitUrlMethod": _METHOD,
            "workflowSid": Attribute(matches(r"WW[0-9a-f]{32}"), 14220),
        },
        frozenset({"Task"}),
        text=True,
    ),
    "Task": Rule({"priority": Attribute(between(0, 2_147_483_647)), "timeout": _SECONDS}, text=True),
    "Leave": Rule(),
    "Redirect": Rule({"method": Attribute(one_of("GET", "POST"), 13710)}, text=True),
    "Hangup": Rule(),
    "Reject": Rule({"reason": Attribute(one_of("rejected", "busy"))}),
    "break": Rule({"strength": _TEXT, "time": Attribute(matches(r"\d+(\.\d+)?m?s"))}),
    "emphasis": Rule({"level": Attribute(one_of("strong", "moderate", "reduced"))}, text=True),
    "lang": Rule({"{http://www.w3.org/XML/1998/namespace}lang": Attribute(matches(_TAG))}, text=True),
    "p": Rule(children=_SSML, text=True),
    "s": Rule(children=_SSML, text=True),
    "phoneme": Rule({"alphabet": _TEXT, "ph": _TEXT}, text=True),
    "prosody": Rule({"volume": _TEXT, "rate": _TEXT, "pitch": _TEXT}, text=True),
    "say-as": Rule({"interpret-as": _TEXT, "format": _TEXT, "role": _TEXT}, text=True),
    "sub": Rule({"alias": _TEXT}, text=True),
    "w": Rule({"role": _TEXT}, text=True),
}

# Where a document is played decides which verbs may stand in it. "whisper": an agent's leg before it is joined.
# "waiting": a queue's waitUrl. "joining": a queue's url, on the caller's side. "room": a conference's waitUrl.
CONTEXTS: Mapping[str, frozenset[str]] = {
    "main": frozenset(
        {"Say", "Play", "Pause", "Gather", "Record", "Dial", "Enqueue", "Leave", "Redirect", "Hangup", "Reject"}
    ),
    "whisper": frozenset({"Say", "Play", "Gather", "Hangup"}),
    "waiting": frozenset({"Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Leave"}),
    "joining": frozenset({"Say", "Play", "Pause", "Redirect"}),
    "room": frozenset({"Say", "Play", "Pause", "Redirect"}),
}

MISPLACED: Mapping[tuple[str, str], int] = {("whisper", "Dial"): DIAL_NESTED, ("joining", "Dial"): DIAL_NESTED}
