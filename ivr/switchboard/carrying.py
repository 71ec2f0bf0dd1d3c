"""What goes along with a ring to phones that can show it."""

from __future__ import annotations

from collections.abc import Callable

from ivr.card import Card, Carried, carry
from ivr.engine.state import CallState
from ivr.engine.transfers import team_of
from ivr.engine.tree import Transfer, Tree
from ivr.engine.verbs import Ring, Verb
from ivr.engine.whisper import summary
from ivr.keys import SecretKey

Said = tuple[tuple[Verb, ...], str, Carried | None]  # what a turn said, the token of what comes next, the card
# Digests the document that all this is, whatever our own address and the number shown; whoever speaks the carrier's
# language writes it.
Script = Callable[[tuple[Verb, ...], str, Carried | None], str]


def carried(tree: Tree, call: str, state: CallState, verbs: tuple[Verb, ...], key: SecretKey) -> Carried | None:
    """Make the card of a ring to a browser or an exchange; None for everything else, such as public phones."""
    ring = verbs[-1] if verbs else None
    if not isinstance(ring, Ring) or all(target.startswith("+") for target in ring.targets):
        return None
    node = tree.steps[state.place]
    team = team_of(tree, state.values, node) if isinstance(node, Transfer) else None
    if team is None or not isinstance(node, Transfer):
        return None
    card = Card(
        call=call,
        team=team.id,
        since=state.asked_at,
        language=state.language,
        case=str(state.values.get("case.number", "")),
        summary=summary(tree, state, node),
    )
    return carry(card, key)
