"""Puts a backup back: hashes first, then rows, migrations, tombstones, files; proved at the end."""

from __future__ import annotations

import getpass
import shutil
import tarfile
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import islice
from math import ceil
from pathlib import Path, PurePosixPath

from ivr.archive.proving import Proving
from ivr.archive.trail import verified
from ivr.backups.manifest import DATABASE, OF_PEOPLE, Manifest, checked, content, folders, opened
from ivr.depot.choosing import depot_of
from ivr.errors import IvrError
from ivr.facts.numbers import LEASE, waste
from ivr.keeping.graves import graves, note, reapply_tombstones
from ivr.keys import Keyring
from ivr.privacy import Erased
from ivr.publishing.handing import HEARD_OF
from ivr.publishing.library import Library
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.audit import Deed
from ivr.store.calls import Search
from ivr.store.copying import (
    buried_there,
    busiest_day,
    kept_files,
    leave_to_people,
    next_numbers,
    put_back,
    skip_numbers,
)
from ivr.worker.alone import at_work

SAMPLE = 200  # calls, the latest, that are run again
NODES = 8  # each of so many may have leased numbers since the backup that nobody has spent
HELD = 2 * LEASE  # more than a node's disk ever holds of a series: less than LOW, and one lease
LOOKED = 30  # days before the backup, the busiest of which says how many cases one may open
STORM = 3  # times as many as on that one were opened on every day since
DAY = 86400.0  # seconds


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and whether it holds."""

    files: int
    unsure: int  # messages and submits that may have left after the backup: people decide
    buried: int  # calls and cases that were erased after the backup, and were destroyed again
    stood: bool  # calls stood there, whose database said what was erased until now
    last_erasure: float | None  # when the last one was that is known beside the backup; None: none is
    trail: str  # what the audit trail's check said
    same: int  # calls of the sample whose turns give what they gave
    erased: int
    different: tuple[str, ...]  # calls that do not, are not whole or cannot be opened, with why


def restore(settings: Settings, file: Path, *, over: bool = False) -> Restored:
    """Put a backup back and prove it; NotABackup, or IvrError where calls stand there, before anything is changed."""
    manifest = checked(file)
    store = Store(settings.database_url, settings.data)
    try:
        _fits(settings, store, manifest, over=over)
        standing = next_numbers(store.database)
        there = buried_there(store.database)  # what it takes the place of knows who was erased since
        note(settings.data, there or [])
        waste(settings.data / "numbers")
        _rows(settings, store, file, manifest)
    finally:
        store.close()
    store = Store(settings.database_url, settings.data)
    try:
        store.upgrade()
        skip_numbers(store.database, skipped(store, manifest.made_at, time.time()), standing)
        unsure = leave_to_people(store.database, time.time())
        keyring = Keyring(settings.secret_keys)
        buried = reapply_tombstones(store, keyring, settings.data)
        files = _files(settings, store, file, manifest)
        store.audit.add(Deed(getpass.getuser(), "restored a backup", file.name, {"made_at": manifest.made_at}))
        trail = verified(store, "")
        last = max((at for _, at in graves(settings.data).values()), default=None)
        done = Restored(files, unsure, buried, there is not None, last, trail, 0, 0, ())
        return _proved(settings, store, keyring, done)
    finally:
        store.close()


def skipped(store: Store, made_at: float, now: float) -> int:
    """Say how many numbers of each series to leave out: all that may have been spoken or leased since the backup.

    What stood there may be lost, so nobody can know how many those are, and a number that two callers were told costs
    one of them the case. A number that is left out costs nothing; callers hear a digit more, at worst.
    """
    most = busiest_day(store.database, made_at - LOOKED * DAY)
    days = max(0, ceil((now - made_at) / DAY)) + 1
    return NODES * HELD + STORM * most * days


def _fits(settings: Settings, store: Store, manifest: Manifest, *, over: bool) -> None:
    """Refuse where the backup cannot go, or would take something away that nobody gave up."""
    kind = "sqlite" if store.database.sqlite else "postgresql"
    if manifest.database != kind:
        raise IvrError(
            f"the backup is of {manifest.database}, DATABASE_URL of {kind}", hint="set DATABASE_URL to its kind"
        )
    if not store.revisions()[0]:
        return
    alive = store.nodes.alive(time.time() - HEARD_OF)
    if alive or at_work(settings.data):
        raise IvrError(
            f"{', '.join(alive) or 'the job process'} is at work", hint="stop `ivr serve` everywhere, wait 20 s"
        )
    if not over and store.calls.search(Search(), 1):
        raise IvrError("the database holds calls", hint="--over puts the backup in their place; they are lost then")


def _rows(settings: Settings, store: Store, file: Path, manifest: Manifest) -> None:
    """Put the rows back, by way of a folder beside the data."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data, prefix=".restore-") as scratch, opened(file) as archive:
        for member in archive.getmembers():
            folder, _, name = member.name.partition("/")
            if folder == DATABASE:
                _write(archive, member, Path(scratch) / PurePosixPath(name).name)
        put_back(store.database, Path(scratch), manifest.revision, manifest.tables)


def _files(settings: Settings, store: Store, file: Path, manifest: Manifest) -> int:
    """Put the files back; of callers' words only those that the rows name: what was erased since stays so."""
    named = {str(PurePosixPath(path).parent) for path in kept_files(store.database)}
    places, depot, count = folders(settings), depot_of(settings), 0
    with opened(file) as archive:
        for member in archive.getmembers():
            path = PurePosixPath(member.name)
            folder = path.parts[0]
            if ".." in path.parts or member.name not in manifest.files:
                continue
            if folder in places:
                _write(archive, member, places[folder].joinpath(*path.parts[1:]))
            elif folder in OF_PEOPLE and str(path.parent) in named:
                with content(archive, member) as source:
                    depot.keep(member.name, source)
            else:
                continue
            count += 1
    return count


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.restored")
    with content(archive, member) as source, draft.open("wb") as file:
        shutil.copyfileobj(source, file)
    draft.chmod(0o600)
    draft.replace(target)


def _proved(settings: Settings, store: Store, keyring: Keyring, done: Restored) -> Restored:
    """Run the latest calls again from their records."""
    proving = Proving(store, keyring, Library(settings.data, store.versions).get)
    same, erased, different = 0, 0, []
    for row in islice(store.calls.search(Search(), SAMPLE), SAMPLE):
        record = row.record
        try:
            proving.prove(record)
            same += 1
        except Erased:
            erased += 1
        except IvrError as error:
            different.append(f"{record.call}: {error}")
    return replace(done, same=same, erased=erased, different=tuple(different))
