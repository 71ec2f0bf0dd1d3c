"""A worker's switchboard, wired by hand over a real store."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from kernel.hotline import hotline

from ivr.codec import dumps
from ivr.content import Content
from ivr.facts.desk import Facts
from ivr.facts.numbers import NumberBlocks
from ivr.facts.snapshot import Living, Snapshots
from ivr.keys import Keyring
from ivr.privacy import caller_indexes
from ivr.publishing.library import Library
from ivr.replay import check, reel
from ivr.store import Store
from ivr.store.versions import Switch
from ivr.switchboard import Switchboard

SECRET = ("k1", os.urandom(32))
CALL = "CA" + "1" * 32


def living_in(store: Store) -> Callable[[], Living]:
    return lambda: Living(
        store.versions.active(),
        {flag.name: flag.until for flag in store.flags.all()},
        store.versions.moved(0.0),
        blocked=store.blocks.listed(),
        over=store.guards.listed(time.time()),
    )


def board_over(store: Store, data: Path, secrets=(SECRET,)) -> Switchboard:
    """One worker's switchboard; two of them over one store are two nodes where their folders differ."""
    numbers = NumberBlocks(data / "numbers", store.lease)
    for series in ("C", "CT"):
        numbers.fill(series)
    library = Library(data, store.versions)
    keyring = Keyring(list(secrets))
    indexes = partial(caller_indexes, keyring)
    facts = Facts(Snapshots(data / "snapshot.json", living_in(store)), numbers, indexes=indexes)
    return Switchboard(library, keyring, facts, store)


@pytest.fixture
def board(store: Store, tmp_path: Path) -> Switchboard:
    """One worker's switchboard, with a hotline in force."""
    made = board_over(store, tmp_path / "one")
    publish(made, hotline())
    return made


def replayed(board: Switchboard, call: str = CALL) -> int:
    """Run the records of a call again: how many turns were compared."""
    record = board.store.call(call)
    assert record is not None
    return check(reel(record, board.store.chain(call), board.keyring, board.library.get))


def publish(board: Switchboard, content: Content) -> None:
    """Put a version in force, and let this worker see it."""
    made = Switch(0, content.hash, "somebody", "", time.time())
    board.store.versions.put(dumps(Content, content).encode(), made)
    board.store.versions.switch(content.hash, made.author, made.comment, made.at)
    board.facts.snapshots.renew()
