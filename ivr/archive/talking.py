"""What was asked for during a call's talks, what came of it, and what was recorded, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.talks import Happened
from ivr.tapes import OVER, TalkTape

TAPED = "recorded"
# what happened -> a sentence; `who` did it, `how` says whom it was about, or how it went
SENTENCES = {
    "held": "{who} put the caller on hold",
    "fetched back": "{who} went back to the caller",
    "consults": "{who} had {how} called",
    "answered": "{who} took part",
    "not taken": "{who} did not take part",
    "called off": "{who} let {how} go",
    "consultation ended": "{who} left",
    "hands over": "{who} hands the call over to {how}",
    "handed over": "{how} has the call, from {who}",
    "sent on": "{who} sent the caller on to {how}",
    "hung up": "{who} hung up",
    "vanished": "{who} was gone while the caller was on hold: the caller waits again",
    "caller hung up": "the caller hung up",
    "wants to listen": "{who} asked to listen",
    "wants to whisper": "{who} asked to whisper to the agent",
    "wants to speak": "{who} asked to speak with both",
    "takes over": "{who} takes the call over from {how}",
    "came in": "{who} came in",
    "left the talk": "{who} left",
    "recording paused": "{who} had the recording paused",
    "recording goes on": "{who} had the recording go on",
    TAPED: "the talk is recorded from here on ({how})",
    "not recorded": "the talk is not recorded: {how}",
    "not recorded yet": "the talk is not recorded yet: {how}",
    "recording ended": "the recording of the talk is over",
}
WHY = {
    "busy": "busy",
    "no-answer": "no answer",
    "failed": "could not be reached",
    "refused": "passed",
    "completed": "hung up",
    "canceled": "not waited for any longer",
}  # how somebody was not to be had


def said_of(happened: Happened) -> str:
    """Say one line of a talk."""
    sentence = SENTENCES.get(happened.what, happened.what)
    said = sentence.format(who=happened.who or "the agent", how=happened.how)
    why = WHY.get(happened.how, "") if happened.what == "not taken" else ""
    return f"{said} ({why})" if why else said


def taped_told(tape: TalkTape) -> Iterator[Happened]:
    """Tell the recording of a talk: its id, from when to when, and why something of the talk is not in it."""
    if tape.reason:
        nothing = tape.state == OVER and not tape.sid
        yield Happened(tape.at, "not recorded" if nothing else "not recorded yet", "", tape.reason)
    if tape.since is not None:
        yield Happened(tape.since, TAPED, "", tape.sid)
    if tape.until is not None and tape.sid:
        yield Happened(tape.until, "recording ended", "", "")
