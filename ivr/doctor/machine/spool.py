"""The spool: there, as large as it was told to be, on a disk that keeps what it is given, and not filling up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ivr.doctor.finding import Finding, Patient, ok, warning, wrong
from ivr.doctor.machine.disk import unwritable
from ivr.spool import FILE, Spool, State
from ivr.spool.fold import REFUSED

MB = 1 << 20
BLOCK = 512  # bytes, as stat(2) counts them
MEMORY = frozenset({"tmpfs", "ramfs"})
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "9p", "fuse.sshfs"})
LAYERS = frozenset({"overlay", "aufs"})  # what a container writes beside its volumes
MOUNTS = Path("/proc/self/mountinfo")


def check(patient: Patient) -> Iterator[Finding]:
    """Look at the folder, at the ring in it, and at what waits there."""
    folder, size = patient.settings.spool, patient.settings.spool_size
    here = next(place for place in (folder, *folder.parents) if place.is_dir())
    bad = [found for found in (unwritable(here), lasting(kind_of(here), folder)) if found]
    ring = folder / FILE
    if ring.exists():
        bad += [*shaped(ring, size), *waiting(Spool(folder, size), folder)]
    else:
        bad.append(to_be_made(shutil.disk_usage(here).free, size, folder))
    yield from bad or [ok(f"{size // MB} MB of {folder} are the spool's own; no record waits")]


def lasting(kind: str, folder: Path) -> Finding | None:
    """Judge the kind of file system: what it is told to keep must be there after a power cut."""
    if kind in MEMORY:
        return wrong(f"{folder} lies in memory ({kind}): a power cut loses what waits there", "put IVR_SPOOL on a disk")
    if kind in NETWORK:
        return wrong(
            f"{folder} lies on a network ({kind}): it is away when the database is, and cannot be locked safely",
            "put IVR_SPOOL on a disk of this machine",
        )
    if kind in LAYERS:
        return warning(f"{folder} goes when its container does ({kind})", "mount a volume there")
    return None


def kind_of(folder: Path) -> str:
    """Name the kind of file system of a folder, as Linux does; "" where nobody says."""
    if not MOUNTS.exists():
        return ""
    device = folder.stat().st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines():
        mount, _, source = line.partition(" - ")
        if mount.split()[2] == wanted:
            return source.split()[0]
    return ""


def to_be_made(free: int, size: int, folder: Path) -> Finding:
    """Judge the room for a spool that no node has made yet."""
    if free < size:
        return wrong(f"{folder} has room for {free // MB} of {size // MB} MB", "make room, or move IVR_SPOOL")
    return warning(f"there is no spool in {folder} yet", "start `ivr serve`: it takes its room then")


def shaped(ring: Path, size: int) -> Iterator[Finding]:
    """Judge the file: of the size that it was told, and with blocks of its own, or a full disk would stop it."""
    stat = ring.stat()
    if stat.st_size != size:
        yield warning(
            f"{ring} has {stat.st_size // MB} MB, and IVR_SPOOL_MB says {size // MB}",
            "stop the node, delete the file when `/health` has said that no record waits, start it again",
        )
    if stat.st_blocks * BLOCK < stat.st_size:
        yield wrong(
            f"{ring} has {stat.st_blocks * BLOCK // MB} of its {stat.st_size // MB} MB: a full disk would stop it",
            "it was copied with holes: stop the node, fold it (start and stop it once), delete the file, start it",
        )


def waiting(spool: Spool, folder: Path) -> Iterator[Finding]:
    """Judge what waits, and what nobody will ever fold."""
    try:
        yield from judged(spool.state(), folder)
    finally:
        spool.close()
    refused = folder / REFUSED
    if refused.is_dir() and (count := len(list(refused.iterdir()))):
        yield warning(
            f"{count} record{'s' * (count > 1)} that the database refused in {refused}",
            "look at the log's `row_refused`, mend what it says, then `ivr worker --refused` tries them once more",
        )


def judged(state: State, folder: Path) -> Iterator[Finding]:
    """Judge how full it is."""
    if not state.size:
        yield wrong(
            f"the spool in {folder} cannot be opened: with the database away nothing would be kept",
            "give it to the user who runs `ivr serve`, and run this as that user",
        )
    elif state.records:
        said = f"{state.records} records wait in the spool, {100 * state.used // state.size} % of it"
        remedy = "see that the database answers and that the job process runs; what waits is folded by itself then"
        yield (wrong if state.used * 2 > state.size else warning)(said, remedy)
