"""Our verbs -> the carrier's markup (TwiML); no other file speaks it.

Written by hand: the carrier's library takes 31 us for one prompt, lets control characters through as broken XML and
knows no limit of size. What each kind of document may hold is the table ``Context``; the carrier would skip or refuse
the rest at the caller's cost, so we refuse it here. Source of the limits: the carrier's TwiML pages and error codes
11750 (64 kB), 13201 (a dial in a whisper), 13238 (waiting documents), 13521 (length of one text).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from ivr.card import Carried
from ivr.engine.verbs import (
    Accept,
    CallOut,
    Confer,
    Connect,
    Continue,
    Enqueue,
    EnqueueTask,
    Hang,
    Leave,
    Listen,
    Play,
    PlayBack,
    Prompt,
    Refuse,
    Ring,
    Speak,
    TakeDown,
    TakeMessage,
    Verb,
)
from ivr.errors import IvrError
from ivr.retries import RETRIES
from webhooks.escaping import escaped
from webhooks.hearing import hearing
from webhooks.tasks import priority_of, task_of

# Retried twice on any failure, within the carrier's 15 s. It is never sent to us and never signed.
_RETRIES = RETRIES.replace("&", "&amp;")
LARGEST = 64_000  # bytes of a document; the carrier stops at 64 kB
LONGEST_TEXT = 2_900  # characters of one <Say>; the strictest voices stop at 3,000

_HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response>'
_TAIL = "</Response>"
_EVENTS = "initiated ringing answered completed"


class TwimlRefused(IvrError):
    """This document may not be sent: the carrier forbids it here, or it would end the call by falling off its end."""


@dataclass(frozen=True, slots=True)
class Context:
    """A kind of document: what it may hold, how it must end, and where keys lead."""

    name: str
    allowed: frozenset[type[Verb]]
    ends: frozenset[type[Verb]]
    keys: str = "step"


MAIN = Context(
    "main",
    frozenset(
        {
            *(Speak, Play, PlayBack, Listen, TakeMessage, TakeDown, Continue),
            *(Ring, Enqueue, EnqueueTask, Confer, Hang, Refuse),
        }
    ),
    frozenset({Listen, TakeMessage, TakeDown, Continue, Ring, Enqueue, EnqueueTask, Confer, Hang, Refuse}),
)
WHISPER = Context("whisper", frozenset({Speak, Play, Listen, Hang}), frozenset({Listen, Hang}), "key")
JOINED = Context("joined", frozenset({Speak, Play, Hang}), frozenset({Speak, Play, Hang}))  # its end joins the two
WAITING = Context(
    "waiting", frozenset({Speak, Play, Listen, Continue, Leave, Hang}), frozenset({Continue, Leave, Hang})
)
OFFER = Context(
    "offer",
    frozenset({Speak, Play, Listen, Connect, CallOut, Accept, Confer, Hang}),
    frozenset({Listen, Connect, CallOut, Accept, Confer, Hang}),
    "claim",
)
HELLO = replace(WHISPER, keys="answer")  # to somebody who is called back
ROOM = Context("room", frozenset({Speak, Play, Listen, Confer, Hang}), frozenset({Listen, Confer, Hang}), "key")
NOTICE = Context("notice", frozenset({Speak, Play}), frozenset({Speak, Play}))  # its end joins the two


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where one document leads: absolute, ready to stand in an attribute."""

    base: str  # PUBLIC_URL, escaped
    token: str  # "" where a document leads nowhere
    caller_id: str = ""  # shown to those we ring; "" shows the caller's own number
    card: Carried | None = None  # goes along to browsers and exchanges that ring
    room: str = "t"  # of the token: t a call's, o an agent's leg that we dialled, k a leg in a talk
    waits: int = 0  # number of the waiting document that this is, or that this answers

    def turn(self, what: str) -> str:
        """Give the address of the next turn."""
        return f"{self.base}/voice/{self.room}/{self.token}/{what}{_RETRIES}"

    def note(self, what: str) -> str:
        """Give the address of something the carrier tells us beside the call."""
        return f"{self.base}/voice/{what}{_RETRIES}"

    def audio(self, name: str) -> str:
        """Give the address of a recording of ours."""
        return f"{self.base}/audio/{name}.wav{_RETRIES}"


