"""Say whether this worker can take a call: a menu is loaded; and how well it can keep what callers do."""

from __future__ import annotations

import json

from ivr.errors import NothingPublished, StoreUnavailable, UnknownVersion
from ivr.node import Node
from webhooks.door import NOTED, Hook, Reply

WELL, DEGRADED, DOWN = "well", "degraded", "down"


class Health:
    """A light for balancers and people; it says nothing of any call.

    A node without its database takes calls, so a balancer has to keep it: the answer is 200, and says `degraded`. It is
    open to everybody, so it asks the database nothing: a database that hangs would hold a thread for each who asks.
    """

    def __init__(self, node: Node) -> None:
        """Look at this node."""
        self._node = node

    def health(self, hook: Hook) -> Reply:
        """Answer 200 where calls can be taken, 503 with what keeps it from that."""
        del hook
        menu, spool = self._menu(), self._node.spool.state()
        store = "answers" if self._node.snapshots.heard and not self._node.store.away else "does not answer"
        taking = menu == "loaded"
        well = taking and store == "answers" and not spool.records and spool.size > 0
        told = {
            "status": WELL if well else DEGRADED if taking else DOWN,
            "menu": menu,
            "store": store,
            "spool": {"records": spool.records, "bytes": spool.used, "size": spool.size},
        }
        status = "200 OK" if taking else "503 Service Unavailable"
        headers = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
        return Reply(status, headers, json.dumps(told).encode())

    def proof(self, hook: Hook) -> Reply:
        """Take a signed request that wants nothing: whoever sends it learns that signatures pass the proxy."""
        del hook
        return NOTED

    def _menu(self) -> str:
        version = self._node.snapshots.current.living.active
        if version is None:
            return str(NothingPublished())
        try:
            self._node.library.get(version)
        except (StoreUnavailable, UnknownVersion) as problem:
            return str(problem)
        return "loaded"
