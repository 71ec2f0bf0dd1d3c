"""Publish: compile once, hand the version to every node's disk, collect acknowledgements, then switch.

So no node ever lacks a version that a token names, with the database away too. Publishing what is in force does
nothing. Going back is a publish of an earlier version. Of two people who publish at once the second is told.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ivr.codec import dumps
from ivr.content import Content
from ivr.errors import MenuRefused, UnknownVersion
from ivr.menu.compile import Compiled, compile_hotline
from ivr.publishing.fallback import write_fallback
from ivr.publishing.handing import hand_over, node_name
from ivr.publishing.library import Library
from ivr.store import Store
from ivr.store.versions import Overtaken, Switch


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing came to."""

    version: str
    switched: bool  # False: it was in force already
    compiled: Compiled  # with the problems that do not stop a publish


@dataclass(frozen=True, slots=True)
class Author:
    """Who publishes, why, and in the place of what."""

    name: str
    comment: str
    seen: int | None = None  # number of the switch that they know to be the latest, 0 for none; None: whichever it is
    now: bool = False  # the version in force does harm: take its calls off it, too


def publish(files: Mapping[str, bytes], author: Author, store: Store, data: Path) -> Published:
    """Publish these files; MenuRefused where they have errors, NodesBehind where a node does not take them."""
    compiled = compile_hotline(files)
    content = compiled.content
    if content is None:
        raise refused(compiled, "the menu has errors; the published version stays")
    return Published(content.hash, put_in_force(content, recordings(files, content), author, store, data), compiled)


def refused(compiled: Compiled, why: str) -> MenuRefused:
    """Make the error that names every problem."""
    return MenuRefused("\n".join([why, *(str(problem) for problem in compiled.problems)]))


def recordings(files: Mapping[str, bytes], content: Content) -> dict[str, bytes]:
    """Find the recordings that a version plays, by their hashes."""
    named = {sha256(text).hexdigest(): text for path, text in files.items() if path.endswith(".wav")}
    return {name: named[name] for name in content.audio}


def put_in_force(content: Content, audio: Mapping[str, bytes], author: Author, store: Store, data: Path) -> bool:
    """Hand a version to all nodes, switch to it and write its fallback; False where it is in force already."""
    last = store.versions.last()
    _not_overtaken(author, last)
    if last and last.hash == content.hash:
        if author.now:
            _withdraw(earlier("", store), content.hash, author, store)
        return False
    Library(data).keep(content, audio)
    for name, wav in audio.items():
        store.versions.put_audio(name, wav)
    made = Switch(0, content.hash, author.name, author.comment, time.time())
    if not store.versions.put(dumps(Content, content).encode(), made):
        store.versions.offer(content.hash, made.at)  # an earlier one: nodes that came later have yet to take it
    hand_over(content.hash, store, node_name(data))
    number = last.number if last else 0
    try:
        store.versions.switch(content.hash, author.name, author.comment, time.time(), seen=number)
    except Overtaken:
        _not_overtaken(author, store.versions.last(), number)
        raise
    if author.now and last:
        _withdraw(last.hash, content.hash, author, store)
    write_fallback(content, data)
    return True


def _withdraw(version: str, successor: str, author: Author, store: Store) -> None:
    """Take the calls in progress off a version; every node has its successor already."""
    store.versions.withdraw(version, successor, author.name, time.time())


def _not_overtaken(author: Author, last: Switch | None, began: int | None = None) -> None:
    """Tell who came first; Overtaken."""
    seen = began if author.seen is None else author.seen
    if seen is None or seen == (last.number if last else 0):
        return
    who = f"{last.author} put version {last.hash[:12]} in force" if last else "nothing is in force any more"
    hint = "the page Menus shows what changed, and so does ivr diff"
    raise Overtaken(f"{who} while you were at work; yours was not published", hint=hint)


def earlier(version: str, store: Store) -> str:
    """Find an earlier version by the beginning of its hash; "" is the one in force before. IvrError where none is."""
    if version:
        found = store.versions.named(version)
        if len(found) == 1:
            return found[0]
        raise UnknownVersion(f"{len(found)} versions begin with {version!r}", hint="ivr versions lists them")
    switches = store.versions.history()
    before = next((switch.hash for switch in switches if switch.hash != switches[0].hash), None)
    if before is None:
        raise UnknownVersion("there is no earlier version", hint="ivr versions lists what was in force")
    return before


def roll_back(version: str, author: Author, store: Store, data: Path) -> bool:
    """Put an earlier version (a whole hash) in force again; False where it is in force already.

    UnknownVersion for what was never in force: a draft that was heard on the phone has a version, too, and neither
    review nor scenarios would have been asked of it.
    """
    if store.versions.last_of(version) is None:
        raise UnknownVersion(f"version {version[:12]} was never in force", hint="publish it as a draft")
    library = Library(data, store.versions)
    library.fetch(version)
    content = library.get(version)
    audio = {name: path.read_bytes() for name in content.audio if (path := library.audio(name))}
    return put_in_force(content, audio, author, store, data)
