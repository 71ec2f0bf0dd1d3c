"""A queue's own round, in a thread beside the job process's: callers must not wait for a slow answer elsewhere."""

from __future__ import annotations

import threading
import time
from typing import Protocol

import structlog

from ivr.errors import IvrError
from ivr.metrics.counted import INTERRUPTED

ROUND = 0.2  # seconds
SWEEP = 20.0  # seconds

log = structlog.get_logger()


class Part(Protocol):
    """One part of a round."""

    def run(self, now: float) -> int:
        """Do it once; says how much there was to do."""


class Queueing:
    """Goes round until it is closed."""

    def __init__(self, offers: Part, sweep: Part | None = None, *more: Part, name: str = "queue") -> None:
        """Prepare; `start` begins. `sweep` comes now and then, the others in every round, `more` of them first."""
        self._more = more
        self._offers = offers
        self._sweep = sweep
        self._name = name
        self._swept = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End after the round at hand."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def once(self, now: float) -> int:
        """Go round once; says how much there was to do. What fails comes again in the next round."""
        done = 0
        try:
            done += sum(part.run(now) for part in (*self._more, self._offers))
            if self._sweep and now - self._swept >= SWEEP:
                self._swept = now
                done += self._sweep.run(now)
        except IvrError as error:
            INTERRUPTED.add()
            log.warning("round_interrupted", part=self._name, reason=str(error))
        except Exception:
            INTERRUPTED.add()
            log.exception("round_broken", part=self._name)  # one bad ticket must not end the round for all
        return done

    def _run(self) -> None:
        while not self._stop.is_set():
            self.once(time.time())
            self._stop.wait(ROUND)
