"""Writes a backup while calls go on: the rows of one moment first, then the files that they name."""

from __future__ import annotations

import getpass
import hashlib
import os
import tarfile
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import IO

from ivr.backups.manifest import DATABASE, NAME, OF_PEOPLE, Manifest, folders
from ivr.depot import Depot, NotKept
from ivr.depot.choosing import depot_of
from ivr.errors import IvrError
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.audit import Deed
from ivr.store.copying import copy_out


class Hashing:
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read this one."""
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes."""
        part = self._file.read(size)
        self.hash.update(part)
        return part


def backup(settings: Settings, store: Store, target: Path) -> Manifest:
    """Write a backup; `target` is there when it is whole and on the disk, never before."""
    if target.exists():
        raise IvrError(f"{target} is there already", hint="name another file")
    revision, _ = store.revisions()
    if not revision:
        raise IvrError("the database has no tables", hint="`ivr prepare`")
    draft = target.with_name(f"{target.name}.part")
    files: dict[str, str] = {}
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
            made_at = time.time()
            tables = copy_out(store.database, Path(scratch))
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                with tarfile.open(fileobj=out, mode="w:") as archive:
                    for name, folder in {DATABASE: Path(scratch), **folders(settings)}.items():
                        files |= _add_all(archive, name, folder)
                    for name in OF_PEOPLE:
                        files |= _add_kept(archive, depot_of(settings), name)
                    kind = "sqlite" if store.database.sqlite else "postgresql"
                    manifest = Manifest(made_at, kind, revision, tables, files)
                    info = tarfile.TarInfo(NAME)
                    info.size = len(manifest.written())
                    archive.addfile(info, BytesIO(manifest.written()))
                out.flush()
                os.fsync(out.fileno())
        draft.replace(target)
        store.audit.add(Deed(getpass.getuser(), "made a backup", target.name, {"files": len(files)}))
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _add_all(archive: tarfile.TarFile, name: str, folder: Path) -> dict[str, str]:
    """Add every file of a folder; what is purged meanwhile is left out."""
    added = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        inside = f"{name}/{path.relative_to(folder).as_posix()}"
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            added[inside] = _add(archive, inside, file, os.fstat(file.fileno()).st_size)
    return added


def _add_kept(archive: tarfile.TarFile, depot: Depot, folder: str) -> dict[str, str]:
    """Add every file of people below a folder; what goes meanwhile is left out."""
    added = {}
    for kept in depot.list(folder):
        try:
            with depot.open(kept.name) as file:
                added[kept.name] = _add(archive, kept.name, file, kept.size)
        except NotKept:
            continue
    return added


def _add(archive: tarfile.TarFile, name: str, file: IO[bytes], size: int) -> str:
    """Add one file; gives its hash."""
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, int(time.time()), 0o600
    hashing = Hashing(file)
    archive.addfile(info, hashing)
    return hashing.hash.hexdigest()
