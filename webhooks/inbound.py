"""The carrier's form -> what the caller did."""

from __future__ import annotations

import re

from ivr.engine.inputs import Called, Continued, Dequeued, Dialed, HungUp, Pressed, Recorded, Said, Silent, Waits
from ivr.withheld import NUMBERS, WORDS
from webhooks.form import Form

# How long the caller's leg may say it is over, in any of the carrier's words.
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
QUEUE_RESULTS = frozenset({"bridged", "leave", "redirected", "error", "system-error", "queue-full"})

_OUT_OF_TALK = frozenset({"bridged", "redirected", "redirected-from-bridged"})

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_ADDRESS = re.compile(r"(?:client|sips?):[^\s\x00-\x1f\x7f<>\"&]{1,240}", re.ASCII)
_KEYS = re.compile(r"[0-9*#A-Da-dwW]{1,128}", re.ASCII)
_SHARE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,12})?(e-[0-9]{1,2})?", re.ASCII | re.IGNORECASE)
# Level A alone: the carrier knows the caller, and that the number is theirs. B and C vouch for less.
_VOUCHED = re.compile(r"TN-Validation-Passed-A(-Diverted|-Passthrough)?", re.ASCII)
_LONGEST_WORDS = 500  # characters; a menu's choice is said in a few


def caller(form: Form) -> str | None:
    """Read who calls: E.164, client: or sip: address; None when withheld or written in no way we know."""
    number = form.get("From").strip()
    if _NUMBER.fullmatch(number):
        return None if number in NUMBERS else number
    hidden = number.partition(":")[2].partition("@")[0].lower() in WORDS
    return number if _ADDRESS.fullmatch(number) and not hidden else None


def is_number(text: str) -> bool:
    """Tell whether this is a telephone number as the carrier writes them."""
    return _NUMBER.fullmatch(text) is not None


def called(form: Form, at: float) -> Called:
    """Read the first request of a call."""
    return Called(at=at, number=caller(form), to=form.get("To"), verified=verified(form))


def verified(form: Form) -> bool | None:
    """Read whether a carrier vouches for the number and for who calls from it; most calls say nothing of it."""
    said = form.get("StirVerstat")
    return None if said in {"", "NULL"} else _VOUCHED.fullmatch(said) is not None


def keyed(form: Form, at: float) -> Pressed | Said | Silent:
    """Read what was keyed, or said, while we listened.

    Silence comes as an empty `Digits` or as none at all. What no telephone can send counts as silence. How sure the
    carrier is of words may be missing; it has picked them all the same.
    """
    pressed = keys(form)
    if pressed:
        return Pressed(at=at, keys=pressed)
    words = form.get("SpeechResult").strip()[:_LONGEST_WORDS]
    if not words:
        return Silent(at=at)
    sure = form.get("Confidence")
    return Said(at=at, text=words, confidence=min(float(sure), 1.0) if _SHARE.fullmatch(sure) else 1.0)


def keys(form: Form) -> str:
    """Read the keys of a form; "" for none."""
    pressed = form.get("Digits")
    return pressed if _KEYS.fullmatch(pressed) else ""


def continued(form: Form, at: float) -> Continued:
    """Read our own redirect coming back; it carries nothing."""
    del form
    return Continued(at=at)


def recorded(form: Form, at: float) -> Recorded:
    """Read the end of a recording; an empty one has no sid, since the document's tail brought us here."""
    return Recorded(
        at=at,
        sid=form.get("RecordingSid"),
        url=form.get("RecordingUrl"),
        seconds=_seconds(form.get("RecordingDuration")),
    )


def dialed(form: Form, at: float) -> Dialed:
    """Read how a ring ended; `completed` alone says nothing, a declined whisper has it too."""
    return Dialed(
        at=at,
        status=form.get("DialCallStatus"),
        bridged=form.get("DialBridged") == "true",
        seconds=_seconds(form.get("DialCallDuration")),
    )


def dequeued(form: Form, at: float) -> Dequeued:
    """Read how a wait in a queue ended; the store knows why a caller left."""
    result = form.get("QueueResult")
    known = result if result in QUEUE_RESULTS else "error"
    return Dequeued(at=at, result=known, seconds=_seconds(form.get("QueueTime")))


def in_browser(form: Form) -> bool:
    """Tell whether a leg rang somebody's browser: no voicemail answers there, so the click took the call."""
    return form.get("To").startswith("client:")


def came_out(form: Form) -> bool:
    """Tell whether a caller came out of a talk: by its end, or since a leg of it was moved; in the carrier's words."""
    return form.get("QueueResult") in _OUT_OF_TALK or joined(form)


def waited(form: Form) -> int:
    """Read how long the caller was in the queue."""
    return _seconds(form.get("QueueTime"))


def waits(form: Form, at: float, number: int) -> Waits:
    """Read that the caller waits, and for how long."""
    return Waits(at=at, number=number, seconds=_seconds(form.get("QueueTime")))


def joined(form: Form) -> bool:
    """Tell whether a dial or a wait in a queue came to a talk."""
    return form.get("DialBridged") == "true" or form.get("QueueResult") == "bridged"


def had_answer(form: Form) -> bool:
    """Tell whether a ring may have come to a talk: a leg that was moved out of it is not joined any more."""
    return joined(form) or form.get("DialCallStatus") in {"completed", "answered"}


def hung_up(form: Form, at: float) -> HungUp:
    """Read what the caller left behind: a recording that was going on, a ring or a wait that was joined."""
    recording = recorded(form, at)
    return HungUp(at=at, recording=recording if recording.sid else None, bridged=joined(form))


def gone(form: Form) -> bool:
    """Tell whether the caller hung up: then nobody hears the answer, and the job process ends the call."""
    left = form.get("Digits") == "hangup" or form.get("QueueResult") == "hangup"
    return left or form.get("CallStatus") in OVER


def pretended(form: Form) -> float | None:
    """Read the seconds since a pretended call began, on its own clock. None where the form says nothing useful."""
    text = form.get("PretendSeconds")
    return float(text) if re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,6})?", text, re.ASCII) else None


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
