"""Cases are found by words; a conversation is opened only where it can matter."""

from __future__ import annotations

from pathlib import Path

import pytest
from rig.cases import complain
from sqlalchemy import event

from ivr.cases.finding import find
from ivr.keys import Keyring
from ivr.store import Store
from ivr.store.case_filter import Filter


@pytest.mark.parametrize(
    ("words", "found", "opens"),
    [("", 1, False), ("october", 1, False), ("OCTOBER 40227195", 1, False), ("nowhere", 0, True)],
)
def test_a_conversation_is_opened_only_where_what_was_left_is_not_enough(
    tmp_path: Path, words: str, found: int, opens: bool
) -> None:
    store, keyring = Store("", tmp_path), Keyring([("k1", bytes(32))])
    store.upgrade()
    complain(store, keyring, "C10021")
    asked: list[str] = []
    event.listen(store.database.engine, "before_cursor_execute", lambda *all: asked.append(all[2]))
    cases, _ = find(store, keyring, Filter(), 10, words)
    assert len(cases) == found
    assert any("FROM messages" in statement for statement in asked) is opens
    store.close()
