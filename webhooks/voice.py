"""What moves a call or speaks on its legs: one request, one turn, one document."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from ivr.engine.inputs import Continued, Dialed, Input, Pressed
from ivr.engine.verbs import Ring
from ivr.errors import IvrError, StoreUnavailable
from ivr.metrics.counted import FALLBACKS
from ivr.switchboard import Answer, Leg, Notice, Switchboard
from ivr.switchboard.talking import TalkRoom
from ivr.switchboard.taping import TapeRoom
from ivr.token import starts
from ivr.turns import TAKES
from webhooks import inbound
from webhooks.door import Hook, Reply, spoken
from webhooks.escaping import escaped
from webhooks.form import Form
from webhooks.notes import sid
from webhooks.twiml import EMPTY, JOINED, MAIN, WHISPER, Addresses, Context, TwimlRefused, document, farewell

SORRY = "We are sorry, we cannot go on with this call. Please call again in a few minutes."
LONGEST_TARGET = 250  # characters of an address that we ring

log = structlog.get_logger()


class Voice:
    """The routes that answer with words."""

    def __init__(self, switchboard: Switchboard, talks: TalkRoom, tapes: TapeRoom, public_url: str) -> None:
        """Answer with addresses under the public URL, whatever host a request names."""
        self._switchboard = switchboard
        self._talks = talks
        self._tapes = tapes
        self._base = escaped(public_url)

    def called(self, hook: Hook) -> Reply:
        """Take a call on one of our numbers."""
        call = sid(hook.form, "CallSid")
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        return self._say(self._switchboard.begin(call, inbound.called(hook.form, hook.at)), MAIN, hook.form)

    def step(self, hook: Hook, token: str) -> Reply:
        """Hear which keys the caller pressed, or none; a start token begins a pretended call."""
        return self._drive(hook, token, inbound.called if starts(token) else inbound.keyed)

    def next(self, hook: Hook, token: str) -> Reply:
        """Go on where our own redirect comes back."""
        return self._drive(hook, token, inbound.continued)

    def recorded(self, hook: Hook, token: str) -> Reply:
        """Hear that the caller has spoken, or said nothing."""
        return self._drive(hook, token, inbound.recorded)

    def dialed(self, hook: Hook, token: str) -> Reply:
        """Hear how a ring ended; who came out of a talk in which something was asked for may have a room to go to."""
        call = sid(hook.form, "CallSid")
        if inbound.had_answer(hook.form) and not inbound.gone(hook.form):
            way = self._talks.caller_out(token, call, 0, hook.at)
            if way.answer is not None:
                return self._say(way.answer, MAIN, hook.form)
            if way.over:  # whatever the carrier calls the end of a ring whose agent was moved: they have talked
                ended = Dialed(hook.at, "completed", bridged=True, seconds=way.talked)
                return self._say(self._switchboard.drive(token, call, ended), MAIN, hook.form)
        return self._drive(hook, token, inbound.dialed)

    def whisper(self, hook: Hook, token: str) -> Reply:
        """Speak to whoever of ours answered; the caller does not hear it."""
        return self._side(hook, token, Continued(hook.at), WHISPER)

    def key(self, hook: Hook, token: str) -> Reply:
        """Join the two, or hang up on whoever did not take the call."""
        return self._side(hook, token, inbound.keyed(hook.form, hook.at), JOINED)

    def fallback(self, hook: Hook) -> Reply:
        """Go on from the last turn that was heard: the carrier could not use our answer."""
        call = sid(hook.form, "CallSid")
        FALLBACKS.add()
        log.warning("fallback", call=call, error=hook.form.get("ErrorCode"))
        self._fault(call, hook)
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        try:
            answer = self._switchboard.fallback(call, inbound.called(hook.form, hook.at))
        except IvrError as error:
            log.error("fallback_failed", call=call, kind=type(error).__name__, why=str(error))  # noqa: TRY400
            return spoken(farewell(SORRY))  # nobody is left whom the carrier could ask
        return self._say(answer, MAIN, hook.form)

    def _fault(self, call: str, hook: Hook) -> None:
        """Write down why the carrier could not use our answer, for the call's story; the caller goes on without it."""
        code = hook.form.get("ErrorCode")[:10]
        event = f"{code} {hook.form.get('ErrorUrl') or hook.at}"  # the address has the turn in it: a repeat is the same
        try:
            self._switchboard.note(Notice(call, call, "fault", event, hook.at, {"ErrorCode": code}))
        except StoreUnavailable as away:
            log.warning("fault_not_noted", call=call, why=str(away))

    def _drive(self, hook: Hook, token: str, read: Callable[[Form, float], Input]) -> Reply:
        call = sid(hook.form, "CallSid")
        if inbound.gone(hook.form):
            self._switchboard.left(token, call, inbound.hung_up(hook.form, hook.at))
            return spoken(EMPTY)
        heard = read(hook.form, hook.at)
        answer = self._switchboard.drive(token, call, heard, inbound.pretended(hook.form))
        return self._say(answer, MAIN, hook.form)

    def _side(self, hook: Hook, token: str, heard: Input, context: Context) -> Reply:
        leg, call = sid(hook.form, "CallSid"), sid(hook.form, "ParentCallSid")
        if inbound.gone(hook.form):
            return spoken(EMPTY)
        rung = Leg(leg, call, hook.form.get("To")[:LONGEST_TARGET])
        answer = self._switchboard.side(token, rung, heard, inbound.pretended(hook.form))
        if isinstance(heard, Pressed) and heard.keys == TAKES:
            self._tapes.taken(token, call, answer, hook.at)
        return self._say(answer, context, hook.form)

    def _say(self, answer: Answer, context: Context, form: Form) -> Reply:
        rings = bool(answer.verbs) and type(answer.verbs[-1]) is Ring
        to = Addresses(self._base, answer.token, shown(form) if rings else "", answer.card)
        return written(answer, context, form, to)


def written(answer: Answer, context: Context, form: Form, to: Addresses) -> Reply:
    """Write an answer as a document of its kind; one that the carrier would refuse becomes an apology."""
    try:
        return spoken(document(answer.verbs, context, to))
    except TwimlRefused as refused:
        log.error("document_refused", call=form.get("CallSid"), why=str(refused))  # noqa: TRY400
        return spoken(farewell(SORRY))


def shown(form: Form) -> str:
    """Say which number those we ring see: "" is the caller's own; ours where that is no number."""
    own = inbound.caller(form) or ""
    to = form.get("To")
    return to if not own.startswith("+") and inbound.is_number(to) else ""
