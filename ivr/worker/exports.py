"""Writes what people have had exported, in a thread of the job process that leaves the machine to others.

A file is written under another name and offered when all of it is on the disk. What a killed process had begun is
begun again; a file that no row offers is taken away.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import structlog

from ivr.archive.calls import Archive
from ivr.archive.story import Library
from ivr.errors import IvrError
from ivr.exporting.formats import FORMATS
from ivr.exporting.slices import columns_of, slices
from ivr.exporting.wish import wish_in
from ivr.store.exports import FAILED, READY, WAITING, WORKING, ExportRow

ROUND = 0.5  # seconds
BEAT = 1.0  # seconds between two words of progress
SWEEP = 60.0  # seconds
FOLDER = "exports"  # below the folder of recordings, which all machines share

log = structlog.get_logger()


class Overtaken(IvrError):
    """The export was cancelled, or somebody else writes it now."""


class Stopped(IvrError):
    """This process ends."""


class Exporter:
    """One job process's writer of exports."""

    def __init__(self, archive: Archive, library: Library, recordings: Path) -> None:
        """Write below this folder."""
        self._archive = archive
        self._library = library
        self._rows = archive.store.exports
        self._folder = recordings / FOLDER
        self._beaten = 0.0
        self._swept = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="exports", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End; what is half written waits to be begun again."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def once(self, now: float) -> int:
        """Write one export that waits; says how many there were."""
        try:
            if now - self._swept >= SWEEP:
                self._swept = now
                self.tidy(now)
            row = self._rows.claim(now)
            if row is None:
                return 0
            self.write(row)
        except IvrError as error:
            log.warning("export_interrupted", reason=str(error))
            return 0
        return 1

    def write(self, row: ExportRow) -> None:
        """Write one file and offer it."""
        path, draft = path_of(self._folder, row), draft_of(self._folder, row)
        try:
            done = self._written(row, draft)
            size = draft.stat().st_size
            draft.replace(path)
            told = {"done": done, "total": done, "size": size}
            if not self._rows.settle(row, READY, time.time(), **told):
                path.unlink(missing_ok=True)
        except Overtaken:
            log.info("export_cancelled", export=row.id)
        except Stopped:
            self._rows.settle(row, WAITING, time.time(), attempt=row.attempt - 1)
        except Exception as error:  # whatever is wrong with one export must not keep the others waiting
            log.exception("export_failed", export=row.id)
            self._rows.settle(row, FAILED, time.time(), reason=f"{type(error).__name__}: {error}"[:300])
        finally:
            draft.unlink(missing_ok=True)

    def _written(self, row: ExportRow, draft: Path) -> int:
        """Write a file to its last byte and bring it to the disk; says how many rows it has."""
        wish, count = wish_in(row, self._archive.keyring), 0
        write, _, _ = FORMATS[row.format]

        def told(done: int, total: int) -> None:
            nonlocal count
            count = done
            self._tell(row, done, total)

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            write(columns_of(wish), slices(self._archive, self._library, wish, told), file)
            file.flush()
            os.fsync(file.fileno())
        return count

    def _tell(self, row: ExportRow, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Stopped
        now = time.time()
        if done and now - self._beaten < BEAT:
            return
        self._beaten = now
        if not self._rows.beat(row, done, total, now):
            raise Overtaken

    def tidy(self, now: float) -> None:
        """End offers whose time is over, and take away files that no row offers."""
        self._rows.tidy(now)
        for path in self._folder.glob("*") if self._folder.is_dir() else ():
            row = self._rows.find(path.name.partition(".")[0])
            belongs = {READY: path_of, WORKING: draft_of}.get(row.state) if row else None
            if row is None or belongs is None or path != belongs(self._folder, row):
                path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self.once(time.time()):
                self._stop.wait(ROUND)


def path_of(folder: Path, row: ExportRow) -> Path:
    """Say where the file of an export lies."""
    return folder / f"{row.id}.{FORMATS[row.format][1]}"


def draft_of(folder: Path, row: ExportRow) -> Path:
    """Say where it lies while it is written, by the claim at hand."""
    path = path_of(folder, row)
    return path.with_name(f"{path.name}.{row.attempt}")
