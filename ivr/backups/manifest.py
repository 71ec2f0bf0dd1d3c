"""What a backup says of itself, and whether it is still what it says."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from ivr.depot import INBOX, MESSAGES
from ivr.errors import IvrError
from ivr.settings import Settings

NAME = "manifest.json"
FORM = 1
DATABASE = "database"
CHUNK = 1 << 20


class NotABackup(IvrError):
    """This file is no backup of ours, or is not whole."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What lies in a backup."""

    made_at: float
    database: str  # sqlite | postgresql
    revision: str  # of the tables
    tables: Mapping[str, Sequence[str]]
    files: Mapping[str, str]  # name in the archive -> sha256 (hex)
    form: int = FORM

    def written(self) -> bytes:
        """Write it as JSON."""
        return json.dumps(asdict(self), indent=1).encode()


OF_PEOPLE = (INBOX, MESSAGES)  # what the store of files keeps, by the names it has there


def folders(settings: Settings) -> dict[str, Path]:
    """Say which folders of the disk are kept, by their names in the archive."""
    data = settings.data
    return {"versions": data / "versions", "audio": data / "audio", "prompts": settings.recordings / "prompts"}


@contextmanager
def opened(file: Path) -> Iterator[tarfile.TarFile]:
    """Open a backup to be read."""
    try:
        with tarfile.open(file, "r:") as archive:
            yield archive
    except (tarfile.TarError, OSError) as error:
        raise NotABackup(f"{file} cannot be read as a backup: {error}") from error


def checked(file: Path) -> Manifest:
    """Read the manifest and compare every hash; NotABackup where anything is missing, more, or another."""
    with opened(file) as archive:
        members = {member.name: member for member in archive.getmembers()}
        listed = members.pop(NAME, None)
        if listed is None:
            raise NotABackup(f"{file} has no manifest: it was cut off, or is no backup of ours")
        told = json.loads(content(archive, listed).read())
        if told.get("form") != FORM:
            raise NotABackup(f"{file} has the form {told.get('form')}", hint="restore it with the release that made it")
        manifest = Manifest(**told)
        if odd := sorted(members.keys() ^ manifest.files.keys()):
            raise NotABackup(f"{file} and its manifest disagree on {odd[0]}")
        for name, wanted in manifest.files.items():
            if not members[name].isreg() or hashed(content(archive, members[name])) != wanted:
                raise NotABackup(f"{name} in {file} is not what was put there")
    return manifest


def hashed(file: IO[bytes]) -> str:
    """Hash what a file still has to give."""
    found = hashlib.sha256()
    while part := file.read(CHUNK):
        found.update(part)
    return found.hexdigest()


def content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    """Open what lies in a backup under this name."""
    file = archive.extractfile(member)
    if file is None:
        raise NotABackup(f"{member.name} is no file")
    return file
