"""What the phone page shows of a call: the transcript by turns, the keys that lead somewhere, the YAML, what is known.

The step that spoke is read from the address that its document leads to: the token there is the call's whole state.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from itertools import groupby

from console.booth import InHand
from console.labels import keys_of, tell_facts
from ivr.content import Content
from ivr.engine.state import CallState
from ivr.errors import TokenRefused
from ivr.simulator.acts import Awaiting
from ivr.simulator.transcript import CALLER, MENU, Item
from ivr.token import START, Tokens, starts

Face = dict[str, object]  # JSON for console/static/phone.js

_TOKEN = re.compile(r"/voice/t/([^/#?]+)/")
_WAITS = {"keys": "keys", "voice": "message", "ring": "ring", "talk": "talk"}
_WORDS = {
    "keys": "Listening",
    "message": "Recording after the tone",
    "ring": "It rings: nobody listens for keys now",
    "talk": "The two talk: nobody listens for keys now",
    "whisper": "It rings: the keys 1 and 2 are the agent's now",
    "": "The call is over",
}


class Faces:
    """Shows calls of one installation."""

    def __init__(self, tokens: Tokens) -> None:
        """Take what opens addresses."""
        self._tokens = tokens

    def face(self, one: InHand) -> Face:
        """Give the whole call as the page shows it."""
        with one.lock:
            call, awaiting = one.call, one.awaiting
            items = call.items
            state = self._state(one, awaiting.action or _last_address(items))
            waits = "whisper" if awaiting.kind == "keys" and awaiting.leg else _WAITS.get(awaiting.kind, "")
            return {
                "id": one.id,
                "sid": call.sid,
                "live": not call.over,
                "ended": "over" if call.status == "completed" else call.status.replace("-", " "),
                "seconds": call.clock.now,
                "awaits": waits,
                "back": bool(one.deeds),
                "listens": {"digits": awaiting.digits, "finish": awaiting.finish, "wait": awaiting.wait},
                "words": _WORDS[waits],
                "turns": list(self._turns(one, items, state)),
                "keys": keys_of(one.content, state) if state and waits == "keys" else {},
                "agent": _agent(items, awaiting),
                "source": _source(one.content, state),
                "knows": tell_facts(one.content, state) if state else [],
            }

    def _state(self, one: InHand, address: str) -> CallState | None:
        found = _TOKEN.search(address)
        if found is None:
            return None
        token = found[1]
        try:
            return self._tokens.open(token, START if starts(token) else one.call.sid, time.time()).state
        except TokenRefused:  # an address of another making, such as the fallback's
            return None

    def _turns(self, one: InHand, items: Sequence[Item], last: CallState | None) -> Iterator[Face]:
        heard = [item for item in items if item.verb != "redirect"]
        documents = [list(group) for _, group in groupby(heard, key=lambda item: (item.who, item.leg, item.url))]
        for place, document in enumerate(documents):
            first = document[0]
            if first.who == CALLER:
                yield from (_deed(item) for item in document)
            elif first.who == MENU and not first.leg:
                yield self._spoken(one, document, self._after(one, documents[place + 1 :], last))
            else:
                yield _told(document)

    def _after(self, one: InHand, later: list[list[Item]], last: CallState | None) -> CallState | None:
        """Find the state that a document led to: it stands in the address of the caller's next one."""
        for document in later:
            if document[0].who == MENU and not document[0].leg and document[0].url:
                return self._state(one, document[0].url)
        return last

    def _spoken(self, one: InHand, document: list[Item], state: CallState | None) -> Face:
        step = one.content.tree.steps.get(state.place) if state else None
        head = [state.place, type(step).__name__.lower()] if state and step else []
        if state and state.phase:
            head.append(state.phase)
        spoken = [{"text": words_of(item), "language": item.language or "en", "cut": item.cut} for item in document]
        return {"at": document[0].at, "who": "line", "head": head, "ms": round(document[0].latency), "spoken": spoken}


def _last_address(items: Sequence[Item]) -> str:
    return next((item.url for item in reversed(items) if item.url and not item.leg), "")


def words_of(item: Item) -> str:
    """Write what is heard at one place of a document."""
    if item.spoken and item.verb != "play":
        return item.text
    return {
        "play": "(a recording is played)",
        "record": "(tone)",
        "dial": f"(rings {item.text})" if item.text else "(rings)",
        "hangup": "(hangs up)",
        "reject": "(does not answer)",
    }.get(item.verb, f"({item.verb})")


def _deed(item: Item) -> Face:
    did = {
        "silence": f"nothing for {item.seconds:.0f} s",
        "spoke": f"spoke for {item.seconds:.0f} s",
        "pressed": "pressed",
    }.get(item.verb, item.verb.replace("_", " "))
    keys = item.text if item.verb == "pressed" else ""
    return {
        "at": item.at,
        "who": "you",
        "head": ["You"],
        "ms": None,
        "keys": keys,
        "did": did,
        "spoken": [] if keys else [{"text": did, "language": "en", "cut": False}],
    }


def _told(document: list[Item]) -> Face:
    """Tell what happened on an agent's phone, or at the carrier's."""
    first = document[0]
    if first.verb == "ended" and first.text == "completed":  # as a call should; red is for what the carrier refuses
        over = [{"text": "(the call is over)", "language": "en", "cut": False}]
        return {"at": first.at, "who": "end", "head": [first.who], "ms": None, "spoken": over}
    spoken = [
        {
            "text": words_of(item) if item.who == MENU else f"({item.verb} {item.text})".replace(" )", ")"),
            "language": item.language or "en",
            "cut": item.cut,
        }
        for item in document
    ]
    head = ["agent's phone", first.leg] if first.leg else [first.who]
    return {"at": first.at, "who": "agent" if first.leg else first.who, "head": head, "ms": None, "spoken": spoken}


def _agent(items: Sequence[Item], awaiting: Awaiting) -> Face:
    """Say what the agent's phone does now, and what it last heard."""
    heard = [item.text for item in items if item.leg and item.spoken]
    if awaiting.kind == "ring":
        return {"state": "ringing", "words": f"{', '.join(awaiting.targets)} is ringing."}
    if awaiting.kind == "talk":
        return {"state": "talking", "words": f"Heard before the two were joined: {heard[-1] if heard else ''}"}
    if awaiting.kind == "keys" and awaiting.leg:
        return {"state": "listening", "words": heard[-1] if heard else ""}
    return {
        "state": "quiet",
        "words": f"Last heard: {heard[-1]}"
        if heard
        else "When the line rings a person, the whisper is heard here and not by the caller.",
    }


def _source(content: Content, state: CallState | None) -> Face | None:
    place = content.places.get(state.place) if state else None
    if place is None:
        return None
    lines = content.sources[place.path].splitlines()
    return {"path": place.path, "first": place.line, "last": place.last, "lines": lines}
