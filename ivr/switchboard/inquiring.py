"""The second phase of a step that needs an answer from outside: what is asked when the carrier comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ivr.engine.inputs import Continued, Found
from ivr.engine.inquiries import asks
from ivr.engine.tree import Value
from ivr.question import Question
from ivr.records import TurnRecord
from ivr.switchboard.entries import Moment, drive_turn
from ivr.token import Pretend


def waits(moment: Moment) -> bool:
    """Say whether the caller came back for an answer."""
    return isinstance(moment.heard, Continued) and asks(moment.state)


def question_of(
    moment: Moment, facts: Mapping[str, Value], pretend: Pretend | None, chain: Sequence[TurnRecord]
) -> Question:
    """Ask on behalf of one call; `chain` counts earlier answers of a pretended one."""
    return Question(
        content=moment.content,
        state=moment.state,
        call=moment.call,
        turn=drive_turn(moment),
        parent=moment.parent,
        at=moment.heard.at,
        facts=facts,
        pretend=None if pretend is None else pretend.facts,
        before=asked_before(chain, moment.state.place),
    )


def asked_before(chain: Sequence[TurnRecord], place: str) -> int:
    """Count the answers that a call has had at a step."""
    places = {turn.id: turn.place for turn in chain}
    return sum(turn.heard == Found.__name__ and places.get(turn.parent) == place for turn in chain)
