"""How each verb of a document is played; Dial has a file of its own. Source: the carrier's TwiML reference (voice)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ivr.simulator.acts import Act, Awaiting, CallerGone, Keys, Says, Silence, Spoke
from ivr.simulator.carrier import Fetched, Request, join, new_sid
from ivr.simulator.leg import CHARACTERS, KEY_GAP, End, Flow, Leg, Next, spoken
from ivr.simulator.transcript import MENU, Item
from ivr.simulator.twiml import Verb


def say(leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
    """Speak or play to the end; keys pressed meanwhile are lost."""
    item = spoken(leg, verb, fetched, asked=False)
    leg.note(item)
    leg.clock.run(item.seconds)
    yield from ()
    return None


def pause(leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
    """Wait in silence."""
    del fetched
    seconds = verb.seconds("length", 1)
    leg.note(Item(leg.clock.now, MENU, "pause", seconds=seconds))
    leg.clock.run(seconds)
    yield from ()
    return None


def redirect(leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
    """Go to another document, without keys."""
    leg.note(Item(leg.clock.now, MENU, "redirect", url=fetched.url, latency=fetched.latency))
    yield from ()
    if not verb.text:
        return fetched.request
    return Request(join(fetched.url, verb.text), (), verb.get("method", "POST"))


def hang_up(leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
    """End this leg."""
    del verb
    leg.note(Item(leg.clock.now, MENU, "hangup", url=fetched.url, latency=fetched.latency))
    yield from ()
    return End.HUNG_UP


def reject(leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
    """Never answer."""
    reason = verb.get("reason", "rejected")
    leg.note(Item(leg.clock.now, MENU, "reject", reason, url=fetched.url, latency=fetched.latency))
    yield from ()
    return End.BUSY if reason == "busy" else End.REJECTED


@dataclass(frozen=True, slots=True)
class Heard:
    """What a Gather made of the keys."""

    digits: str
    finished_on: str  # the key that ended it, "" for a number of digits or a pause
    used: int  # keys taken
    at: float  # when it was over


def take_keys(pressed: list[tuple[float, str]], verb: Verb) -> Heard:
    """Read keys as Gather does: by number, by the finishing key, else by the pause after the last one."""
    finish, most = verb.get("finishOnKey", "#"), int(verb.get("numDigits", "0"))
    digits = ""
    for used, (when, key) in enumerate(pressed, start=1):
        if finish and key == finish:
            return Heard(digits, key, used, when)
        digits += key
        if len(digits) == most:
            return Heard(digits, "", used, when)
    return Heard(digits, "", len(pressed), pressed[-1][0] + _timeout(verb))


def _timeout(verb: Verb) -> float:
    return verb.seconds("timeout", 5)


def gather(leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
    """Speak and listen at once; a key stops the words. Its action follows, or the verb below."""
    first = len(leg.story.items)
    ends = _prompts(leg, verb, fetched)
    awaiting = Awaiting(
        "keys",
        leg.name,
        int(verb.get("numDigits", "0")),
        verb.get("finishOnKey", "#"),
        _timeout(verb),
        ends - leg.clock.now,
        action=_action(verb, fetched, ()).url,
        hears="speech" in verb.get("input", "dtmf").split(),
    )
    came = yield from leg.wait_for_keys(awaiting, ends)
    if came and not verb.on("bargeIn", default=True):
        leg.ahead = [(when, key) for when, key in leg.ahead if when >= ends]
    if leg.said is not None:
        return _hear(leg, verb, fetched, ends)
    if not leg.ahead:
        leg.clock.run(ends - leg.clock.now + _timeout(verb))
        leg.acted("silence", seconds=_timeout(verb))
        return _after_gather(verb, fetched, Heard("", "", 0, 0.0))
    _cut(leg, first, leg.ahead[0][0])
    heard = take_keys(leg.ahead, verb)
    pressed = "".join(key for _, key in leg.ahead[: heard.used])
    leg.ahead = leg.ahead[heard.used :]
    leg.clock.run(max(0.0, heard.at - leg.clock.now))
    leg.acted("pressed", pressed)
    return _after_gather(verb, fetched, heard, tells=leg.line.carrier.names_finish)


def _hear(leg: Leg, verb: Verb, fetched: Fetched, ends: float) -> Next:
    """Write down words that were said after the prompts, and go to the action with them."""
    said = leg.said or Says("")
    pause = verb.seconds("speechTimeout", 1.0)  # `auto` ends at the first pause
    leg.clock.run(ends - leg.clock.now + len(said.words) / CHARACTERS + pause)
    leg.acted("said", said.words)
    return _action(verb, fetched, (("SpeechResult", said.words), ("Confidence", f"{said.confidence:g}")))


def _prompts(leg: Leg, verb: Verb, fetched: Fetched) -> float:
    """Write down what will be spoken while we listen; give when it will have been heard out."""
    at = leg.clock.now
    for child in verb.children:
        if child.name == "Pause":
            at += child.seconds("length", 1)
            continue
        item = spoken(leg, child, fetched, asked=True)
        leg.note(replace(item, at=at))
        at += item.seconds
    return at


def _cut(leg: Leg, first: int, when: float) -> None:
    """Mark what a key stopped."""
    items = leg.story.items
    for place in range(first, len(items)):
        if items[place].at + items[place].seconds > when + 1e-6:
            items[place] = replace(items[place], cut=True)


def _after_gather(verb: Verb, fetched: Fetched, heard: Heard, tells: bool = False) -> Next:
    if not heard.digits and not verb.on("actionOnEmptyResult"):
        return None
    fields = [("Digits", heard.digits)]
    if tells:
        fields += [("msg", "Gather End"), ("FinishedOnKey", heard.finished_on)]
    return _action(verb, fetched, tuple(fields))


def _action(verb: Verb, fetched: Fetched, fields: tuple[tuple[str, str], ...]) -> Request:
    """Go to a verb's action; without one the carrier asks for the same document again."""
    url = join(fetched.url, verb.get("action")) if verb.get("action") else fetched.request.url
    return Request(url, fields, verb.get("method", "POST"))


