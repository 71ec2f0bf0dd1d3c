"""Keys that may stand for a secret: what they do is what the secret did, and they are the same for every caller.

Where a secret is keyed, the record keeps none of it. But what an answer does depends on little: whether it is one, and
how many keys it had where it is none. So the turn is run again with ordinary keys in place of the secret, and where one
of these gives the same events, effects, words and state (secrets hidden), the record names it; replay runs it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.answers import lengths
from ivr.engine.state import CallState
from ivr.engine.tree import Ask, Tree

NO_ANSWER = "D"  # a key that some telephones have and that no kind of answer takes
DAYS = ("01012000", "20000101", "012000", "200001")  # a day and a month, in the orders of our languages


def standins(tree: Tree, state: CallState, count: int) -> Iterator[str]:
    """List keys that may do what a secret of so many keys did; none depends on which they were."""
    node = tree.steps.get(state.place)
    if not isinstance(node, Ask):
        return
    yield NO_ANSWER * count  # a wrong answer's number of keys stands in its event already
    shortest, longest = lengths(node)
    yield from ("0" * length for length in range(shortest, longest + 1))
    kind, _, rest = node.check.partition(":")
    if kind == "pattern":
        yield from (one.replace("?", "0") for one in rest.replace(" ", "").split("|"))
    if node.low is not None:
        yield str(int(node.low)).zfill(shortest)
    yield from (*DAYS, "1", "2", "", "*", node.ends)
