"""Text messages that come in, and what the carrier says of those that went out."""

from __future__ import annotations

import re
from collections.abc import Mapping

import structlog

from ivr.carrier.codes import STOPPED, in_words
from ivr.messages import SMS
from ivr.messages.incoming import Incoming, Mailroom
from ivr.store.messages import DELIVERED, FAILED, SENT, Came, Messages
from webhooks.door import NOTED, Hook, Refused, Reply, spoken
from webhooks.form import Form
from webhooks.notes import sid
from webhooks.twiml import answered

LONGEST = 64  # characters of an address: numbers, short codes, names
MOST_MEDIA = 10  # the carrier sends no more with one message

# What the carrier calls a message -> its state.
STATES: Mapping[str, str] = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), SENT),
    **dict.fromkeys(("delivered", "read"), DELIVERED),
    **dict.fromkeys(("undelivered", "failed", "canceled"), FAILED),
}

log = structlog.get_logger()


class Texts:
    """The routes of text messages."""

    def __init__(self, mailroom: Mailroom, messages: Messages) -> None:
        """Hand what comes in to the mailroom; write what is said of messages on them."""
        self._mailroom = mailroom
        self._messages = messages

    def sms(self, hook: Hook) -> Reply:
        """Take a message to one of our numbers."""
        form = hook.form
        landed = self._mailroom.receive(
            Incoming(
                channel=SMS,
                once=sid(form, "MessageSid"),
                address=_address(form, "From"),
                ours=_address(form, "To"),
                body=form.get("Body"),
                media=_media(form),
                asked=form.get("OptOutType").upper(),
            )
        )
        log.info("message_came", channel=SMS, case=landed.case, new=landed.new)
        return spoken(answered(landed.reply))

    def sms_status(self, hook: Hook, message: str) -> Reply:
        """Write down what became of a message of ours."""
        form = hook.form
        if not re.fullmatch(r"[0-9a-f]{32}", message, re.ASCII):
            raise Refused("400 Bad Request", "no message of ours")
        state = STATES.get(form.get("MessageStatus"))
        code = form.get("ErrorCode")[:16]
        if state is not None:
            reason = in_words(code) if state == FAILED else ""
            came = Came(state, reason, code if state == FAILED else "", sid(form, "MessageSid"))
            changed = self._messages.told(bytes.fromhex(message), came, hook.at)
            if changed and code == STOPPED:
                self._mailroom.stopped(_address(form, "To"))
        return NOTED


def _address(form: Form, name: str) -> str:
    text = form.get(name).strip()
    if not text or len(text) > LONGEST:
        raise Refused("400 Bad Request", f"no {name}")
    return text


def _media(form: Form) -> tuple[str, ...]:
    """List the pictures that came along: the type of each, and where the carrier has it."""
    number = form.get("NumMedia")
    count = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0
    numbers = range(min(count, MOST_MEDIA))
    pairs = [(form.get(f"MediaContentType{each}"), form.get(f"MediaUrl{each}")) for each in numbers]
    return tuple(f"{kind[:100]} {url[:500]}" for kind, url in pairs if url)
