"""The machine goes red where the kernel is broken: each mutation here is one that a hurried hand could make."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from kernel.machine import Nodes
from rig.tables import with_tables
from sqlalchemy import false, true

from ivr.codec import write_json
from ivr.facts.view import Asking
from ivr.store import Store
from ivr.switchboard import entries
from ivr.switchboard.board import Board
from ivr.switchboard.past import Past

EXAMPLES = 400  # random calls before we give up; the slowest mutation is found in some dozens


def latest_branch(chain, named=b""):
    """Go from branch to branch by their time, whatever was named as a parent."""
    path, at = [], b""
    while branches := [turn for turn in chain if turn.kind == "drive" and turn.parent == at]:
        path.append(max(branches, key=lambda turn: turn.at))
        at = path[-1].id
    return path


def without_parent(moment):
    """Name a turn by what the caller did alone."""
    if not moment.parent:
        return entries.first_turn(moment.call)
    return moment.key.record_id(b"drive", moment.call.encode(), entries.normal(moment.heard))


def with_time(given, normal=entries.normal):
    """Name a turn by its moment too."""
    return normal(given) + write_json(given.at)


def with_facts_of_its_own(self, request, name):
    """Answer a repeat by what is known now."""
    theirs = self.store.asked(request.call, name)
    if not request.envelope.parent:
        request = self.joined(request, theirs)
    moment = self.moment(request, theirs.version)
    asking = Asking(request.call, moment.state.line, request.heard.at, None, None)
    turn = moment.advance(self.facts.of(moment.content, self.facts.snapshot, asking))
    row = self.tokens.row(theirs.version, turn.state)
    return self.answer(request.within(theirs.version), theirs.id, turn, row)


def leased_twice(_self, _series, count):
    """Lease the same numbers to everybody."""
    return range(7000, 7000 + count)


def first_end_only(self, left, closing=Past.closing):
    """Add nothing to a call that has ended."""
    return None if self.ends else closing(self, left)


def let_go_first(self, most=0):
    """Let go what is folded before it is folded."""
    while frames := self._spool.oldest(32):
        self._spool.folded(frames[-1])
        self.keep([frame.rows for frame in frames], frames[0].number)
    return 0


def by_request(_moment, request, _came_to):
    """Name a turn as its request is named."""
    return request


def nothing(*_):
    """Do nothing."""


MUTATIONS = {
    "the latest branch instead of the heard one": [("ivr.switchboard.past.heard", latest_branch)],
    "an id without its parent": [("ivr.switchboard.entries.drive_turn", without_parent)],
    "an id with the time": [("ivr.switchboard.entries.normal", with_time)],
    "effects let go before they were heard": [("ivr.store.effects._was_heard", true)],
    "a repeat answered with facts of its own": [(f"{Board.__module__}.Board.again", with_facts_of_its_own)],
    "numbers leased twice": [(f"{Store.__module__}.Store.lease", leased_twice)],
    "nothing taken in after the end": [("ivr.switchboard.past.Past.closing", first_end_only)],
    "a turn named by its request alone": [("ivr.switchboard.entries.turn_name", by_request)],
    "the second of two branches dropped": [("ivr.spool.fold.Fold._beside", nothing)],
    "the key of a second beginning dropped": [("ivr.store.turns.Turns.add_rival", nothing)],
    "a second number given up": [("ivr.store.effects._has_a_rival", false)],
    "let go before it is folded": [("ivr.spool.fold.Fold.run", let_go_first)],
    "folded, and not let go": [("ivr.spool.ring.Ring.advance", nothing)],
    "promised when nothing can be kept": [("ivr.facts.view.TurnFacts.store", nothing)],
}


@pytest.mark.campaign
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_machine_sees(tmp_path, monkeypatch, mutation):
    monkeypatch.setattr("ivr.store.durable.PAUSE", 0.002)
    for place, broken in MUTATIONS[mutation]:
        monkeypatch.setattr(place, broken)
    store = Store("", tmp_path, budget=60)
    with_tables(store)
    plan = settings(
        max_examples=EXAMPLES,
        stateful_step_count=40,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    numbers: dict[str, str] = {}
    try:
        with pytest.raises(Exception):  # noqa: B017, PT011 - an assertion of the machine's, or what the break led to
            run_state_machine_as_test(lambda: Nodes(store, tmp_path, numbers), settings=plan)
    finally:
        store.close()
