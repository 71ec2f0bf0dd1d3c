"""Talks by a ring that are to be recorded: written down as somebody presses the key that takes the call.

What waits in a queue needs nothing of the kind: its ticket says when a talk begins.
"""

from __future__ import annotations

from time import time
from typing import Protocol

import structlog

from ivr.engine.pace import rate
from ivr.engine.transfers import team_of
from ivr.engine.tree import Transfer
from ivr.engine.verbs import Speak, Verb
from ivr.errors import StoreUnavailable
from ivr.records import name_of
from ivr.switchboard.board import Answer, Board
from ivr.tapes import TalkTape

log = structlog.get_logger()


class TapeDesk(Protocol):
    """What is asked of the tapes; raises StoreUnavailable."""

    def want(self, tape: TalkTape) -> bool:
        """Write down that a talk is to be recorded."""


class TapeRoom:
    """One process's ear for rings that are taken; safe for threads."""

    def __init__(self, board: Board, tapes: TapeDesk) -> None:
        """Open tokens as this board does; keep tapes here."""
        self._board = board
        self._tapes = tapes

    def taken(self, token: str, call: str, answer: Answer, at: float) -> None:
        """Hear that somebody takes a call; where the store is away its talk is not recorded."""
        envelope = self._board.tokens.open(token, call, time())
        tree = self._board.library.get(envelope.version).tree
        node = tree.steps.get(envelope.state.place)
        team = team_of(tree, envelope.state.values, node) if isinstance(node, Transfer) else None
        if team is None or not team.record or envelope.pretend is not None:
            return
        turn = envelope.parent
        joined = at + sum(map(seconds, answer.verbs))
        try:
            self._tapes.want(TalkTape(name_of("tape", call, turn.hex()), call, turn, b"", at, joined))
        except StoreUnavailable as away:
            log.warning("talk_not_recorded", call=call, why=str(away))


def seconds(verb: Verb) -> float:
    """Estimate how long an agent hears words, before the two are joined."""
    return len(verb.text.split()) * 60 / rate(verb.language) if isinstance(verb, Speak) else 0.0
