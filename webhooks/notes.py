"""What the carrier tells us beside the call: written down, moving nothing.

Only fields named here are kept: a note has no number of a person and nothing that a caller said or keyed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.switchboard import Notice, Switchboard
from ivr.switchboard.rung import RungRoom
from ivr.switchboard.talking import TalkRoom
from ivr.switchboard.transcribing import Transcribing, WrittenDown
from ivr.switchboard.waiting import WaitingRoom
from webhooks.door import NOTED, Hook, Refused, Reply
from webhooks.form import Form
from webhooks.inbound import gone

_SID = re.compile(r"[!-~]{1,64}", re.ASCII)  # other carriers of this markup write other ids than CA and 32 digits
_LONGEST = 500  # characters of one kept value

_STATUS = (
    "CallStatus",
    "SequenceNumber",
    "Timestamp",
    "CallDuration",
    "Duration",
    "Direction",
    "SipResponseCode",
    "AnsweredBy",
    "StirVerstat",
    "ErrorCode",
)
_RECORDING = (
    "RecordingSid",
    "RecordingUrl",
    "RecordingStatus",
    "RecordingDuration",
    "RecordingChannels",
    "RecordingSource",
    "RecordingStartTime",
    "ErrorCode",
)


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears of legs that are picked up, and of legs that are over."""

    waiting: WaitingRoom
    talks: TalkRoom
    rung: RungRoom


class Notes:
    """The routes that answer with nothing."""

    def __init__(self, switchboard: Switchboard, ears: Ears, transcribing: Transcribing) -> None:
        """Hand notes to the switchboard; a caller who is gone waits and talks no more; words are kept sealed."""
        self._transcribing = transcribing
        self._switchboard = switchboard
        self._waiting = ears.waiting
        self._talks = ears.talks
        self._rung = ears.rung

    def status(self, hook: Hook) -> Reply:
        """Write down that a leg rang, was answered or ended."""
        form = hook.form
        leg = sid(form, "CallSid")
        event = f"{leg} {form.get('CallStatus')} {form.get('SequenceNumber')}"[:160]
        call = sid(form, "ParentCallSid") if form.get("ParentCallSid") else leg
        self._switchboard.note(Notice(call, leg, "status", event, hook.at, _kept(form, _STATUS)))
        if leg == call and gone(form):
            self._waiting.gone(call, hook.at)
            self._talks.caller_gone(call, hook.at)
        elif leg != call and gone(form):
            self._talks.leg_gone(call, leg, hook.at)
            self._rung.over(call, leg, hook.at)
        elif leg != call and form.get("CallStatus") == "in-progress":
            self._rung.answered(call, leg, form.get("To"), hook.at)
        return NOTED

    def recording(self, hook: Hook) -> Reply:
        """Write down that a recording is ready to be fetched, or will never be."""
        form = hook.form
        call = sid(form, "CallSid")
        event = f"{sid(form, 'RecordingSid')} {form.get('RecordingStatus')}"[:160]
        self._switchboard.note(Notice(call, call, "recording", event, hook.at, _kept(form, _RECORDING)))
        return NOTED

    def transcription(self, hook: Hook) -> Reply:
        """Keep what the carrier wrote down of a recording, once."""
        form = hook.form
        state = "completed" if form.get("TranscriptionStatus") == "completed" else "failed"
        told = WrittenDown(
            sid(form, "CallSid"), sid(form, "RecordingSid"), state, form.get("TranscriptionText"), hook.at
        )
        self._transcribing.hear(told)
        return NOTED


def sid(form: Form, name: str) -> str:
    """Read an id of the carrier.

    Raises Refused.
    """
    text = form.get(name)
    if not _SID.fullmatch(text):
        raise Refused("400 Bad Request", f"no {name}")
    return text


def _kept(form: Form, names: tuple[str, ...]) -> dict[str, str]:
    return {name: form.fields[name][:_LONGEST] for name in names if name in form.fields}
