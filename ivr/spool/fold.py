"""From the ring into the database: once, in the order in which it was written; so parents come before their children.

What was folded of a call is noted in the same transaction, and the job process looks at the call again: what came late
may have come after its end. So it does not matter which process folds, nor whether it is killed before that look.
"""

from __future__ import annotations

import json
import os
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from ivr.disk import alone, sync_folder
from ivr.metrics import counted
from ivr.records import NoteRecord, name_of
from ivr.spool import Spool
from ivr.spool.frames import read_rows, write_rows
from ivr.store import Store
from ivr.store.committer import MOST, RowRefused, Writer
from ivr.store.rows import Rows, call_in, rows_of

LOCK, REFUSED = "fold.lock", "refused"
FOLDED = "folded"  # the kind of note

log = structlog.get_logger()


class Fold:
    """One process's way to empty the ring of its node."""

    def __init__(self, spool: Spool, store: Store, folder: Path, marks: Callable[[str], Sequence[bytes]]) -> None:
        """Fold into this store; `folder` is the spool's own, `marks` those under which a call's tombstone stands."""
        self._marks = marks
        self._spool = spool
        self._store = store
        self._folder = folder
        self._writer: Writer | None = None
        self._wiped = False

    def run(self, most: int = 0) -> int:
        """Fold all that waits, or the oldest `most`; says how much it was. StoreUnavailable leaves what is left.

        Where another process of the node is at it, there is nothing to do.
        """
        done = 0
        with alone(self._folder / LOCK) as mine:
            while mine and (not most or done < most) and (frames := self._spool.oldest(MOST // 2)):
                self.keep([frame.rows for frame in frames], frames[0].number)
                self._spool.folded(frames[-1])
                counted.FOLDED.add(many=len(frames))
                done += len(frames)
        if done:
            log.warning("spool_folded", records=done)
        return done

    def again(self) -> tuple[int, int]:
        """Try what was put aside once more; says how many records are in now, and how many stay where they are.

        StoreUnavailable leaves what is left. Where another process of the node folds, all of it stays.
        """
        with alone(self._folder / LOCK) as mine:
            waiting = sorted((self._folder / REFUSED).glob("*"), key=lambda path: path.stat().st_mtime_ns)
            done = 0
            for path in waiting if mine else ():
                if not self.keep([read_rows(path.read_bytes())], 0):
                    path.unlink()
                    done += 1
        return done, len(waiting) - done

    def tidy(self) -> int:
        """Take away what this node's disk still has of calls that were erased, or whose time is over.

        The ring is wiped as it is folded, so what an earlier release or a power cut left there is looked for once.
        Says how many records went of what was put aside. StoreUnavailable; OSError where the disk does not answer.
        """
        done = 0
        with alone(self._folder / LOCK) as mine:
            if mine and not self._wiped:
                self._spool.wipe()
                self._wiped = True
            for path in sorted((self._folder / REFUSED).glob("*")) if mine else ():
                if self._is_gone(path.read_bytes()):
                    path.unlink()
                    done += 1
        return done

    def _is_gone(self, text: bytes) -> bool:
        try:
            call = read_rows(text).of_call
        except (ValueError, LookupError, struct.error):  # a crash cut it off: it was not let go of by the ring
            return False
        record = self._store.turns.call(call)
        return (record is not None and not record.wrapped) or self._store.erasures.stands(self._marks(call))

    def close(self) -> None:
        """Give the connection back."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def keep(self, batch: Sequence[Rows], number: int) -> int:
        """Put records where they belong; what was not the first of its request is kept beside it.

        Says how many were put aside.
        """
        late = [replace(rows, marks=tuple(self._marks(rows.of_call))) for rows in (*batch, *notes_of(batch, number))]
        return self._write(late, self._beside)

    def _write(self, batch: Sequence[Rows], beaten: Callable[[Rows], None]) -> int:
        """Write what can be written; a row that the database refuses is put aside and harms no other."""
        if not batch:
            return 0
        ordered = sorted(batch, key=lambda rows: rows.key)
        try:
            told = self._writing().write(ordered)
        except RowRefused as refused:
            if len(ordered) > 1:
                return sum(self._write([rows], beaten) for rows in batch)
            self._put_aside(ordered[0], refused)
            return 1
        for rows, new in zip(ordered, told, strict=True):
            if not new:
                beaten(rows)
        return 0

    def _beside(self, rows: Rows) -> None:
        """Keep a turn whose request stands there already: the same one is kept, another one stands by its own id."""
        if rows.table != "turns":
            return
        first = self._store.turns.asked(rows.of_call, rows.key)
        if first is None or first.id == rows.id or self._store.erasures.stands(rows.marks):
            return
        if rows.call is not None:
            self._store.turns.add_rival(call_in(rows))
        counted.BRANCHES.add()
        log.warning("two_branches", call=rows.of_call, turn=rows.id.hex(), first=first.id.hex())
        self._write([rows.beside()], _nothing)

    def _writing(self) -> Writer:
        if self._writer is None:
            self._writer = self._store.writer()
        return self._writer

    def _put_aside(self, rows: Rows, why: RowRefused) -> None:
        """Keep what the database does not take where a person can look at it, and `again` finds it.

        It is on the disk before the ring lets it go.
        """
        folder = self._folder / REFUSED
        folder.mkdir(mode=0o700, exist_ok=True)
        with (folder / rows.key.hex()).open("wb") as file:
            file.write(write_rows(rows))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(folder)
        counted.REFUSED.add()
        log.error("row_refused", call=rows.of_call, kept=str(folder / rows.key.hex()), why=str(why))


def notes_of(batch: Iterable[Rows], number: int) -> list[Rows]:
    """Note of each call how many of its records were folded; `number` is that of the batch's first frame."""
    at = time.time()
    counts = Counter(rows.of_call for rows in batch)
    return [
        rows_of(
            NoteRecord(
                id=name_of("note", call, FOLDED, str(number), str(at)),
                call=call,
                leg=call,
                kind=FOLDED,
                at=at,
                body=json.dumps({"Records": count}),
            )
        )
        for call, count in counts.items()
    ]


def _nothing(rows: Rows) -> None:
    """Leave it: it was kept beside the first in an earlier fold."""
    del rows
