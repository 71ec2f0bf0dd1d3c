"""A database that hangs: who is waited for learns of it within one patience, whatever the question was waiting for."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest
from rig.postgres import Postgres

from ivr.errors import StoreUnavailable
from ivr.store import Store
from ivr.store.database import PATIENCE


def test_who_asks_a_database_that_hangs_waits_once_and_not_for_the_next_connection_too(spool):
    with tempfile.TemporaryDirectory(prefix="ivr-hanging-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server runs as another user
        server = Postgres(folder / "postgres")
        with server.database() as url:
            store = Store(url, folder, disk=spool)
            try:
                assert store.call("CA1") is None  # a connection is at hand, whose sign of life is asked for
                with server.hanging():
                    began = time.monotonic()
                    with pytest.raises(StoreUnavailable):
                        store.call("CA1")
                    assert time.monotonic() - began < 1.6 * PATIENCE
                assert store.call("CA1") is None
            finally:
                store.close()