def document(verbs: tuple[Verb, ...], context: Context, to: Addresses) -> bytes:
    """Write one document, UTF-8.

    Prompts that do not fit are cut, the latest first; what listens, records, rings or ends stays, so the caller has
    a way on.

    Raises TwimlRefused.
    """
    _judge(verbs, context)
    written = _write(verbs, context, to)
    if len(written) <= LARGEST:
        return written
    written = _write(_shortened(verbs, context, to), context, to)
    if len(written) > LARGEST:
        raise TwimlRefused(f"a document of {len(written)} bytes without any words")
    return written


def farewell(text: str, language: str = "en-US") -> bytes:
    """Write the last document of a call that nothing else can answer: one sentence, then the end."""
    return f'{_HEAD}<Say language="{language}">{escaped(text)}</Say><Hangup/>{_TAIL}'.encode()


def answered(text: str) -> bytes:
    """Write the document that answers a text message, or does not: ""."""
    words = f"<Message>{escaped(text)}</Message>" if text else ""
    return f"{_HEAD}{words}{_TAIL}".encode()


EMPTY = f"{_HEAD}<Hangup/>{_TAIL}".encode()  # for a caller who is gone


def _judge(verbs: tuple[Verb, ...], context: Context) -> None:
    if not verbs or type(verbs[-1]) not in context.ends:
        raise TwimlRefused(f"a {context.name} document that falls off its end")
    final = _FINAL
    last = len(verbs) - 1
    for place, verb in enumerate(verbs):
        kind = type(verb)
        if kind not in context.allowed:
            raise TwimlRefused(f"{kind.__name__} in a {context.name} document")
        if place < last and kind in final and not (kind is Listen and context is WAITING):
            raise TwimlRefused(f"verbs after {kind.__name__}, which nobody would reach")
        if place and kind in _FIRST:
            raise TwimlRefused(f"{kind.__name__} must be the first verb of its document")


_FINAL = MAIN.ends | frozenset({Leave, Connect, CallOut, Accept})
_FIRST = frozenset({Ring, Refuse})


def _write(verbs: tuple[Verb, ...], context: Context, to: Addresses) -> bytes:
    body = "".join([_WRITERS[type(verb)](verb, context, to) for verb in verbs])
    return f"{_HEAD}{body}{_TAIL}".encode()


def _speak(verb: Speak, _context: Context, _to: Addresses) -> str:
    text = escaped(verb.text)
    if len(verb.text) > LONGEST_TEXT:
        return "".join(_say(escaped(piece), verb) for piece in _pieces(verb.text))
    return _say(text, verb)


def _say(text: str, verb: Speak) -> str:
    if not text.strip():
        return ""  # an empty text ends the call at the carrier (13520)
    voice = f' voice="{escaped(verb.voice)}"' if verb.voice else ""
    return f'<Say{voice} language="{escaped(verb.language)}">{text}</Say>'


def _play(verb: Play, _context: Context, to: Addresses) -> str:
    return f"<Play>{to.audio(escaped(verb.audio))}</Play>"


def _play_back(verb: PlayBack, _context: Context, _to: Addresses) -> str:
    return f"<Play>{escaped(verb.url)}</Play>" if verb.url.startswith(("https://", "http://")) else ""


def _listen(verb: Listen, context: Context, to: Addresses) -> str:
    prompts = "".join([_WRITERS[type(prompt)](prompt, context, to) for prompt in verb.prompts])
    digits = f' numDigits="{verb.digits}"' if verb.digits else ""
    speech = hearing(verb.speech, verb.hints) if verb.speech else 'input="dtmf"'
    # Who waits and presses nothing goes on to the next document, which stands below.
    silence = "" if context is WAITING else 'actionOnEmptyResult="true" '
    action = to.turn(f"wait/{to.waits}/key" if context is WAITING else context.keys)
    gather = (
        f'<Gather {speech} timeout="{max(1, ceil(verb.wait))}"{digits} finishOnKey="{escaped(verb.finish)}" '
        f'{silence}action="{action}">{prompts}</Gather>'
    )
    return f"{gather}<Hangup/>" if context.name == WHISPER.name else gather


