"""What callers heard, compared with the cases that stand in the end."""

from __future__ import annotations

import re
import time
from collections.abc import Set as AbstractSet

from rig.insistent import WalkedCall
from rig.node import Node

from ivr.store import Store

QUIET = 150.0  # seconds without a new case after which no other is awaited


def judge_cases(node: Node, calls: list[WalkedCall], before: AbstractSet[tuple[str, str]] = frozenset()) -> int:
    """Each reference that was spoken is a case of its own call, once, and there is no other; give how many.

    `before` are the cases that stood there when the first of these calls came.
    """
    spoken = {(reference, call.sid) for call in calls for reference in call.references()}
    assert len(spoken) == sum(len(call.references()) for call in calls), "a reference was given twice in a call"
    store = Store(node.settings.database_url, node.data)
    try:
        known, until = 0, time.monotonic() + QUIET
        while (recorded := recorded_cases(store) - before) != spoken and time.monotonic() < until:
            if len(recorded) != known:  # the job process works off what is left: wait as long as it goes on
                known, until = len(recorded), time.monotonic() + QUIET
            time.sleep(0.5)
    finally:
        store.close()
    assert sorted(spoken - recorded) == [], "spoken, and no case"
    assert sorted(recorded - spoken) == [], "a case that nobody was told of"
    return len(spoken)


def recorded_cases(store: Store) -> set[tuple[str, str]]:
    """Number and call of each case; the number's letters and digits alone."""
    listed = store.cases.latest(1_000_000)
    found = {(re.sub(r"[^A-Z0-9]", "", case.number), case.call) for case in listed}
    assert len(found) == len(listed)
    return found
