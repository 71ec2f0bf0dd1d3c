"""Text messages that come in, and what the carrier says of those that went out."""

from __future__ import annotations

import re

import structlog

from ivr.carrier.codes import STOPPED, in_words
from ivr.messages import SMS
from ivr.messages.incoming import Incoming, Mailroom, Report
from webhooks.door import NOTED, Hook, Refused, Reply, spoken
from webhooks.form import Form
from webhooks.notes import sid
from webhooks.twiml import answered

LONGEST = 64  # characters of an address: numbers, short codes, names
MOST_MEDIA = 10  # the carrier sends no more with one message

log = structlog.get_logger()


class Texts:
    """The routes of text messages."""

    def __init__(self, mailroom: Mailroom) -> None:
        """Hand everything to the mailroom."""
        self._mailroom = mailroom

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
        code = form.get("ErrorCode")[:16]
        self._mailroom.reported(
            bytes.fromhex(message),
            Report(
                status=form.get("MessageStatus"),
                name=sid(form, "MessageSid"),
                code=code,
                reason=in_words(code),
                stopped=_address(form, "To") if code == STOPPED else "",
            ),
        )
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
