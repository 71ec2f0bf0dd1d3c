"""What people see of calls and cases, laid out for JSON: the same at the command line and by the API."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ivr.archive.calls import Archive
from ivr.archive.promises import promise_data, promised
from ivr.archive.story import Story, note_data, scene_data, wrap_up_data
from ivr.cases import OpenCase, opened
from ivr.messages import Conversation, Piece
from ivr.store.case_words import NEVER
from ivr.store.cases import Case


def story_data(told: Story) -> dict[str, Any]:
    """Lay a call's story out."""
    return {
        "call": asdict(told.call),
        "turns": [scene_data(scene) for scene in told.scenes],
        "notes": [note_data(note) for note in told.notes],
        "recordings": [asdict(one) | {"effect": one.effect.hex()} for one in told.recordings],
        "talks": [asdict(one) for one in told.talks],
        "cases": [
            {"number": one.case.number, "kind": one.case.kind, "team": one.case.team, "alias_of": one.case.alias_of}
            | {"said": asdict(one.said) if one.said else None}
            for one in told.cases
        ],
        "effects": [
            {"kind": one.record.kind, "turn": one.turn.hex(), "state": one.state, "reason": one.reason}
            for one in told.effects
        ],
        "written": dict(told.written),
        "call_backs": [promise_data(one) for one in told.call_backs],
        "wrap_ups": [wrap_up_data(one) for one in told.wrap_ups],
    }


def case_data(one: OpenCase, names: Mapping[str, str]) -> dict[str, Any]:
    """Lay a case out; `names` are people's by their ids."""
    case = one.case
    known = {"number": case.number, "call": case.call, "at": case.at, "status": case.status, "alias_of": case.alias_of}
    known |= {"kind": case.kind, "team": case.team, "priority": case.priority, "language": case.language}
    due = None if case.due_at >= NEVER else case.due_at
    known |= {"owner": names.get(case.owner, ""), "due_at": due, "late": case.late(time.time())}
    said = asdict(one.said) if one.said else {}
    return known | {name: said.get(name) for name in ("about", "fields", "recordings")}


def case_file(archive: Archive, case: Case) -> dict[str, Any]:
    """Lay a case out with all that was said and done."""
    store, keyring = archive.store, archive.keyring
    names = {person.id: person.name for person in store.people.all()}
    numbers = store.cases.names_of(case.number)
    promises = [promised(row, store, keyring) for number in numbers for row in store.call_backs.of_case(number)]
    return case_data(opened(case, store, keyring), names) | {
        "numbers": numbers,
        "history": [asdict(change) for change in store.cases.history(case.number)],
        "conversation": [piece_data(piece) for piece in Conversation(store, keyring).of_case(*numbers)],
        "call_backs": [promise_data(each) for each in promises],
    }


def piece_data(piece: Piece) -> dict[str, Any]:
    """Lay one piece of a conversation out."""
    message = piece.message
    shown = ("at", "direction", "channel", "author", "state", "reason")
    return {name: getattr(message, name) for name in shown} | {"said": piece.said.body if piece.said else None}
