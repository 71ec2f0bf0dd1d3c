"""A node that can be cut off from the database, whose disk can be full, and that is killed between any two lines."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path

from kernel.boards import board_over

from ivr.errors import StoreUnavailable
from ivr.spool import Spool
from ivr.spool.fold import Fold
from ivr.store import Store

RING = 1 << 18
OURS = tuple(f"/ivr/{room}/" for room in ("spool", "store", "switchboard"))


class Killed(BaseException):
    """The process is no more."""


@contextmanager
def killed_after(lines):
    """Kill whoever works in this thread after so many lines of ours; what other threads are at, they finish."""
    left, before = lines, sys.gettrace()

    def trace(frame, event, _arg):
        nonlocal left
        if not any(room in frame.f_code.co_filename for room in OURS):
            return None
        if event == "line":
            left -= 1
            if left < 0:
                sys.settrace(before)
                raise Killed
        return trace

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


class ShakyWriter:
    """The real writer, whose next commit fails before or after it was made; every one where it is cut off."""

    def __init__(self, writer):
        self._writer = writer
        self.fault, self.cut = "", False

    def write(self, batch):
        fault, self.fault = self.fault, ""
        if self.cut or fault == "refused":
            raise StoreUnavailable
        told = self._writer.write(batch)
        if fault == "unsure":
            raise StoreUnavailable
        return told

    def interrupt(self):
        self._writer.interrupt()

    def close(self):
        self._writer.close()


class ShakyStore(Store):
    """The real store over such a writer; `fault` is that of the next commit."""

    def writer(self):
        self.shaky = ShakyWriter(super().writer())
        return self.shaky


class ShakySpool(Spool):
    """The real spool, on a disk that may be full."""

    full = False

    def write(self, batch):
        if self.full:
            raise StoreUnavailable
        return super().write(batch)


class CutOff:
    """One node of the machine; `secrets` in the order in which this node has them."""

    def __init__(self, store: Store, folder: Path, secrets):
        self._url = store.database.url.render_as_string(hide_password=False)
        self.folder = folder
        self.spool = ShakySpool(folder / "spool", RING)
        self.store = ShakyStore(self._url, folder, budget=60, disk=self.spool)
        self._check = self.store._breaker.check
        self.store._breaker.check = self._see
        self._writer = self.store.shaky  # folds make others
        self.fold_gives_up = False
        self.board = board_over(self.store, folder, secrets)

    def _see(self):
        if self._writer.cut:
            raise StoreUnavailable
        self._check()

    @property
    def cut(self):
        return self._writer.cut

    @cut.setter
    def cut(self, value):
        self._writer.cut = value
        if not value:
            until = time.monotonic() + 30
            while self.store.away:
                assert time.monotonic() < until, "the database is back, and nobody has noticed"
                time.sleep(0.001)

    def fail_once(self, fault):
        self._writer.fault = fault

    def settled(self):
        """Tell whether everything this node knows is in the database, and it sees that.

        After a commit of which it knows no end it takes the database to be away, until a try has told it otherwise.
        """
        return not self.cut and not self.store.away and not self.spool.state().records

    def fold(self, lines=None):
        """Fold what waits; killed after so many lines, if any. False: it was killed."""
        store = Store(self._url, self.folder, budget=60)
        fold = Fold(Spool(self.folder / "spool", RING), store, self.folder / "spool", lambda _call: [])
        try:
            if lines is None:
                fold.run()
            else:
                with killed_after(lines):
                    fold.run()
        except Killed:
            return False
        finally:
            fold.close()
            fold._spool.close()
            store.close()
        return True

    def close(self):
        self.store.close()