def _take_message(verb: TakeMessage, _context: Context, to: Addresses) -> str:
    # An empty recording asks for no action and falls through: the tail brings it to the same address.
    after = to.turn("recorded")
    written = isinstance(verb, TakeDown)
    words = f'transcribe="true" transcribeCallback="{to.note("transcription")}" ' if written else ""
    return (
        f'<Record timeout="5" maxLength="{verb.seconds}" playBeep="true" action="{after}" {words}'
        f'recordingStatusCallback="{to.note("recording")}" recordingStatusCallbackEvent="completed absent"/>'
        f"<Redirect>{after}</Redirect>"
    )


def _continue(_verb: Continue, context: Context, to: Addresses) -> str:
    return f"<Redirect>{to.turn(f'wait/{to.waits + 1}' if context is WAITING else 'next')}</Redirect>"


def _enqueue(verb: Enqueue, _context: Context, to: Addresses) -> str:
    first = to.turn(f"wait/{to.waits + 1}")
    return f'<Enqueue action="{to.turn("left")}" waitUrl="{first}">{escaped(verb.queue)}</Enqueue>'


def _enqueue_task(verb: EnqueueTask, _context: Context, to: Addresses) -> str:
    return (
        f'<Enqueue workflowSid="{escaped(verb.workflow)}" action="{to.turn("left")}" waitUrl="{to.turn("wait/1")}">'
        f'<Task priority="{priority_of(verb)}" timeout="{verb.longest}">{escaped(task_of(verb, to.token))}</Task>'
        f"</Enqueue>"
    )


def _leave(_verb: Leave, _context: Context, _to: Addresses) -> str:
    return "<Leave/>"


def _connect(verb: Connect, _context: Context, to: Addresses) -> str:
    # The caller waits already: five seconds, the least the carrier takes, are for one who is just leaving.
    return (
        f'<Dial timeout="5" timeLimit="{verb.limit}" action="{to.turn("ended")}">'
        f'<Queue url="{to.turn("notice")}">{escaped(verb.queue)}</Queue></Dial>'
    )


def _call_out(verb: CallOut, _context: Context, to: Addresses) -> str:
    return (
        f'<Dial timeout="{verb.seconds}" timeLimit="{verb.limit}" callerId="{escaped(verb.shown)}" '
        f'action="{to.turn("ended")}"><Number url="{to.turn("hello")}">{escaped(verb.number)}</Number></Dial>'
    )


def _accept(verb: Accept, _context: Context, to: Addresses) -> str:
    after = f' postWorkActivitySid="{escaped(verb.activity)}"' if verb.activity else ""
    return (
        f'<Dial timeout="5" timeLimit="{verb.limit}" action="{to.turn("ended")}">'
        f'<Queue url="{to.turn("notice")}" reservationSid="{escaped(verb.reservation)}"{after}/></Dial>'
    )


def _confer(verb: Confer, _context: Context, to: Addresses) -> str:
    # No tone and no music of the carrier's own: who waits in there is on hold, and hears music by that.
    starts, ends = _flag(verb.starts), _flag(verb.ends)
    flags = f'beep="false" waitUrl="" startConferenceOnEnter="{starts}" endConferenceOnExit="{ends}"'
    muted = ' muted="true"' if verb.muted else ""
    coach = f' coach="{escaped(verb.coached)}"' if verb.coached else ""
    return (
        f'<Dial timeLimit="{verb.limit}" action="{to.turn("parted")}">'
        f"<Conference {flags}{muted}{coach}>{escaped(verb.room)}</Conference></Dial>"
    )


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _ring(verb: Ring, _context: Context, to: Addresses) -> str:
    leg = f' url="{to.turn("whisper")}" statusCallback="{to.note("status")}" statusCallbackEvent="{_EVENTS}"'
    shown = f' callerId="{escaped(to.caller_id)}"' if to.caller_id else ""
    return (
        f'<Dial answerOnBridge="true" timeout="{verb.seconds}" timeLimit="{verb.limit}"{shown} '
        f'action="{to.turn("dialed")}">{"".join(_noun(target, leg, to.card) for target in verb.targets)}</Dial>'
    )


