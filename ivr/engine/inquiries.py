"""Steps that need an answer from outside the engine: a look-up, a reference, a PIN.

Two phases. On arrival the caller hears a few words and the document comes straight back; the call stands in the phase
``asking``. Whoever runs the engine then asks, and gives what came of it as the input ``Found``. So a step stays pure,
and a record that holds its ``Found`` can be run again without asking anybody.
"""

from __future__ import annotations

from ivr.engine.effects import SubmitLater
from ivr.engine.events import Inquired
from ivr.engine.inputs import Found, HungUp
from ivr.engine.moment import UNFIT, Moment
from ivr.engine.speech import prompts, write
from ivr.engine.state import CallState
from ivr.engine.tree import FromTable, Inquiry, LookUp, Slot, Submit, Template, Value, Words
from ivr.engine.typed import row_key
from ivr.engine.verbs import Continue

ASKING = "asking"  # the phase of a step that waits for `Found`
CREDENTIAL = "credential."  # begins the names of our own secrets, which the engine never holds
FOUND = "found"  # the outcome that goes on by `then`; any other names an exit


def asks(state: CallState) -> bool:
    """Tell whether the call waits for an answer from outside."""
    return state.phase == ASKING and not state.ended


def ask(moment: Moment, filler: Words | None) -> None:
    """Say a few words while somebody asks, and wait for what comes of it."""
    moment.now.phase = ASKING
    moment.verbs += prompts(moment, filler)
    listen(moment)


def listen(moment: Moment, _node: object = None) -> None:
    """Come straight back."""
    moment.verbs.append(Continue())


def arrive(moment: Moment, node: LookUp) -> str | None:
    """Have somebody asked; once the caller is gone nobody can wait for the answer."""
    _forget(moment, node)
    if moment.gone:
        return moment.leave(node, "failed")
    ask(moment, node.words)
    return None


def hang_up(moment: Moment, node: LookUp, _given: HungUp) -> str:
    """Go on without the answer: what a gone caller has left behind may still find its way."""
    moment.hang_up_unheard()
    return moment.leave(node, "failed")


def submit(moment: Moment, node: Submit) -> str | None:
    """Have something changed elsewhere; for a caller who is gone it is done later, and the way goes on."""
    _forget(moment, node)
    if moment.gone:
        return _later(moment, node, asked=False)
    ask(moment, node.words)
    return None


def hang_up_submitting(moment: Moment, node: Submit, _given: HungUp) -> str:
    """Go on, though the caller does not wait for what comes of it."""
    moment.hang_up_unheard()
    if moment.now.phase != ASKING:
        return moment.leave(node, "failed")
    return _later(moment, node, asked=True)


def _later(moment: Moment, node: Submit, *, asked: bool) -> str:
    """Leave it to the job process. A secret can stand in no effect: what needs one is not sent."""
    slots = [part for template in (node.url, *node.sent.values()) for part in template if isinstance(part, Slot)]
    if any(slot.name in moment.tree.secrets for slot in slots):
        return moment.leave(node, "failed")
    values = {slot.name: moment.know(slot.name) for slot in slots if not slot.name.startswith(CREDENTIAL)}
    known = {name: value for name, value in values.items() if value is not None}
    moment.effects.append(SubmitLater(node.id, known, asked))
    moment.events.append(Inquired(node.id, "later"))
    return node.next


def find(moment: Moment, node: FromTable) -> str:
    """Find a row of a table; it is at hand, so nobody waits."""
    _forget(moment, node)
    moment.verbs += prompts(moment, node.words)
    values = [_filled(moment, template) for template in node.sent.values()]
    found = None if None in values else node.answers.get(row_key(values))
    moment.events.append(Inquired(node.id, "nothing" if found is None else FOUND))
    if found is None:
        return moment.leave(node, "nothing")
    moment.now.values = {**moment.now.values, **found}
    return node.next


def _forget(moment: Moment, node: Inquiry) -> None:
    """Forget what an earlier answer said."""
    values = moment.now.values
    if not node.gives.keys().isdisjoint(values):
        moment.now.values = {name: value for name, value in values.items() if name not in node.gives}


def _filled(moment: Moment, template: Template) -> Value:
    """Fill what a table is searched for."""
    if len(template) == 1 and isinstance(template[0], Slot):
        value = moment.know(template[0].name)
        return template[0].otherwise if value is None else value
    return write(moment, template)


def take(moment: Moment, node: Inquiry, given: Found) -> str:
    """Keep what was found, or leave by the exit that the outcome names."""
    if moment.now.phase != ASKING:
        return UNFIT
    moment.events.append(Inquired(node.id, given.outcome))
    if given.outcome != FOUND:
        return moment.leave(node, given.outcome)
    kept = {name: value for name, value in given.values.items() if name in node.gives and value is not None}
    moment.now.values = {**moment.now.values, **kept}
    return node.next
