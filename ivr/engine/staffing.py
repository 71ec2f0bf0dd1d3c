"""What the staff's own line does with what was keyed and spoken there."""

from __future__ import annotations

from collections.abc import Callable

from ivr.engine import inquiries, menus, recordings
from ivr.engine.effects import Effect, KeepPrompt, PutOnAir, SwitchFlag, TakeOffAir
from ivr.engine.events import Inquired, Ordered
from ivr.engine.inputs import Found, HungUp, Recorded
from ivr.engine.moment import UNFIT, Moment
from ivr.engine.speech import phrase, prompts, speakable
from ivr.engine.staff import (
    CLOCK,
    DAY,
    ENDS,
    FLAG,
    HEARD,
    PIN,
    PROMPT,
    TIME,
    UNTIL,
    WHO,
    WORDS,
    Approve,
    CheckPin,
    Dictate,
    Order,
    SetEnd,
    TellOn,
)
from ivr.engine.tree import Words
from ivr.engine.values import spoken
from ivr.engine.verbs import PlayBack


def check(moment: Moment, node: CheckPin) -> None:
    """Have number and PIN judged while the line says that it takes a moment."""
    inquiries.ask(moment, node.words)


def admit(moment: Moment, node: CheckPin, given: Found) -> str:
    """Let in whoever the PIN belongs to; the PIN itself is forgotten."""
    if moment.now.phase != inquiries.ASKING:
        return UNFIT
    moment.now.values = {name: value for name, value in moment.now.values.items() if name != PIN}
    who = given.values.get(WHO)
    outcome = given.outcome if who or given.outcome != inquiries.FOUND else "failed"
    moment.events.append(Inquired(node.id, outcome))
    if outcome != inquiries.FOUND:
        return moment.leave(node, outcome if outcome in node.exits else "failed")
    moment.keep(WHO, who)
    return node.next


def leave(moment: Moment, _node: object, _given: HungUp) -> str:
    """End the call: what was not confirmed is not done."""
    return moment.hang_up_unheard()


def tell(moment: Moment, node: TellOn) -> str:
    """Read out what is on."""
    tree, language = moment.tree, moment.now.language
    said = len(moment.verbs)
    for flag, words in node.flags.items():
        end = _end(moment, f"flag_end.{flag}") if moment.fact(f"flag.{flag}") else None
        if end is not None:
            moment.verbs += phrase(tree, "staff_on", language, {FLAG: _plain(words, language, tree.language), **end})
    count = moment.fact("announcements")
    for number in range(1, (count if isinstance(count, int) else 0) + 1):
        end = _end(moment, f"announcement_end.{number}")
        if end is not None:
            moment.verbs += phrase(tree, "staff_on_air", language, end)
    if len(moment.verbs) == said:
        moment.verbs += phrase(tree, "staff_nothing", language)
    return node.next


def set_end(moment: Moment, node: SetEnd) -> str:
    """Keep the end that was chosen."""
    values = moment.now.values
    which = values.get(UNTIL)
    found = str(moment.fact(f"end.{values.get(TIME) if which == 'keyed' else which}") or "")
    at, _, told = found.partition(" ")
    day, _, clock = told.partition(" ")
    if not clock:
        moment.events.append(Inquired(node.id, "wrong"))
        moment.verbs += phrase(moment.tree, "wrong", moment.now.language)
        return node.exits["wrong"]
    moment.now.values = {**values, ENDS: int(at), DAY: day, CLOCK: clock}
    return node.next


def take_words(moment: Moment, node: Dictate, given: Recorded) -> str | None:
    """Keep a recording, and where it can be played back from."""
    if not given.sid:
        return recordings.stay(moment, node, given)
    moment.now.quiet = 0
    recordings.keep(moment, node, given)
    moment.keep(HEARD, given.url)
    return node.next


def play_back(moment: Moment, node: Approve) -> None:
    """Let whoever spoke hear what was recorded, then ask whether it is right."""
    moment.verbs += prompts(moment, node.words)
    moment.verbs.append(PlayBack(str(moment.now.values.get(HEARD, ""))))
    menus.listen(moment, node)


def order(moment: Moment, node: Order) -> str:
    """Have it done once this was heard, and say so."""
    effect = _ORDERS[node.what](moment)
    moment.effects.append(effect)
    moment.events.append(Ordered(node.id, type(effect).__name__))
    moment.verbs += prompts(moment, node.words)
    return node.next


def _end(moment: Moment, name: str) -> dict[str, str] | None:
    """Return when something ends, as it is spoken; None where that is not known."""
    day, _, clock = str(moment.fact(name) or "").partition(" ")
    if not clock:
        return None
    language = speakable(moment.tree, moment.now.language)
    return {DAY: spoken(moment.tree, "date", DAY, day, language), CLOCK: clock}


def _plain(words: Words, language: str, otherwise: str) -> str:
    return "".join(part for part in words.texts.get(language) or words.texts[otherwise] if isinstance(part, str))


def _text(moment: Moment, name: str) -> str:
    return str(moment.now.values.get(name, ""))


def _until(moment: Moment) -> float:
    found = moment.now.values.get(ENDS)
    return float(found) if isinstance(found, int) else 0.0


def _switch_on(moment: Moment) -> Effect:
    return SwitchFlag(_text(moment, FLAG), _text(moment, WHO), _until(moment), moment.at)


def _switch_off(moment: Moment) -> Effect:
    return SwitchFlag(_text(moment, FLAG), _text(moment, WHO), None, moment.at)


def _put_on_air(moment: Moment) -> Effect:
    return PutOnAir(_text(moment, WORDS), _text(moment, WHO), _until(moment), moment.now.language)


def _take_off_air(moment: Moment) -> Effect:
    return TakeOffAir(_text(moment, WHO))


def _keep_prompt(moment: Moment) -> Effect:
    name = _text(moment, PROMPT)
    words = moment.tree.labels.get(PROMPT, {}).get(name)
    language = (
        words.language if words else ""
    ) or moment.now.language  # a text that has a language of its own keeps it
    return KeepPrompt(_text(moment, WORDS), _text(moment, WHO), name, language)


_ORDERS: dict[str, Callable[[Moment], Effect]] = {
    "switch_on": _switch_on,
    "switch_off": _switch_off,
    "put_on_air": _put_on_air,
    "take_off_air": _take_off_air,
    "keep_prompt": _keep_prompt,
}
