"""How a case stands, for whoever proves to know it. Where anything is in doubt, nothing is told."""

from __future__ import annotations

import hmac

from ivr.cases import opened
from ivr.engine.services import Status
from ivr.errors import StoreUnavailable
from ivr.inquiries.answer import Answer
from ivr.keys import Keyring
from ivr.question import Question
from ivr.store import Store
from ivr.store.cases import Case

NOTHING, CLOSED = Answer("nothing"), Answer("failed")


class Statuses:
    """Answers the step `status`.

    A wrong proof, a case without the field, and a case that does not exist sound alike, and count alike: so many wrong
    ones of one reference (config's `limits: {proofs, closed}`) close it for a time, from whichever phone they come.
    """

    def __init__(self, store: Store, keyring: Keyring) -> None:
        """Read cases here."""
        self._store = store
        self._keyring = keyring

    def answer(self, question: Question) -> Answer:
        """Judge the proof; while the store does not answer, the status is closed, never open."""
        if question.pretend is not None:
            return NOTHING  # a pretended call brings its answers along; it reads no real case
        try:
            return self._judge(question)
        except StoreUnavailable:
            return CLOSED

    def _judge(self, question: Question) -> Answer:
        node, limits = question.node, question.content.tree.limits
        numbers = (question.state.pending or "").split()
        if not isinstance(node, Status) or not numbers:
            return CLOSED
        given = question.state.values.get(node.proof)
        for number in numbers:
            turn = (question.turn or question.parent) + number.encode()
            count = self._store.proofs.attempt(turn, number, question.at, question.at - limits.closed)
            if count > limits.proofs:
                self._store.proofs.take_back(turn)  # what was not judged keeps nobody out any longer
                return CLOSED
            named = self._store.cases.find(number)
            case = self._store.cases.find(named.alias_of) if named and named.alias_of else named
            # Of two that were merged, each caller proves what they left themselves; both hear the same.
            if given is not None and any(each and self._proves(each, node.proof, str(given)) for each in (named, case)):
                self._store.proofs.take_back(turn)
                return Answer("found", {"status": case.status if case else ""})
        return NOTHING

    def _proves(self, case: Case, field: str, given: str) -> bool:
        """Compare with what was kept in the case, in a time that tells nothing."""
        said = opened(case, self._store, self._keyring).said
        kept = said.fields.get(field) if said else None
        return kept is not None and hmac.compare_digest(str(kept).encode(), given.encode())
