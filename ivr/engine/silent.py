"""Steps that need no caller: they are passed in one turn, also when the caller is gone."""

from __future__ import annotations

from ivr.engine.conditions import holds
from ivr.engine.effects import CreateCase
from ivr.engine.events import CaseOpened, Decided
from ivr.engine.items import spoken
from ivr.engine.moment import Moment
from ivr.engine.recordings import kept
from ivr.engine.sending import confirm
from ivr.engine.speech import prompts, write
from ivr.engine.tree import Decide, HangUp, OpenCase, Say, Set, Slot, Template, Value
from ivr.engine.verbs import Listen


def say(moment: Moment, node: Say) -> str | None:
    """Speak; a key may cut it short, unless the step forbids it."""
    if moment.gone or (node.languages and moment.now.language not in node.languages):
        return node.next
    heard = [*prompts(moment, node.words), *spoken(moment, node)]
    if node.skip and heard:
        moment.verbs.append(Listen(tuple(heard), 1, "", 1.0))
        return None
    moment.verbs += heard
    return node.next


def go_on(_moment: Moment, node: Say, _given: object) -> str:
    """Go on after an announcement; the key that cut it short is spent."""
    return node.next


def decide(moment: Moment, node: Decide) -> str:
    """Take the first branch whose condition holds."""
    moment.verbs += prompts(moment, node.words)
    for number, branch in enumerate(node.branches, 1):
        if holds(branch.condition, moment.know):
            moment.events.append(Decided(node.id, number, branch.target))
            return branch.target
    moment.events.append(Decided(node.id, 0, node.next))
    return node.next


def set_names(moment: Moment, node: Set) -> str:
    """Set names to values; the name `language` is the call's."""
    moment.verbs += prompts(moment, node.words)
    for name, template in node.values.items():
        value = _value(moment, name, template)
        if name == "language":
            moment.speak_in(str(value))
        else:
            moment.keep(name, value)
    return node.next


def open_case(moment: Moment, node: OpenCase) -> str:
    """Open a case under a number that is ours already, and speak it; the words are not to be cut short."""
    number = "" if moment.fact("store.lost") else _number(moment, node.kind)
    if not number:
        return moment.leave(node, "failed")
    moment.keep("case.number", number)
    moment.effects.append(
        CreateCase(
            number=number,
            kind=node.kind,
            about=write(moment, node.about),
            priority=node.priority,
            team=node.team,
            language=moment.now.language,
            fields=_fields(moment, node),
            recordings=kept(moment),
        )
    )
    moment.events.append(CaseOpened(node.id, number, node.kind))
    confirm(moment, node, number)
    moment.verbs += [*prompts(moment, node.words), *prompts(moment, node.reference)]
    return node.next


def hang_up(moment: Moment, node: HangUp) -> None:
    """Say the last words, if there are any, and end the call."""
    moment.verbs += [*prompts(moment, node.words), *prompts(moment, node.farewell)]
    moment.end()


def _number(moment: Moment, kind: str) -> str:
    """Return the number for a case, "" where none can be had.

    A second case of the same kind in one turn reads a name of its own, since the first has taken `number.<kind>`.
    """
    opened = sum(1 for effect in moment.effects if isinstance(effect, CreateCase) and effect.kind == kind)
    name = f"number.{kind}.{opened + 1}" if opened else f"number.{kind}"
    return str(moment.fact(name) or "")


def _fields(moment: Moment, node: OpenCase) -> dict[str, Value]:
    """Return the case's fields with the values that are known; a secret is in no case."""
    known = {field: moment.know(name) for field, name in node.fields.items() if name not in moment.tree.secrets}
    return {field: value for field, value in known.items() if value is not None}


def _value(moment: Moment, name: str, template: Template) -> Value:
    """Return what a name is set to: another name's value as it is, or a text in the name's own type."""
    if len(template) == 1 and isinstance(template[0], Slot):
        slot = template[0]
        value = moment.know(slot.name)
        return slot.otherwise if value is None else value
    text = write(moment, template)
    kind = moment.tree.types.get(name)
    if kind == "yes_no":
        return text == "yes"
    if kind in {"number", "amount"}:
        number = float(text)
        return int(number) if number.is_integer() else number
    return text
