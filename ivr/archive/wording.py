"""Inputs, verbs and events in words that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.archive.promises import ENDED
from ivr.engine.effects import (
    AskBySms,
    CreateCase,
    Effect,
    KeepAnswer,
    KeepPrompt,
    KeepRecording,
    PutOnAir,
    RequestCallBack,
    SendMessage,
    SubmitLater,
    SwitchFlag,
    TakeOffAir,
)
from ivr.engine.inputs import (
    Aside,
    Called,
    Continued,
    Dequeued,
    Dialed,
    Found,
    HungUp,
    Input,
    LateWords,
    Offered,
    OfferKeyed,
    Parted,
    Pressed,
    Reached,
    ReachedKeyed,
    Recorded,
    Said,
    Silent,
    WaitKeyed,
    Waits,
)
from ivr.engine.verbs import (
    Accept,
    CallOut,
    Confer,
    Connect,
    Enqueue,
    EnqueueTask,
    Hang,
    Leave,
    Listen,
    Play,
    PlayBack,
    Refuse,
    Ring,
    Speak,
    TakeDown,
    TakeMessage,
    Verb,
)

# what a carrier says of the number (STIR); it is told, and judges nobody
VOUCHED = {True: ", vouched for by a carrier", False: ", which no carrier vouches for", None: ""}


def in_words(did: Input) -> str:  # noqa: C901, PLR0911 - one sentence per kind of input
    """Say what a caller or the carrier did."""
    match did:
        case Called(_, number, to, verified):
            return f"called {to} from {number or 'a withheld number'}{VOUCHED[verified]}"
        case Pressed(_, keys):
            return f"pressed {keys}" if keys else "pressed keys that are secret"
        case Said(_, text, confidence):
            return f'said "{text}" (sure to {confidence:.0%})'
        case Silent():
            return "stayed silent"
        case Continued():
            return "listened"
        case Recorded(_, sid, _, seconds):
            return f"spoke for {seconds} s" if sid else "said nothing"
        case Dialed(_, status, bridged, seconds):
            return f"talked for {seconds} s" if bridged else f"was not joined ({status})"
        case Found(_, outcome):
            return f"waited for an answer ({outcome})"
        case HungUp(_, recording, bridged):
            left = " while recording" if recording else " after a talk" if bridged else ""
            return f"hung up{left}"
        case LateWords(_, _, words):
            return f"had spoken for {words.seconds} s, as turned up later"
        case Dequeued(_, result, seconds, why):
            return f"was in the queue for {seconds} s ({why or result})"
        case _:
            return beside_in_words(did)


def in_a_word(kind: str) -> str:
    """Say what kind of thing was done, where no more can be read; see the inputs of the engine."""
    return _KINDS.get(kind, kind)


def beside_in_words(did: Aside) -> str:  # noqa: PLR0911 - one sentence per kind of input
    """Say what was done while waiting, or by an agent whom we called."""
    match did:
        case Waits(_, _, seconds):
            return f"waited, {seconds} s so far"
        case WaitKeyed(_, _, keys):
            return f"pressed {keys} while waiting" if keys else "waited on"
        case Offered():
            return "an agent answered"
        case OfferKeyed(_, keys):
            return f"the agent pressed {keys}" if keys else "the agent pressed nothing"
        case Parted(_, bridged, how):
            return "the talk is over" if bridged else f"not joined: {ENDED[how]}" if how in ENDED else _NOBODY
        case Reached():
            return "a call back was answered"
        case ReachedKeyed(_, keys):
            return f"the caller who was called back pressed {keys}" if keys else "no key was pressed on the call back"


_NOBODY = "the agent met nobody"
_KINDS = {
    "Called": "called",
    "Pressed": "pressed keys",
    "Said": "said something",
    "Silent": "stayed silent",
    "Continued": "listened",
    "Recorded": "spoke",
    "Dialed": "a team was rung",
    "Dequeued": "was in the queue",
    "Waits": "waited",
    "WaitKeyed": "pressed keys while waiting",
    "Offered": "an agent answered",
    "OfferKeyed": "the agent pressed keys",
    "Parted": "the talk is over",
    "Reached": "a call back was answered",
    "ReachedKeyed": "pressed keys on the call back",
    "HungUp": "hung up",
    "Found": "waited for an answer",
    "LateWords": "had spoken, as turned up later",
}
_DEEDS = {
    TakeMessage: "(beep)",
    TakeDown: "(beep)",
    Enqueue: "(waits in the queue)",
    EnqueueTask: "(waits for TaskRouter)",
    Leave: "(leaves the queue)",
    Connect: "(is joined to the caller)",
    CallOut: "(the caller is called back)",
    Accept: "(is joined to the caller)",
    Confer: "(comes into the room of the talk)",
    Hang: "(the call is ended)",
}


def spoken(verb: Verb, sounds: Mapping[str, str] | None = None) -> Iterator[str]:
    """Say what a verb lets the caller hear; `sounds` knows the words of recordings."""
    match verb:
        case Speak(text):
            yield text
        case Play(audio):
            words = (sounds or {}).get(audio, "")
            yield f"{words} (recorded)" if words else f"(recording {audio[:12]})"
        case PlayBack():
            yield "(what was recorded)"
        case Listen(prompts):
            for prompt in prompts:
                yield from spoken(prompt, sounds)
        case Ring(targets):
            yield f"(rings {', '.join(targets)})"
        case Refuse(reason):
            yield f"(refused: {reason})"
        case _ if type(verb) in _DEEDS:
            yield _DEEDS[type(verb)]


def voices(verb: Verb) -> Iterator[str]:
    """Say in which language and voice a verb speaks; a recording of ours is in nobody's."""
    match verb:
        case Speak(_, language, voice):
            yield f"{language}, {voice}" if voice else language
        case Listen(prompts):
            for prompt in prompts:
                yield from voices(prompt)


def wanted(effect: Effect) -> str:  # noqa: C901, PLR0911 - one line per kind of effect
    """Say what a turn wants done outside the call."""
    match effect:
        case CreateCase(number, kind, about):
            return f"case {number}: {kind}" + (f", {about}" if about else "")
        case KeepRecording(sid, _, name, seconds):
            return f"recording {sid}: {name}, {seconds} s"
        case KeepAnswer(_, question, _, value):
            return f"answer to {question}: {value}"
        case AskBySms(step, question):
            return f"survey {step} by SMS, from question {question}"
        case RequestCallBack(team, number, first, _, zone):
            return f"call back {number}: team {team}, from {first} {zone}"
        case SubmitLater(step):
            return f"submit of {step}, for a caller who hung up"
        case SwitchFlag(flag, owner, until):
            return f"flag {flag}: {'off' if until is None else 'on'}, by {owner}"
        case PutOnAir(sid, owner, _, language):
            return f"announcement in {language} from recording {sid}, by {owner}"
        case TakeOffAir(owner):
            return f"announcement ended, by {owner}"
        case KeepPrompt(sid, owner, name, language):
            return f"prompt {name} in {language} from recording {sid}, by {owner}"
        case SendMessage(by, to, text, team=team, attach=attach):
            whose = f" (team {team})" if team else ""
            along = f", with {len(attach)} recording{'s' if len(attach) > 1 else ''}" if attach else ""
            return f"{by} to {to}{whose}: {text}{along}"
