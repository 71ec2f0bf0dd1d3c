"""Publish: compile once, hand the version to every node's disk, collect acknowledgements, then switch.

So no node ever lacks a version that a token names, with the database away too. Publishing what is in force does
nothing.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ivr.codec import dumps
from ivr.content import Content
from ivr.errors import IvrError, MenuRefused
from ivr.menu.compile import Compiled, compile_hotline
from ivr.publishing.library import Library
from ivr.store import Store
from ivr.store.versions import Switch

HEARD_OF = 16.0  # seconds without a sign of life after which a node counts as gone; it beats three times in them
PATIENCE = 30.0  # seconds that a living node has to take the version
LOOK = 0.05  # seconds between two looks at who has it


class NodesBehind(IvrError):
    """A node has not taken the new version; the one in force stays."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing came to."""

    version: str
    switched: bool  # False: it was in force already
    compiled: Compiled  # with the problems that do not stop a publish


@dataclass(frozen=True, slots=True)
class Author:
    """Who publishes, and why."""

    name: str
    comment: str


def node_name(data: Path) -> str:
    """Name a node: one machine's data folder, shared by its processes."""
    return f"{socket.gethostname()}:{data}"


def publish(files: Mapping[str, bytes], author: Author, store: Store, data: Path) -> Published:
    """Publish these files; MenuRefused where they have errors, NodesBehind where a node does not take them."""
    compiled = compile_hotline(files)
    content = compiled.content
    if content is None:
        told = "\n".join(str(problem) for problem in compiled.problems)
        raise MenuRefused(f"the menu has errors; the published version stays\n{told}")
    return Published(content.hash, put_in_force(content, recordings(files, content), author, store, data), compiled)


def recordings(files: Mapping[str, bytes], content: Content) -> dict[str, bytes]:
    """Find the recordings that a version plays, by their hashes."""
    named = {sha256(text).hexdigest(): text for path, text in files.items() if path.endswith(".wav")}
    return {name: named[name] for name in content.audio}


def put_in_force(content: Content, audio: Mapping[str, bytes], author: Author, store: Store, data: Path) -> bool:
    """Hand a version to all nodes and switch to it; False where it is in force."""
    if store.versions.active() == content.hash:
        return False
    Library(data).keep(content, audio)
    for name, wav in audio.items():
        store.versions.put_audio(name, wav)
    made = Switch(0, content.hash, author.name, author.comment, time.time())
    store.versions.put(dumps(Content, content).encode(), made)
    hand_over(content.hash, store, node_name(data))
    store.versions.switch(content.hash, author.name, author.comment, time.time())
    return True


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
