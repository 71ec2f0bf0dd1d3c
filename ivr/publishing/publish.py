"""Publish: compile once, hand the version to every node's disk, collect acknowledgements, then switch.

So no node ever lacks a version that a token names, with the database away too. Publishing what is in force does
nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ivr.codec import dumps
from ivr.content import Content
from ivr.errors import MenuRefused
from ivr.menu.compile import Compiled, compile_hotline
from ivr.publishing.handing import hand_over, node_name
from ivr.publishing.library import Library
from ivr.store import Store
from ivr.store.versions import Switch


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
