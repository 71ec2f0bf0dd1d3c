"""Steps that need an answer from outside the engine: a look-up, a reference, a PIN.

Two phases. On arrival the caller hears a few words and the document comes straight back; the call stands in the phase
``asking``. Whoever runs the engine then asks, and gives what came of it as the input ``Found``. So a step stays pure,
and a record that holds its ``Found`` can be run again without asking anybody.
"""

from __future__ import annotations

from ivr.engine.events import Inquired
from ivr.engine.inputs import Found
from ivr.engine.moment import UNFIT, Moment
from ivr.engine.speech import prompts
from ivr.engine.state import CallState
from ivr.engine.tree import Inquiry, Words
from ivr.engine.verbs import Continue

ASKING = "asking"  # the phase of a step that waits for `Found`
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


def arrive(moment: Moment, node: Inquiry) -> None:
    """Forget what an earlier answer said, and have somebody asked."""
    values = moment.now.values
    if not node.gives.keys().isdisjoint(values):
        moment.now.values = {name: value for name, value in values.items() if name not in node.gives}
    ask(moment, node.words)


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
