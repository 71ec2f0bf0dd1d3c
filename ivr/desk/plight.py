"""Where a call stands, for who is to take it: the state after the last turn that was heard, and the ticket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.archive.calls import Archive
from ivr.archive.story import Library
from ivr.codec import NotCodable
from ivr.engine.events import Answered
from ivr.engine.moment import Moment, draft_of
from ivr.engine.speech import type_of, write
from ivr.engine.state import CallState
from ivr.engine.transfers import team_of
from ivr.engine.tree import Transfer, Tree
from ivr.engine.values import written
from ivr.errors import UnknownVersion
from ivr.keys import KeyNotHeld
from ivr.privacy import NotReadable, key_of
from ivr.records import CallRecord
from ivr.replay import Played, heard, play, reel, walked
from ivr.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Plight:
    """What a caller wants, and of whom."""

    language: str = ""
    team: str = ""
    summary: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)  # as the caller gave them, secrets left out
    asked_at: float = 0.0
    taken_at: float | None = None


def plight_of(archive: Archive, library: Library, call: str) -> Plight:
    """Look at one call; what cannot be read here is left out."""
    record = archive.store.call(call)
    tickets = archive.store.tickets.of_call(call)
    ticket = tickets[-1] if tickets else None
    standing = _standing(archive, library, record) if record else []
    if not standing:
        known = Plight(team=ticket.team, language=ticket.language) if ticket else Plight()
    else:
        known = _read(standing)
    if ticket is None:
        return known
    return Plight(
        language=known.language or ticket.language,
        team=ticket.team,
        summary=known.summary or summary_of(archive, ticket),
        answers=known.answers,
        asked_at=ticket.joined_at,
        taken_at=ticket.claimed_at,
    )


def summary_of(archive: Archive, ticket: Ticket) -> str:
    """Say why the caller of a ticket calls, in one sentence; "" where that is not known here."""
    record = archive.store.call(ticket.call)
    try:
        text = key_of(record, archive.keyring).open(ticket.id, ticket.private) if record else b"{}"
    except (KeyNotHeld, NotReadable):
        return ""
    return str(json.loads(text.decode("utf-8", "surrogatepass")).get("summary", ""))


def _standing(archive: Archive, library: Library, record: CallRecord) -> list[Played]:
    """Run the turns that the caller heard again, the last last."""
    chain = archive.store.chain(record.call)
    went = {turn.id for turn in walked(chain) or heard(chain)}
    try:
        played = list(play(reel(record, chain, archive.keyring, library)))
    except (KeyNotHeld, NotReadable, NotCodable, UnknownVersion):
        return []
    return [one for one in played if one.record.id in went]


def _read(standing: list[Played]) -> Plight:
    """Take what the agent needs from the turns; where the call has left the transfer, from its last one."""
    last = standing[-1]
    asked = next((one for one in reversed(standing) if _transfer(one) is not None), None)
    tree = last.content.tree
    plight = Plight(language=last.after.language, answers=_answers(tree, standing, last.after))
    if asked is None:
        return plight
    node, state = _transfer(asked), asked.after
    team = team_of(asked.content.tree, state.values, node) if node else None
    return Plight(
        language=plight.language,
        team=team.id if team else "",
        summary=_summary(asked.content.tree, state, node) if node else "",
        answers=plight.answers,
        asked_at=state.asked_at,
    )


def _summary(tree: Tree, state: CallState, node: Transfer) -> str:
    """Write for eyes what is whispered to whoever takes the call: an account number as one word."""
    said = write(Moment(tree, draft_of(state), state.asked_at, {}), node.summary)
    return said if any(map(str.isalnum, said)) else ""


def _transfer(one: Played) -> Transfer | None:
    node = one.content.tree.steps.get(one.after.place)
    return node if isinstance(node, Transfer) else None


def _answers(tree: Tree, standing: list[Played], state: CallState) -> dict[str, str]:
    """Write what the caller answered, in the order of the questions."""
    asked = (event.name for one in standing for event in one.told.events if isinstance(event, Answered))
    return {
        name: written(tree, type_of(tree, name), name, state.values[name])
        for name in dict.fromkeys(asked)
        if name in state.values and name not in tree.secrets and type_of(tree, name) != "recording"
    }
