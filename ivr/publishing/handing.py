"""Hand versions to nodes: every living node holds a version on its disk before it comes into force."""

from __future__ import annotations

import socket
import time
from pathlib import Path

from ivr.errors import IvrError
from ivr.publishing.library import Library
from ivr.store import Store

HEARD_OF = 16.0  # seconds without a sign of life after which a node counts as gone; it beats three times in them
PATIENCE = 30.0  # seconds that a living node has to take the version
LOOK = 0.05  # seconds between two looks at who has it


class NodesBehind(IvrError):
    """A node has not taken the new version; the one in force stays."""


def node_name(data: Path) -> str:
    """Name a node: one machine's data folder, shared by its processes."""
    return f"{socket.gethostname()}:{data}"


def hand_over(version: str, store: Store, here: str) -> None:
    """Wait until every living node holds a version on its disk; NodesBehind names those that do not."""
    if here in store.nodes.alive(time.time() - HEARD_OF):
        store.nodes.beat(here, time.time(), [version])  # this very disk has it
    end = time.monotonic() + PATIENCE
    while behind := lacking(version, store):
        if time.monotonic() > end:
            raise NodesBehind(f"not on every node yet: {', '.join(behind)}", hint="publish again when they are up")
        time.sleep(LOOK)


def lacking(version: str, store: Store) -> list[str]:
    """Name the living nodes that do not hold a version."""
    alive = store.nodes.alive(time.time() - HEARD_OF)
    return sorted(node for node, held in alive.items() if version not in held)


def take_offered(library: Library, store: Store) -> list[str]:
    """Bring every version that was put lately to this node's disk; the new ones."""
    fresh = [version for version in store.versions.latest() if version not in library.hashes()]
    for version in fresh:
        library.fetch(version)
    return fresh
