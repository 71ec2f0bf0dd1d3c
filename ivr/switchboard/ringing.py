"""Who of several that were rung together has answered: their own legs tell, and each leg has a record."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.engine.inputs import Dialed
from ivr.records import TurnRecord
from ivr.switchboard.entries import Moment
from ivr.turns import SIDE, read_told


def unclear(moment: Moment) -> bool:
    """Say whether a ring ended of which the carrier alone does not tell who it was that passed."""
    return isinstance(moment.heard, Dialed) and not moment.heard.bridged and len(moment.state.ringing) > 1


def answered(moment: Moment, chain: Sequence[TurnRecord]) -> tuple[str, ...]:
    """Name whose legs heard the whisper of this ring; () where a leg rang somebody whom we do not know."""
    legs = [turn for turn in chain if turn.kind == SIDE and turn.parent == moment.parent]
    found = {plain(read_told(turn, moment.call_key).target) for turn in legs}
    names = {plain(target): target for target in moment.state.ringing}
    return tuple(sorted(names[one] for one in found)) if found <= names.keys() else ()


def plain(target: str) -> str:
    """Leave out what goes along with an address: parameters and headers."""
    return target.partition(";")[0].partition("?")[0]
