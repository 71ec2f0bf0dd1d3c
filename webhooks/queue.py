"""Queues: what callers hear while they wait, how the wait ends, and the agents whom we call for them."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import Any

import structlog

from ivr.engine.inputs import OfferKeyed, Parted, ReachedKeyed, WaitKeyed
from ivr.errors import StoreUnavailable
from ivr.switchboard import Answer
from ivr.switchboard.offering import GONE, OfferRoom
from ivr.switchboard.talking import TalkRoom, Way
from ivr.switchboard.waiting import WaitingRoom
from webhooks import inbound
from webhooks.door import NOTED, Hook, Reply, View, spoken
from webhooks.escaping import escaped
from webhooks.form import Form
from webhooks.notes import sid
from webhooks.twiml import EMPTY, HELLO, JOINED, MAIN, NOTICE, OFFER, WAITING, Addresses, Context
from webhooks.voice import written

log = structlog.get_logger()


def ending(view: View) -> View:
    """Let a leg of ours end where the database is away: who may join is kept there, and an error would be spoken."""

    @wraps(view)
    def led(hook: Hook, **values: Any) -> Reply:
        try:
            return view(hook, **values)
        except StoreUnavailable as away:
            log.error("leg_ended", view=view.__name__, why=str(away))  # noqa: TRY400 - it is expected
            return spoken(EMPTY)

    return led


class Waits:
    """The routes of a caller who waits."""

    def __init__(self, room: WaitingRoom, talks: TalkRoom, public_url: str) -> None:
        """Answer with addresses under the public URL."""
        self._room = room
        self._talks = talks
        self._base = escaped(public_url)

    def wait(self, hook: Hook, token: str, number: int) -> Reply:
        """Speak the next waiting document."""
        call = sid(hook.form, "CallSid")
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        given = inbound.waits(hook.form, hook.at, number)
        answer = self._room.wait(token, call, given, inbound.pretended(hook.form))
        return self._say(answer, WAITING, hook.form, number)

    def wait_key(self, hook: Hook, token: str, number: int) -> Reply:
        """Hear a key of a caller who waits."""
        call = sid(hook.form, "CallSid")
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        given = WaitKeyed(hook.at, number, inbound.keys(hook.form))
        answer = self._room.key(token, call, given, inbound.pretended(hook.form))
        return self._say(answer, WAITING, hook.form, number)

    def left(self, hook: Hook, token: str) -> Reply:
        """Go on after the queue; a caller who is gone leaves it with this request."""
        call = sid(hook.form, "CallSid")
        if inbound.gone(hook.form):
            self._room.board.left(token, call, inbound.hung_up(hook.form, hook.at))
            self._room.gone(call, hook.at)
            self._talks.caller_gone(call, hook.at)
            return spoken(EMPTY)
        given = inbound.dequeued(hook.form, hook.at)
        if inbound.came_out(hook.form):
            way = self._talks.caller_out(token, call, given.seconds, hook.at)
            if way.answer is not None:
                return self.lead(way, hook.form)
            given = replace(given, result="bridged" if way.over else given.result, seconds=given.seconds + way.waited)
        if given.result == "redirected":  # whoever took the caller out says what comes next
            self._room.redirected(token, call, hook.at)
            return spoken(EMPTY)
        answer = self._room.left(token, call, given, inbound.pretended(hook.form))
        return self._say(answer, MAIN, hook.form)

    def lead(self, way: Way, form: Form) -> Reply:
        """Lead a caller into the room of their talk, or back into the queue."""
        return self._say(way.answer or Answer((), ""), MAIN, form, way.waits)

    def _say(self, answer: Answer, context: Context, form: Form, number: int = 0) -> Reply:
        return written(answer, context, form, Addresses(self._base, answer.token, card=answer.card, waits=number))


class Legs:
    """The routes of an agent's leg that we dialled."""

    def __init__(self, room: OfferRoom, public_url: str) -> None:
        """Answer with addresses under the public URL."""
        self._room = room
        self._base = escaped(public_url)

    def offer(self, hook: Hook, leg: str) -> Reply:
        """Whisper to an agent who answered; who answered in a browser has taken the call by that."""
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        if inbound.in_browser(hook.form) and inbound.pretended(hook.form) is None:
            self._room.offer(leg, sid(hook.form, "CallSid"), hook.at)
            taken = self._room.claim(leg, sid(hook.form, "CallSid"), OfferKeyed(hook.at, "1"))
            return self._say(taken, OFFER, hook.form)
        answer = self._room.offer(leg, sid(hook.form, "CallSid"), hook.at, inbound.pretended(hook.form))
        return self._say(answer, OFFER, hook.form)

    def claim(self, hook: Hook, leg: str) -> Reply:
        """Hear the agent's key: 1 takes the call."""
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        given = OfferKeyed(hook.at, inbound.keys(hook.form))
        answer = self._room.claim(leg, sid(hook.form, "CallSid"), given, inbound.pretended(hook.form))
        return self._say(answer, OFFER, hook.form)

    def take(self, hook: Hook, leg: str) -> Reply:
        """Join an agent who has pressed 1 on the desk page while the whisper asked for it."""
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        return self._say(self._room.take(leg, sid(hook.form, "CallSid"), hook.at), OFFER, hook.form)

    def notice(self, hook: Hook, leg: str) -> Reply:
        """Tell the caller that somebody is there; this is spoken on the caller's side."""
        return self._say(Answer(self._room.notice(leg, hook.at), leg), NOTICE, hook.form)

    def ended(self, hook: Hook, leg: str) -> Reply:
        """Free the agent, who may have hung up already."""
        name, gone = sid(hook.form, "CallSid"), inbound.gone(hook.form)
        talk = self._room.to_the_room(leg, name, hook.at, gone=gone)
        if talk is not None:
            return (
                spoken(EMPTY) if gone else written(talk, OFFER, hook.form, Addresses(self._base, talk.token, room="k"))
            )
        given = Parted(hook.at, inbound.joined(hook.form), GONE if gone else hook.form.get("DialCallStatus"))
        answer = self._room.ended(leg, name, given, inbound.pretended(hook.form))
        return spoken(EMPTY) if gone else self._say(answer, OFFER, hook.form)

    def hello(self, hook: Hook, leg: str) -> Reply:
        """Greet whoever answers a call back, in place of the agent who waits for them."""
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        return self._say(self._room.reached(leg, sid(hook.form, "CallSid"), hook.at), HELLO, hook.form)

    def answer(self, hook: Hook, leg: str) -> Reply:
        """Hear their key: 1 is joined to the agent."""
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        given = ReachedKeyed(hook.at, inbound.keys(hook.form))
        return self._say(self._room.answered(leg, sid(hook.form, "CallSid"), given), JOINED, hook.form)

    def joined(self, hook: Hook, leg: str) -> Reply:
        """Hear who has come into the conference in which TaskRouter joins a browser and a caller."""
        if hook.form.get("StatusCallbackEvent") == "participant-join":
            self._room.joined(leg, sid(hook.form, "CallSid"), sid(hook.form, "ConferenceSid"), hook.at)
        return NOTED

    def leg_status(self, hook: Hook, leg: str) -> Reply:
        """Hear how the agent's leg goes."""
        self._room.status(leg, hook.form.get("CallStatus"), hook.at)
        return NOTED

    def _say(self, answer: Answer, context: Context, form: Form) -> Reply:
        return written(answer, context, form, Addresses(self._base, answer.token, room="o"))
