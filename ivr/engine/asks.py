"""What a caller does where digits are asked for.

Phases: "" the question; ``offer`` a known value is offered (1 this one, 2 another); ``other`` the question, after the
offer was declined or the answer read back was wrong; ``confirm`` the answer is read back (1 right, 2 again).
"""

from __future__ import annotations

from ivr.engine.answers import judge, lengths
from ivr.engine.events import Answered
from ivr.engine.inputs import Pressed, Silent
from ivr.engine.moment import Moment
from ivr.engine.speech import phrase, prompts, speakable, type_of
from ivr.engine.tree import AGAIN, BACK, Ask, Value
from ivr.engine.tries import count_silence, key_wrongly, opening, too_quiet
from ivr.engine.values import spoken
from ivr.engine.verbs import Listen, Prompt


def arrive(moment: Moment, node: Ask) -> None:
    """Offer what is known already, or ask."""
    if moment.now.phase == "" and node.offer and _offered(moment, node) is not None:
        moment.now.phase = "offer"
    listen(moment, node)


def listen(moment: Moment, node: Ask, cause: str = "") -> None:
    """Speak what belongs to the phase, and wait for digits."""
    if moment.now.phase in {"offer", "confirm"}:
        heard = _question(moment, node)
        if cause == "wrong":
            heard = [*phrase(moment.tree, "wrong", moment.now.language), *heard]
        moment.verbs.append(Listen(tuple(heard), 1, "", node.wait))
        return
    heard = opening(moment, node, cause)
    if node.kind == "yes_no":
        heard += phrase(moment.tree, "yes_no", moment.now.language)
    digits, finish = _length(node)
    moment.verbs.append(Listen(tuple(heard), digits, finish, node.wait))


def answer(moment: Moment, node: Ask, given: Pressed) -> str | None:
    """Judge what was keyed."""
    special = _special(moment, node, given.keys)
    if special is not None:
        return special
    if moment.now.phase in {"offer", "confirm"}:
        return _agree(moment, node, given.keys)
    keys = given.keys.removesuffix(node.ends) if node.ends else given.keys
    value = judge(moment, node, keys)
    if value is None:
        return _reject(moment, node, len(given.keys))
    moment.now.quiet = 0
    if node.read_back and not node.secret:
        moment.now.pending = keys
        moment.now.phase = "confirm"
        listen(moment, node)
        return None
    return _accept(moment, node, value)


def stay(moment: Moment, node: Ask, _given: Silent) -> str | None:
    """Hear nothing: ask again, or leave."""
    last = count_silence(moment, node)
    if too_quiet(moment, leaving=last):
        return None
    if not last:
        listen(moment, node, "silent")
        return None
    # The carrier tells the finishing key alone from silence only sometimes, so the last silence means it, too.
    if node.none and _length(node)[1] and moment.now.phase in {"", "other"}:
        return _decline(moment, node)
    return moment.leave(node, "silence")


def _special(moment: Moment, node: Ask, keys: str) -> str | None:
    """Return the target of keys that are no answer: the finishing key alone, the star alone."""
    if keys in {"", node.ends}:
        moment.now.quiet = 0
        asking = moment.now.phase in {"", "other"}
        return _decline(moment, node) if node.none and asking else AGAIN
    if keys == "*" and (node.kind != "amount" or moment.now.phase in {"offer", "confirm"}):
        moment.now.quiet = 0
        moment.now.returns = ()
        return BACK
    return None


def _decline(moment: Moment, node: Ask) -> str:
    """Go where callers go who have no such thing."""
    moment.leave_to(node, "none", node.none)
    return node.none


def _agree(moment: Moment, node: Ask, keys: str) -> str | None:
    """Hear whether the value that was spoken is the right one."""
    now = moment.now
    if keys == "1":
        value = _offered(moment, node) if now.phase == "offer" else judge(moment, node, now.pending or "")
        return _accept(moment, node, value)
    if keys == "2":
        now.quiet = 0
        now.phase = "other"
        now.pending = None
        listen(moment, node)
        return None
    return _reject(moment, node, len(keys))


def _reject(moment: Moment, node: Ask, count: int) -> str | None:
    """Refuse what was keyed."""
    if key_wrongly(moment, node, count):
        return moment.leave(node, "wrong")
    listen(moment, node, "wrong")
    return None


def _accept(moment: Moment, node: Ask, value: Value) -> str:
    """Keep the answer, and go on: back to the step that needed it, if one did."""
    now = moment.now
    now.quiet = 0
    now.pending = None
    moment.keep(node.name, value)
    moment.events.append(Answered(node.id, node.name))
    if not now.returns:
        return node.next
    *rest, waiting = now.returns
    now.returns = tuple(rest)
    moment.fresh = False
    return waiting


def _question(moment: Moment, node: Ask) -> list[Prompt]:
    """Speak a value and ask whether it is right."""
    tree, now = moment.tree, moment.now
    language = speakable(tree, now.language)
    if now.phase == "confirm":
        value = judge(moment, node, now.pending or "")
        heard = spoken(tree, node.kind, node.name, value, language)
        return phrase(tree, "read_back", language, {"value": heard})
    heard = spoken(tree, type_of(tree, node.offer), node.offer, _offered(moment, node), language)
    return [*prompts(moment, node.words), *phrase(tree, "offer", language, {"value": heard})]


def _offered(moment: Moment, node: Ask) -> Value:
    """Return the known value that may be the answer; an address such as client:anna is none."""
    value = moment.know(node.offer)
    return value if isinstance(value, str) and value.lstrip("+").isdigit() else None


def _length(node: Ask) -> tuple[int, str]:
    """Return (how many keys to wait for, the key that finishes).

    The carrier counts a finishing key that comes first as no input, so a fixed number of digits has none.
    """
    shortest, longest = lengths(node)
    return (longest, "") if shortest == longest else (longest, node.ends)