def record(leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
    """Record the caller; an empty recording falls through to the verb below."""
    longest = verb.seconds("maxLength", 3600)
    leg.note(Item(leg.clock.now, MENU, "record", seconds=longest, url=fetched.url, latency=fetched.latency))
    if any(when >= leg.clock.now for when, _ in leg.ahead):
        act: Act = Keys("".join(key for _, key in leg.ahead))
    else:
        action = _action(verb, fetched, ()).url
        patience = _timeout(verb)
        act = yield from leg.wait(
            Awaiting("voice", leg.name, 0, verb.get("finishOnKey"), patience, longest, action=action)
        )
    leg.ahead = []
    if not isinstance(act, Spoke) or act.seconds <= 0:
        _empty(leg, verb, act)
        return None
    act = _cut_short(leg, act, longest)
    finish = verb.get("finishOnKey", "1234567890*#")
    key = act.key if act.key in finish else ""
    seconds = min(longest, act.seconds)
    pause_after = _timeout(verb) if not key and not act.hangs_up and seconds < longest else 0.0
    if act.hangs_up:
        leg.clock.now += seconds  # the clock may not end the call before the recording is told
    else:
        leg.clock.run(seconds + pause_after)
    leg.acted("spoke", key, seconds)
    sid = new_sid("RE")
    fields = _recorded(leg, verb, fetched, sid, round(max(1.0, seconds)))
    if act.hangs_up:
        leg.status = "completed"
        ask = _action(verb, fetched, (*fields, ("Digits", "hangup")))
        leg.tell(replace(ask, fields=(*leg.fields(), *ask.fields)))
        raise CallerGone
    return _action(verb, fetched, (*fields, ("Digits", key)))


def _cut_short(leg: Leg, act: Spoke, longest: float) -> Spoke:
    """End a message at the moment when the caller is bound to leave."""
    left = None if leg.clock.leaves is None else leg.clock.leaves - leg.clock.now
    if left is None or left > min(longest, act.seconds):
        return act
    return Spoke(max(1.0, left), hangs_up=True)


def _empty(leg: Leg, verb: Verb, act: Act) -> None:
    leg.clock.run(_timeout(verb) if isinstance(act, Silence) else KEY_GAP)
    if isinstance(act, Keys):
        leg.acted("pressed", act.keys)
    else:
        leg.acted("silence", seconds=_timeout(verb))


def _recorded(leg: Leg, verb: Verb, fetched: Fetched, sid: str, seconds: int) -> tuple[tuple[str, str], ...]:
    """Keep the recording with the carrier, arrange for its callback, and give the fields of the action."""
    carrier = leg.line.carrier
    entry = carrier.ledger.note_recording(sid, leg.party.sid, seconds)
    url = f"{carrier.api}/2010-04-01/Accounts/{carrier.account}/Recordings/{sid}"
    fields = (("RecordingUrl", url), ("RecordingSid", sid), ("RecordingDuration", str(seconds)))
    status = "absent" if entry.absent else "completed"
    if verb.get("recordingStatusCallback") and status in verb.get("recordingStatusCallbackEvent", "completed").split():
        told = (
            ("AccountSid", carrier.account),
            ("CallSid", leg.party.sid),
            *fields,
            ("RecordingStatus", status),
            ("RecordingChannels", "1"),
            ("RecordingSource", "RecordVerb"),
            ("RecordingTrack", "inbound"),
        )
        method = verb.get("recordingStatusCallbackMethod", "POST")
        leg.story.callbacks.append(Request(join(fetched.url, verb.get("recordingStatusCallback")), told, method))
    if verb.on("transcribe") and verb.get("transcribeCallback"):
        leg.story.callbacks.append(_written_down(leg, verb, fetched, seconds))
    return fields


def _written_down(leg: Leg, verb: Verb, fetched: Fetched, seconds: int) -> Request:
    """Tell the words of a recording: the carrier writes down what is longer than 2 and shorter than 120 seconds."""
    done = 2 < seconds < 120
    told = (
        *leg.fields(),
        ("TranscriptionSid", new_sid("TR")),
        ("TranscriptionText", leg.line.carrier.ledger.words if done else ""),
        ("TranscriptionStatus", "completed" if done else "failed"),
        ("RecordingSid", next(reversed(leg.line.carrier.ledger.recordings))),
    )
    return Request(join(fetched.url, verb.get("transcribeCallback")), told)
