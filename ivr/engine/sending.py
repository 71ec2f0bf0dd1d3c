"""Messages that a call leads to: written in the language of whoever reads them, and left to the outbox."""

from __future__ import annotations

import re

from ivr.engine.effects import SendMessage
from ivr.engine.events import MessageOrdered
from ivr.engine.moment import Moment
from ivr.engine.services import EMAIL, SMS, Send
from ivr.engine.speech import prompts, write
from ivr.engine.tree import OpenCase, Slot, Template, Words
from ivr.engine.values import phrase_text

# Where a message to the caller goes, by the way it is sent.
CALLERS = {SMS: "caller.number", EMAIL: "caller.email"}

_ADDRESS = {SMS: re.compile(r"\+?\d{3,20}"), EMAIL: re.compile(r"[^\s@]+@[^\s@]+")}


def send(moment: Moment, node: Send) -> str:
    """Write the message and go on; `failed` where nobody is there to read it."""
    address = reachable(moment, node.by, node.to)
    if not address or moment.fact("store.reached") is False:
        return moment.leave(node, "failed")
    language = reading(moment, node.text) if node.personal else moment.tree.language
    text = write(moment, node.text.texts[language], language)
    values = moment.now.values
    attach = tuple(str(values[name]) for name in node.attach if values.get(name))
    order(moment, node.id, SendMessage(node.by, address, text, language, case_of(moment), node.team, attach))
    moment.verbs += prompts(moment, node.words)
    return node.next


def confirm(moment: Moment, node: OpenCase, number: str) -> None:
    """Write the case's reference to the caller, by each way that the step names and that reaches them."""
    tree = moment.tree
    language = moment.now.language if moment.now.language in tree.phrases else tree.language
    more = {"company": tree.company, "case.number": number}
    for by in node.confirm:
        address = reachable(moment, by, (Slot(CALLERS[by]),))
        if address:
            text = phrase_text(tree, "confirmation", language, more)
            order(moment, node.id, SendMessage(by, address, text, language, number))


def order(moment: Moment, step: str, message: SendMessage) -> None:
    """Put a message in the outbox, and note that it was."""
    moment.effects.append(message)
    moment.events.append(MessageOrdered(step, message.by, message.team))


def reading(moment: Moment, words: Words) -> str:
    """Return the language in which the caller reads a text: any that it is written in, since no voice is needed."""
    for language in (words.language or moment.now.language, moment.tree.language):
        if language in words.texts:
            return language
    return next(iter(words.texts))


def case_of(moment: Moment) -> str:
    """Return the reference that was opened last in this call, "" for none."""
    return str(moment.now.values.get("case.number") or "")


def reachable(moment: Moment, by: str, to: Template) -> str:
    """Return where a message goes, "" where the address is not known or is none."""
    part = to[0]
    known = moment.know(part.name) if isinstance(part, Slot) else part
    return known if isinstance(known, str) and _ADDRESS[by].fullmatch(known) else ""
