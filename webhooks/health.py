"""Say whether this worker can take a call: a menu is loaded, the store answers."""

from __future__ import annotations

import json

from ivr.errors import NothingPublished, StoreUnavailable, UnknownVersion
from ivr.node import Node
from webhooks.door import NOTED, Hook, Reply


class Health:
    """A light for balancers and people; it says nothing of any call."""

    def __init__(self, node: Node) -> None:
        """Look at this node."""
        self._node = node

    def health(self, hook: Hook) -> Reply:
        """Answer 200 when all is well, 503 with what is not."""
        del hook
        menu, store = self._menu(), self._store()
        well = menu == "loaded" and store == "answers"
        body = json.dumps({"menu": menu, "store": store}).encode()
        status = "200 OK" if well else "503 Service Unavailable"
        return Reply(status, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), body)

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

    def _store(self) -> str:
        try:
            self._node.store.versions.active()
        except StoreUnavailable:
            return "does not answer"
        return "answers"
