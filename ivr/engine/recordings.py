"""What a caller leaves in their own words."""

from __future__ import annotations

from ivr.engine.effects import KeepRecording
from ivr.engine.events import MessageLeft
from ivr.engine.inputs import Continued, HungUp, LateWords, Recorded
from ivr.engine.moment import Moment
from ivr.engine.speech import type_of
from ivr.engine.tree import Record
from ivr.engine.tries import opening, stay_silent
from ivr.engine.verbs import TakeDown, TakeMessage

# What the carrier can write down. Source: https://www.twilio.com/docs/voice/twiml/record#transcribe
WRITTEN, LONGEST = "en-US", 120  # its only language, seconds
MESSAGE = "message"  # the name of words of which nobody knows where they were spoken


def lost(moment: Moment, node: Record) -> str | None:
    """Leave where nothing could be kept of a recording; None where it can be made."""
    if not moment.fact("store.lost"):
        return None
    return moment.leave(node, "failed" if "failed" in node.exits else "silence")


def listen(moment: Moment, node: Record, cause: str = "") -> None:
    """Ask for the caller's words and record them."""
    moment.verbs += opening(moment, node, cause)
    written = node.transcribe and moment.now.language == WRITTEN and node.up_to <= LONGEST
    moment.verbs.append(TakeDown(node.up_to) if written else TakeMessage(node.up_to))


def take(moment: Moment, node: Record, given: Recorded) -> str | None:
    """Keep the recording and go on; an empty one is a silence."""
    if not given.sid:
        return stay(moment, node, given)
    moment.now.quiet = 0
    keep(moment, node, given)
    return node.next


def stay(moment: Moment, node: Record, _given: Recorded | Continued) -> str | None:
    """Hear nothing: the carrier went past the recording."""
    return stay_silent(moment, node, lambda: listen(moment, node, "silent"))


def hang_up(moment: Moment, node: Record, given: HungUp) -> str:
    """Keep what was recorded until the caller hung up; most people end a message so."""
    end = moment.hang_up_unheard()
    if given.recording is None or not given.recording.sid:
        return end
    keep(moment, node, given.recording)
    return node.next


def keep(moment: Moment, node: Record, recording: Recorded) -> None:
    """Keep a recording under the step's name."""
    moment.keep(node.name, recording.sid)
    moment.events.append(MessageLeft(node.id, node.name, recording.seconds))
    moment.effects.append(KeepRecording(recording.sid, recording.url, node.name, recording.seconds))


def turn_up(moment: Moment, given: LateWords) -> None:
    """Keep words that turn up when the call is over: nobody hears anything, and nothing goes on from them."""
    node = moment.tree.steps.get(given.step)
    name = node.name if isinstance(node, Record) else MESSAGE
    words = given.recording
    moment.gone = True
    moment.events.append(MessageLeft(given.step, name, words.seconds))
    moment.effects.append(KeepRecording(words.sid, words.url, name, words.seconds))


def kept(moment: Moment) -> tuple[str, ...]:
    """Return the ids of all that the caller has said in this call."""
    values = moment.now.values.items()
    return tuple(str(value) for name, value in values if type_of(moment.tree, name) == "recording")
