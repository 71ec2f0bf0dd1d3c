"""What belongs to a call beside its turns, in words: what the carrier said, what is to be done outside."""

from __future__ import annotations

import json

from ivr.archive.faults import fault
from ivr.archive.story import Story
from ivr.engine.effects import KeepRecording
from ivr.records import NoteRecord
from ivr.store.effects import Wanted

DEEDS = {
    "CreateCase": "open a case",
    "KeepRecording": "fetch a recording",
    "SendMessage": "send a message",
    "KeepAnswer": "keep an answer",
    "AskBySms": "ask the questions of a survey by SMS",
    "RequestCallBack": "promise a call back",
    "SubmitLater": "submit for a caller who hung up",
    "SwitchFlag": "switch a flag",
    "PutOnAir": "put an announcement on the air",
    "TakeOffAir": "take an announcement off the air",
    "KeepPrompt": "keep a prompt that was recorded",
}  # effects, as people say them
BECAME = {
    "held": "waits for the end of the call",
    "waiting": "waits to be done",
    "pretended": "not done, since the call is pretended",
    "dropped": "not done",
}  # state of an effect that was not done -> its words
BESIDE = {
    "left": "the caller hung up",
    "joined": "TaskRouter has joined caller and agent in a conference of its own",
    "queue": "the caller was taken out of the queue",
    "folded": "turns of this call were kept on a disk of ours meanwhile",
}  # notes of our own
_CALL = {
    "queued": "is about to ring",
    "initiated": "is being called",
    "ringing": "rings",
    "in-progress": "was answered",
    "completed": "hung up",
    "busy": "was busy",
    "no-answer": "was not answered",
    "failed": "could not be reached",
    "canceled": "was not waited for any longer",
}  # CallStatus -> what it says of a phone
_RECORDING = {
    "in-progress": "is being made",
    "completed": "is ready",
    "absent": "holds nothing",
    "failed": "could not be made",
}  # RecordingStatus -> what it says


_ROUTED = {
    "reservation.accepted": "TaskRouter joined the caller and an agent",
    "reservation.rejected": "an agent passed, TaskRouter looks for another",
    "reservation.timeout": "an agent did not answer in time, TaskRouter looks for another",
    "reservation.failed": "an agent could not be reached by TaskRouter",
    "reservation.canceled": "TaskRouter needs the agent no longer",
    "reservation.rescinded": "TaskRouter needs the agent no longer",
    "reservation.wrapup": "the talk with an agent is over",
    "reservation.completed": "the talk with an agent is over",
    "task.canceled": "TaskRouter looks for nobody any more",
}  # events of TaskRouter


def to_do(wanted: Wanted) -> str:
    """Say what is to be done outside the call."""
    return DEEDS.get(wanted.record.kind, wanted.record.kind)


def became(wanted: Wanted) -> str:
    """Say what became of it."""
    return BECAME.get(wanted.state, wanted.state) + (f": {wanted.reason}" if wanted.reason else "")


def carrier_said(note: NoteRecord) -> str:
    """Say what the carrier told, and of whose phone."""
    said = json.loads(note.body)
    if note.kind == "recording":
        status = said.get("RecordingStatus", "")
        which = f"a recording of {said['RecordingDuration']} s" if said.get("RecordingDuration") else "a recording"
        return f"{which} {_RECORDING.get(status, status)}"
    if note.kind == "taskrouter":
        event = str(said.get("EventType", ""))
        return _ROUTED.get(event, event)
    if note.kind == "fault":
        return f"the carrier asked for our last words again: {fault(said.get('ErrorCode', ''))}"
    if note.kind != "status":
        return BESIDE.get(note.kind, note.kind)
    status = said.get("CallStatus", "")
    wrong = f": {fault(said['ErrorCode'])}" if said.get("ErrorCode", "0") not in {"", "0"} else ""
    if note.leg == note.call:
        over = "the call is over" if status == "completed" else f"the caller's phone {_CALL.get(status, status)}"
        return over + wrong
    return f"an agent's phone {_CALL.get(status, status)}{wrong}"


def seconds_of(told: Story) -> dict[str, int]:
    """Say how long each recording is: its file's length, else what the carrier or the call said of it."""
    found = {
        effect.sid: effect.seconds
        for scene in told.scenes
        for effect in scene.wanted
        if isinstance(effect, KeepRecording)
    }
    for note in told.notes:
        said = json.loads(note.body)
        if said.get("RecordingDuration", "").isdecimal():
            found[said.get("RecordingSid", "")] = int(said["RecordingDuration"])
    return {one.sid: one.seconds or found.get(one.sid, 0) for one in told.recordings}
