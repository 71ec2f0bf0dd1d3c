"""The two nodes once more, with a job process that counts at any moment, and pieces that come late.

What it holds: whatever came in which order, the sums are those of a recount from the records alone.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from kernel.hotline import hotline
from kernel.machine import KEYS, Nodes, workers
from sqlalchemy import delete, select

from ivr.archive.calls import Archive
from ivr.insight.folding import AT_ONCE, Folding, recount
from ivr.keys import Keyring
from ivr.store.answers import Answer, keep_in
from ivr.store.insight_tables import insight_calls, insight_cells, insight_counts, insight_due
from ivr.store.shredding import OF_CALL, Shredder
from ivr.store.wrap_ups import WrapUp
from ivr.worker.endings import Endings

STAFF = "+18005550190"


def with_staff_line():
    """The hotline with a line of the staff's own, on the same menu."""
    made = hotline("dd" * 32)
    care = made.tree.lines["care"]
    staff = replace(care, id="staff", number=STAFF, default=False, staff=True)
    return replace(made, tree=replace(made.tree, lines={"care": care, "staff": staff}))


def erase(store, call):
    """Take from a record what erasing takes."""
    shredder = Shredder(store.database)
    shredder.all_of(OF_CALL, [call])
    shredder.drop_key(call)


def folding_over(store, library, keys=KEYS):
    archive = Archive(store, Keyring(list(keys)))
    return Folding(archive, library.get), archive


def fold_all(store, folding):
    while marks := store.insight.due(AT_ONCE):
        folding.fold(marks, 0.0)


def sums(store):
    """Every sum that is not nothing, under the columns of its cell."""
    cell = (insight_cells.c[name] for name in ("span", "at", "day", "line", "language", "version", "team"))
    query = select(*cell, insight_counts.c.word, insight_counts.c.n).join_from(
        insight_cells, insight_counts, insight_counts.c.cell == insight_cells.c.id
    )
    with store.database.reading() as connection:
        return {tuple(row[:-1]): row[-1] for row in connection.execute(query) if row[-1]}


def forget(store):
    with store.database.writing() as connection:
        for table in (insight_calls, insight_cells, insight_counts, insight_due):
            connection.execute(delete(table))


def totals(store):
    found = Counter()
    for (span, *_, word), number in sums(store).items():
        found[span, word] += number
    return found


class Figures(Nodes):
    """Rules over two nodes and their figures."""

    def __init__(self, store, folder, numbers):
        super().__init__(store, folder, numbers)
        self.folding, self.archive = folding_over(store, self.job.library)

    def settle(self, caller):
        """Write how the call ended as the job process does, then look as before."""
        board = self.job
        Endings(self.store, board.keyring, board, lambda version: board.library.get(version).tree).end(
            caller.sid, self.now()
        )
        super().settle(caller)

    @rule(most=st.integers(1, 4))
    def count(self, most):
        self.folding.fold(self.store.insight.due(most), self.now())

    @precondition(lambda self: self.callers)
    @rule(data=st.data(), solved=st.booleans())
    def answer(self, data, solved):
        """Keep an answer, maybe of a survey in writing, days after."""
        caller, value = data.draw(st.sampled_from(self.callers)), "yes" if solved else "no"
        made = {"question": "resolved", "kind": "yes_no", "value": value, "case": "", "person": "", "at": self.now()}
        with self.store.database.writing() as connection:
            answer = Answer(effect=os.urandom(16), call=caller.sid, step="main.bye", **made)
            keep_in(self.store.database, connection, answer, self.now())

    @precondition(lambda self: self.callers)
    @rule(data=st.data(), worker=workers, wrong=st.booleans(), saved=st.booleans())
    def write_up(self, data, worker, wrong, saved):
        caller, person, now = data.draw(st.sampled_from(self.callers)), f"agent{worker}", self.now()
        known = self.store.wrap_ups.find(caller.sid, person)
        made = WrapUp(caller.sid, person, b"", "solved", wrong, now if saved else None, known.rev if known else 0)
        assert self.store.wrap_ups.keep(made, now)

    def teardown(self):
        super().teardown()
        fold_all(self.store, self.folding)
        kept = sums(self.store)
        counted, wrong = recount(self.folding, self.archive)
        assert wrong == 0
        assert sums(self.store) == kept
        self.count_anew(counted)
        assert sums(self.store) == kept

    def count_anew(self, counted):
        """Make everything from the records alone."""
        forget(self.store)
        assert recount(self.folding, self.archive)[0] == counted


class Erasures(Figures):
    """The same, with calls that are erased."""

    @precondition(lambda self: any(each.over for each in self.callers))
    @rule(data=st.data())
    def erase_one(self, data):
        """Erase one call; what it made of the others' counts stays."""
        caller = data.draw(st.sampled_from([each for each in self.callers if each.over]))
        self.callers.remove(caller)
        erase(self.store, caller.sid)

    def count_anew(self, counted):
        """Of what was erased the counts are all that is left: there is nothing to make them of."""
