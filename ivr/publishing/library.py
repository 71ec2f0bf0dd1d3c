"""The versions that a node holds: in memory, on its disk, else fetched from the database.

``versions/<hash>.json`` is a compiled version, ``audio/<hash>.wav`` a recording, both under the data folder and both
written once: a file that is there is whole.
"""

from __future__ import annotations

import os
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from ivr.codec import dumps, loads
from ivr.content import Content
from ivr.disk import sync_folder
from ivr.engine.conditions import compile_all
from ivr.errors import UnknownVersion
from ivr.token import Vocabulary

IN_MEMORY = 16  # versions; calls in progress seldom have more than two
HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Shelf(Protocol):
    """Where versions are kept for all nodes (``ivr.store.versions``)."""

    def get(self, version: str) -> bytes | None:
        """Find a version's content; StoreUnavailable where the store does not answer."""

    def get_audio(self, sha256: str) -> bytes | None:
        """Find one recording; StoreUnavailable where the store does not answer."""


class Library:
    """The versions of one node; safe for threads, and for the node's other processes."""

    def __init__(self, data: Path, shelf: Shelf | None = None) -> None:
        """Hold versions under the data folder; what is missing comes from the shelf, where there is one."""
        self._versions = data / "versions"
        self._audio = data / "audio"
        self._shelf = shelf
        self._held: OrderedDict[str, tuple[Content, Vocabulary]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: str) -> Content:
        """Find a version; UnknownVersion where nobody has it."""
        return self._find(version)[0]

    def vocabulary(self, version: str) -> Vocabulary:
        """Find the words of a version; UnknownVersion where nobody has it."""
        return self._find(version)[1]

    def hashes(self) -> set[str]:
        """List what is on the disk."""
        return {path.stem for path in self._versions.glob("*.json") if HASH.fullmatch(path.stem)}

    def keep(self, content: Content, audio: Mapping[str, bytes] | None = None) -> None:
        """Put a version on the disk, its recordings first; drafts are kept alike."""
        for name, wav in (audio or {}).items():
            self._write(self._audio / f"{checked(name)}.wav", wav)
        self._write(self._versions / f"{checked(content.hash)}.json", dumps(Content, content).encode())

    def fetch(self, version: str) -> None:
        """Bring a version with its recordings to this disk; UnknownVersion where it cannot be had whole."""
        content = self.get(version)
        for name in content.audio:
            if self.audio(name) is None:
                raise UnknownVersion(f"version {version[:12]} lacks its recording {name[:12]}")

    def audio_here(self, name: str) -> Path | None:
        """Find a recording's file by its hash on this disk; None where it is not here."""
        path = self._audio / f"{name}.wav"
        return path if HASH.fullmatch(name) and path.exists() else None

    def audio(self, name: str) -> Path | None:
        """Find a recording's file by its hash, fetched where it is not here; None where nobody has it."""
        if not HASH.fullmatch(name):
            return None
        path = self._audio / f"{name}.wav"
        if not path.exists():
            wav = self._shelf.get_audio(name) if self._shelf else None
            if wav is None:
                return None
            self._write(path, wav)
        return path

    def _find(self, version: str) -> tuple[Content, Vocabulary]:
        found = self._held.get(version)
        if found is not None:
            return found
        content: Content = loads(Content, self._read(version))
        made = content, Vocabulary(content.tree)
        compile_all(content.tree)
        with self._lock:
            self._held[version] = made
            while len(self._held) > IN_MEMORY:
                self._held.popitem(last=False)
        return made

    def _read(self, version: str) -> bytes:
        path = self._versions / f"{checked(version)}.json"
        if path.exists():
            return path.read_bytes()
        text = self._shelf.get(version) if self._shelf else None
        if text is None:
            raise UnknownVersion(f"no menu version {version[:12]} is on this node")
        self._write(path, text)
        return text

    def _write(self, path: Path, data: bytes) -> None:
        if path.exists():
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)


def checked(name: str) -> str:
    """Let nothing but a hash become part of a path."""
    if not HASH.fullmatch(name):
        raise UnknownVersion(f"{name!r} names no version")
    return name
