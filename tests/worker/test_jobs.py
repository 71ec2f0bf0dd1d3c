"""The job engine does every deed, also after it was killed in the middle."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rig.postgres import Postgres

from ivr.carrier.copies import Copies
from ivr.errors import StoreUnavailable
from ivr.keys import Keyring
from ivr.settings import Settings
from ivr.store import Store
from ivr.worker.copies import CopyDeeds
from ivr.worker.deeds import Deeds
from ivr.worker.jobs import KEPT, Jobs
from ivr.worker.media import Media
from ivr.worker.post import Post
from ivr.worker.relay import Relay
from tests.worker.conftest import CALL, RECORDING, Sealing
from tests.worker.test_deeds import CASE, COMPLETED, KEEP


def until(true: Callable[[], bool], seconds: float = 30.0) -> bool:
    limit = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < limit:
        time.sleep(0.05)
    return found


def test_what_was_heard_is_done_once_and_a_late_recording_in_the_end(
    store: Store, sealing: Sealing, deeds: Deeds, carrier: tuple, keyring: Keyring, settings: Settings, tmp_path: Path
) -> None:
    carrier[0].ledger.recordings[RECORDING].not_yet = 1
    sealing.note(1, CALL, "recording", COMPLETED)
    sealing.turn(CALL, 1, CASE)
    sealing.turn(CALL, 2, KEEP, kind="end")
    post = Post(store, keyring, {}, Media(store, keyring, settings))
    where = store.database.books(tmp_path), "worker"
    jobs = Jobs(deeds, post, CopyDeeds(store, Copies(settings)), where)
    relay = Relay(store, jobs, post)

    def kept() -> bool:
        relay.run(time.time())
        return [one.state for one in store.recordings.of_call(CALL)] == ["kept"]

    forgotten = 0

    def all_forgotten() -> bool:
        # The engine notes a workflow's end a moment after the deed itself: they may be forgotten one by one.
        nonlocal forgotten
        forgotten += relay.tidy(time.time() + KEPT + 60)
        return forgotten >= 4  # a case, a wish, two attempts

    try:
        assert until(kept)
        assert relay.tidy(time.time()) == 0
        assert until(all_forgotten)
        assert forgotten == 4
        assert relay.tidy(time.time() + KEPT + 60) == 0
    finally:
        jobs.close()
    assert [case.number for case in store.cases.of_call(CALL)] == ["C1001-2"]
    assert store.recordings.of_call(CALL)[0].attempts == 2
    assert {wanted.state for wanted in store.effects.of_call(CALL)} == {"sent"}


def test_what_cannot_be_handed_on_while_the_engines_books_are_away_is_handed_on_later(
    deeds: Deeds, store: Store, keyring: Keyring, settings: Settings
) -> None:
    with tempfile.TemporaryDirectory(prefix="ivr-books-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server runs as another user
        server = Postgres(folder / "postgres")
        with server.database(migrated=False) as books:
            post = Post(store, keyring, {}, Media(store, keyring, settings))
            where = books.replace("postgresql://", "postgresql+psycopg://"), "worker"
            jobs = Jobs(deeds, post, CopyDeeds(store, Copies(settings)), where)
            try:
                with server.stopped():
                    with pytest.raises(StoreUnavailable):
                        jobs.do(bytes(16), 1)
                    with pytest.raises(StoreUnavailable):
                        jobs.tidy(time.time())
                assert until(lambda: handed_on(jobs))
            finally:
                jobs.close()


def handed_on(jobs: Jobs) -> bool:
    try:
        jobs.do(bytes(16), 1)
    except StoreUnavailable:
        return False
    return True