def _noun(target: str, leg: str, card: Carried | None) -> str:
    scheme, _, rest = target.partition(":")
    match scheme:
        case "client":
            if card is None:
                return f"<Client{leg}>{escaped(rest)}</Client>"
            shown = f'<Parameter name="card" value="{escaped(card.sealed)}"/>'
            return f"<Client{leg}><Identity>{escaped(rest)}</Identity>{shown}</Client>"
        case "sip" | "sips":
            with_card = f"{target}{'&' if '?' in target else '?'}{card.headers}" if card else target
            return f"<Sip{leg}>{escaped(with_card)}</Sip>"
        case _:
            return f"<Number{leg}>{escaped(target)}</Number>"


def _hang(_verb: Hang, _context: Context, _to: Addresses) -> str:
    return "<Hangup/>"


def _refuse(verb: Refuse, _context: Context, _to: Addresses) -> str:
    return f'<Reject reason="{escaped(verb.reason)}"/>'


_WRITERS: dict[type[Verb], Callable[[Any, Context, Addresses], str]] = {
    Speak: _speak,
    Play: _play,
    PlayBack: _play_back,
    Listen: _listen,
    TakeMessage: _take_message,
    TakeDown: _take_message,
    Continue: _continue,
    Ring: _ring,
    Enqueue: _enqueue,
    EnqueueTask: _enqueue_task,
    Leave: _leave,
    Connect: _connect,
    CallOut: _call_out,
    Accept: _accept,
    Confer: _confer,
    Hang: _hang,
    Refuse: _refuse,
}


def _pieces(text: str) -> list[str]:
    """Cut a long text at spaces into pieces that one <Say> may hold."""
    pieces: list[str] = []
    while len(text) > LONGEST_TEXT:
        cut = text.rfind(" ", 1, LONGEST_TEXT)
        cut = cut if cut > 0 else LONGEST_TEXT
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text]


def _shortened(verbs: tuple[Verb, ...], context: Context, to: Addresses) -> tuple[Verb, ...]:
    """Leave out the prompts that do not fit, from the first that is too much."""
    room = LARGEST - len(_write(tuple(_wordless(verbs)), context, to))
    kept: list[Verb] = []
    for verb in verbs:
        prompts: list[Prompt] = []
        for prompt in _prompts(verb):
            size = len(_write((prompt,), context, to))
            if size > room:  # this one in part, and none after it
                prompts += _first_part(prompt, room)
                room = 0
                break
            prompts.append(prompt)
            room -= size
        if isinstance(verb, Listen):
            kept.append(replace(verb, prompts=tuple(prompts)))
        else:
            kept += prompts if isinstance(verb, Speak | Play) else [verb]
    return tuple(kept)


def _wordless(verbs: tuple[Verb, ...]) -> Iterator[Verb]:
    """Give what remains of a document when nothing is spoken."""
    for verb in verbs:
        if isinstance(verb, Listen):
            yield replace(verb, prompts=())
        elif not isinstance(verb, Speak | Play):
            yield verb


def _prompts(verb: Verb) -> tuple[Prompt, ...]:
    match verb:
        case Listen(prompts=prompts):
            return prompts
        case Speak() | Play():
            return (verb,)
        case _:
            return ()


def _first_part(prompt: Prompt, room: int) -> list[Prompt]:
    """Cut a text to what surely fits: a character takes six bytes at most, and a seventh is for the tags."""
    if isinstance(prompt, Play):
        return []
    text = prompt.text[: room // 7].rpartition(" ")[0]
    return [replace(prompt, text=text)] if text else []
