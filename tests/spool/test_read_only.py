"""A server that takes no writes for a while: it counts as away, and whoever lived through it is fresh afterwards."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest
from rig.postgres import Postgres
from rig.server import ACCOUNT, KEYS, TOKEN

from ivr.errors import StoreUnavailable
from ivr.node import Node
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.flags import Flag


def eventually(node: Node, flag: str) -> None:
    limit = time.monotonic() + 20
    while flag not in node.snapshots.current.living.flags:
        assert time.monotonic() < limit, "it is not fresh any more"
        time.sleep(0.1)


def put_on(store: Store, flag: Flag) -> None:
    """Connections that the server has told of the end of it may take a moment."""
    limit = time.monotonic() + 20
    while True:
        try:
            return store.flags.on(flag)
        except StoreUnavailable:
            assert time.monotonic() < limit, "it takes no writes still"
            time.sleep(0.1)


def test_a_server_that_takes_no_writes_is_away_and_nodes_are_fresh_again_afterwards() -> None:
    with tempfile.TemporaryDirectory(prefix="ivr-read-only-") as name:
        folder, now = Path(name), time.time()
        folder.chmod(0o755)  # the server runs as another user
        server = Postgres(folder / "postgres")
        with server.database() as url:
            environ = {"IVR_DATA": str(folder / "data"), "DATABASE_URL": url, "IVR_SECRET_KEYS": KEYS}
            settings = read_settings(environ | {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN})
            store, before, amid = Store(url, folder), Node(settings), Node(settings)
            before.start()
            try:
                with server.read_only():
                    with pytest.raises(StoreUnavailable, match="takes no writes"):
                        store.flags.on(Flag("storm", "Priya", now + 900, now))
                    amid.start()  # as a worker that is restarted meanwhile; it gives a sign of life, or tries
                    before._beaten = 0.0
                    time.sleep(2)
                put_on(store, Flag("storm", "Priya", now + 900, now))
                eventually(before, "storm")
                eventually(amid, "storm")
            finally:
                before.close()
                amid.close()
                store.close()
