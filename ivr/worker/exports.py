"""Writes what people have had exported, in a thread of the job process that leaves the machine to others.

A file is written beside the data, and offered when all of it is in the store of files. What a killed process had begun
is begun again; a file that no row offers is taken away.
"""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import BinaryIO

import structlog

from ivr.archive.calls import Archive
from ivr.archive.story import Library
from ivr.depot import EXPORTS, Depot
from ivr.errors import IvrError
from ivr.exporting.formats import FORMATS
from ivr.exporting.slices import columns_of, slices
from ivr.exporting.wish import wish_in
from ivr.store.exports import FAILED, READY, WAITING, WORKING, ExportRow

ROUND = 0.5  # seconds
BEAT = 1.0  # seconds between two words of progress
SWEEP = 60.0  # seconds

UNTOLD = "it could not be written; ask for it again. The log says why"

log = structlog.get_logger()


class Overtaken(IvrError):
    """The export was cancelled, or somebody else writes it now."""


class Stopped(IvrError):
    """This process ends."""


class Exporter:
    """One job process's writer of exports."""

    def __init__(self, archive: Archive, library: Library, data: Path, depot: Depot) -> None:
        """Write beside `data`, and keep in `depot`."""
        self._archive = archive
        self._library = library
        self._rows = archive.store.exports
        self._data = data
        self._depot = depot
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
        name = name_of(row)
        try:
            with tempfile.TemporaryFile(dir=self._data) as draft:  # without a name: a killed process leaves nothing
                done = self._written(row, draft)
                told = {"done": done, "total": done, "size": draft.tell()}
                draft.seek(0)
                self._depot.keep(name, draft)
            if not self._rows.settle(row, READY, time.time(), **told):
                self._depot.remove([name])
        except Overtaken:
            log.info("export_cancelled", export=row.id)
        except Stopped:
            self._rows.settle(row, WAITING, time.time(), attempt=row.attempt - 1)
        except Exception as error:  # whatever is wrong with one export must not keep the others waiting
            log.exception("export_failed", export=row.id)
            why = str(error) if isinstance(error, IvrError) else UNTOLD  # only those are written for people
            self._rows.settle(row, FAILED, time.time(), reason=why[:300])

    def _written(self, row: ExportRow, file: BinaryIO) -> int:
        """Write a file to its last byte; says how many rows it has."""
        wish, count = wish_in(row, self._archive.keyring), 0
        write, _, _ = FORMATS[row.format]

        def told(done: int, total: int) -> None:
            nonlocal count
            count = done
            self._tell(row, done, total)

        write(columns_of(wish), slices(self._archive, self._library, wish, told), file)
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
        for kept in list(self._depot.list(EXPORTS)):
            row = self._rows.find(kept.name.removeprefix(f"{EXPORTS}/").partition(".")[0])
            # One that is being written may be kept already and not be offered yet: by another machine, even.
            if row is None or row.state not in {WAITING, WORKING, READY} or kept.name != name_of(row):
                self._depot.remove([kept.name])

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self.once(time.time()):
                self._stop.wait(ROUND)


def name_of(row: ExportRow) -> str:
    """Say under which name the file of an export is kept."""
    return f"{EXPORTS}/{row.id}.{FORMATS[row.format][1]}"
