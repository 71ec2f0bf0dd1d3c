"""Talks in which something was asked for: the room, the whisper to who is called in, and what follows."""

from __future__ import annotations

from contextlib import suppress

from ivr.engine.inputs import Dequeued, Dialed, HungUp, Input
from ivr.engine.queues import QUEUE
from ivr.errors import StoreUnavailable
from ivr.switchboard import Answer
from ivr.switchboard.talking import TalkRoom, Way
from ivr.switchboard.waiting import WaitingRoom
from webhooks import inbound
from webhooks.door import NOTED, Hook, Reply, spoken
from webhooks.escaping import escaped
from webhooks.form import Form
from webhooks.notes import sid
from webhooks.twiml import EMPTY, MAIN, ROOM, Addresses, Context
from webhooks.voice import written


class Talks:
    """The routes of everybody in a talk."""

    def __init__(self, waiting: WaitingRoom, room: TalkRoom, public_url: str) -> None:
        """Answer with addresses under the public URL."""
        self._waiting = waiting
        self._room = room
        self._base = escaped(public_url)

    def caller_parted(self, hook: Hook, token: str) -> Reply:
        """Go on after the room: back into the queue, into the room once more, or to what comes after the talk."""
        call = sid(hook.form, "CallSid")
        if inbound.gone(hook.form):
            return self._caller_left(hook, token, call)
        way = self._room.caller_parted(token, call, hook.at)
        if way.answer is not None:
            return self._say(way.answer, MAIN, hook.form, Addresses(self._base, way.answer.token, waits=way.waits))
        answer = self._go_on(token, call, way, hook.at)
        return self._say(answer, MAIN, hook.form, Addresses(self._base, answer.token, card=answer.card))

    def _go_on(self, token: str, call: str, way: Way, at: float) -> Answer:
        """Move the call as the end of the plain talk would have."""
        if self._room.board.tokens.open(token, call, at).state.phase == QUEUE:
            return self._waiting.left(token, call, Dequeued(at, "bridged", way.waited))
        ended: Input = Dialed(at, "completed", bridged=True, seconds=way.talked)
        return self._room.board.drive(token, call, ended)

    def _caller_left(self, hook: Hook, token: str, call: str) -> Reply:
        """Write down that the caller hung up in the room: they have talked."""
        talk = None
        with suppress(StoreUnavailable):  # then how long they talked is not known
            talk = self._room.talk_of(token, call)
        seconds = max(0, round(hook.at - talk.began)) if talk else 0
        self._room.board.left(token, call, HungUp(hook.at, bridged=True, seconds=seconds))
        self._room.caller_gone(call, hook.at)
        self._waiting.gone(call, hook.at)
        return spoken(EMPTY)

    def party_room(self, hook: Hook, leg: str) -> Reply:
        """Let in the agent whose leg was told to come, or a caller who did not come by themselves."""
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        answer = self._room.room(leg, sid(hook.form, "CallSid"), hook.at)
        mine = "k" if answer.token == leg else "t"  # a caller goes on by the token of their own call
        return self._say(answer, ROOM, hook.form, Addresses(self._base, answer.token, room=mine))

    def party_ask(self, hook: Hook, leg: str) -> Reply:
        """Whisper to whoever was called into a talk; who answered in a browser takes part by that."""
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        if inbound.in_browser(hook.form):
            return self._to_leg(self._room.key(leg, sid(hook.form, "CallSid"), "1", hook.at), hook.form)
        return self._to_leg(self._room.ask(leg, hook.at), hook.form)

    def party_key(self, hook: Hook, leg: str) -> Reply:
        """Hear the key: 1 comes in."""
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        keys = inbound.keys(hook.form)
        return self._to_leg(self._room.key(leg, sid(hook.form, "CallSid"), keys, hook.at), hook.form)

    def party_parted(self, hook: Hook, leg: str) -> Reply:
        """Hear that the room has ended around somebody of ours, or that they have hung up in it."""
        gone = inbound.gone(hook.form)
        answer = self._room.parted(leg, hook.at, gone=gone)
        return spoken(EMPTY) if gone else self._to_leg(answer, hook.form)

    def party_status(self, hook: Hook, leg: str) -> Reply:
        """Hear how the leg of somebody whom we called goes."""
        self._room.status(leg, sid(hook.form, "CallSid"), hook.form.get("CallStatus"), hook.at)
        return NOTED

    def _to_leg(self, answer: Answer, form: Form) -> Reply:
        return self._say(answer, ROOM, form, Addresses(self._base, answer.token, room="k"))

    def _say(self, answer: Answer, context: Context, form: Form, to: Addresses) -> Reply:
        return written(answer, context, form, to)
