"""Telling a caller which office is theirs, where it is and when it is open today.

Phases: "" the postal code is asked; ``told`` the office was told, 1 has it sent as a text message.
"""

from __future__ import annotations

from ivr.engine.effects import SendMessage
from ivr.engine.inputs import Pressed, Silent
from ivr.engine.moment import Moment
from ivr.engine.moments import hours_spoken
from ivr.engine.sending import case_of, order, reachable
from ivr.engine.services import SMS, FindOffice
from ivr.engine.speech import phrase, prompts, speakable
from ivr.engine.tree import AGAIN, BACK, Office, Slot, Template
from ivr.engine.tries import key_wrongly, opening, stay_silent
from ivr.engine.values import phrase_text, spoken, written
from ivr.engine.verbs import Listen

TOLD = "told"
_CALLER: Template = (Slot("caller.number"),)


def arrive(moment: Moment, node: FindOffice) -> str | None:
    """Tell the office of a code that is known, or ask for one."""
    if node.by and moment.now.phase == "":
        moment.verbs += [*prompts(moment, node.words), *prompts(moment, node.prompt)]
        return _find(moment, node, str(moment.know(node.by) or ""))
    listen(moment, node)
    return None


def listen(moment: Moment, node: FindOffice, cause: str = "") -> None:
    """Ask for the code, or tell the office once more."""
    if moment.now.phase == TOLD:
        _tell(moment, node)
        return
    lengths = _lengths(moment)
    longest = max(lengths, default=1)
    heard = tuple(opening(moment, node, cause))
    moment.verbs.append(Listen(heard, longest, "" if len(lengths) == 1 else "#", node.wait))


def answer(moment: Moment, node: FindOffice, given: Pressed) -> str | None:
    """Find the office of the code that was keyed, or send what was told."""
    now = moment.now
    if now.phase == TOLD:
        now.quiet = 0
        return _send(moment, node) if given.keys == "1" else BACK if given.keys == "*" else node.next
    keys = given.keys.removesuffix("#")
    if not keys or keys == "*":
        now.quiet = 0
        return BACK if keys else AGAIN
    if not (keys.isascii() and keys.isdigit() and len(keys) in _lengths(moment)):
        if key_wrongly(moment, node, len(keys)):
            return moment.leave(node, "wrong")
        listen(moment, node, "wrong")
        return None
    now.quiet = 0
    return _find(moment, node, keys)


def stay(moment: Moment, node: FindOffice, _given: Silent) -> str | None:
    """Hear nothing: ask again, or leave; who has heard the office goes on."""
    if moment.now.phase == TOLD:
        return node.next
    return stay_silent(moment, node, lambda: listen(moment, node, "silent"))


def _lengths(moment: Moment) -> set[int]:
    """Return how many digits postal codes have."""
    return {len(codes.first) for office in moment.tree.offices.values() for codes in office.postal}


def _find(moment: Moment, node: FindOffice, code: str) -> str | None:
    """Find the first office whose postal codes hold this one."""
    for office in moment.tree.offices.values():
        if any(len(code) == len(codes.first) and codes.first <= code <= codes.last for codes in office.postal):
            moment.now.phase = TOLD
            moment.now.pending = office.id
            _tell(moment, node)
            return None
    return moment.leave(node, "nothing")


def _tell(moment: Moment, node: FindOffice) -> None:
    """Say name, address and today's hours; offer to send them where a message can reach the caller."""
    tree = moment.tree
    language = speakable(tree, moment.now.language)
    office = _office(moment)
    heard = phrase(tree, "office", language, _told(moment, office, language, aloud=True))
    if reachable(moment, SMS, _CALLER):
        heard += phrase(tree, "office_by_sms", language)
    moment.verbs.append(Listen(tuple(heard), 1, "", node.wait))


def _send(moment: Moment, node: FindOffice) -> str:
    """Write to the caller what was told."""
    tree, now = moment.tree, moment.now
    address = reachable(moment, SMS, _CALLER)
    if not address:
        return node.next
    language = now.language if now.language in tree.phrases else tree.language
    told = _told(moment, _office(moment), language, aloud=False)
    text = f"{tree.company}: {phrase_text(tree, 'office', language, told)}"
    order(moment, node.id, SendMessage(SMS, address, text, language, case_of(moment)))
    moment.verbs += phrase(tree, "message_sent", now.language)
    return node.next


def _told(moment: Moment, office: Office, language: str, *, aloud: bool) -> dict[str, str]:
    """Return what is said of an office, or written."""
    tree = moment.tree
    hours = moment.fact(f"office.{office.id}.hours")
    open_today = phrase_text(tree, "open_today", language, {"hours": hours_spoken(tree, str(hours or ""), language)})
    read = spoken if aloud else written
    name = office.name.texts.get(language) or office.name.texts[tree.language]
    return {
        "name": "".join(part for part in name if isinstance(part, str)),
        "address": office.address,
        "hours": open_today if hours else phrase_text(tree, "closed_today", language),
        "phone": read(tree, "phone", "", office.phone, language) if office.phone else "",
    }


def _office(moment: Moment) -> Office:
    """Return the office that was found."""
    return moment.tree.offices[moment.now.pending or ""]
