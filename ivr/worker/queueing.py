"""The queue's own round, in a thread beside the job process's: callers must not wait for a slow answer elsewhere."""

from __future__ import annotations

import threading
import time

import structlog

from ivr.errors import IvrError
from ivr.worker.call_backs import CallBackRound
from ivr.worker.offers import Offers
from ivr.worker.queue_sweep import QueueSweep

ROUND = 0.2  # seconds
SWEEP = 20.0  # seconds

log = structlog.get_logger()


class Queueing:
    """Goes round until it is closed."""

    def __init__(self, offers: Offers, sweep: QueueSweep, promises: CallBackRound) -> None:
        """Prepare; `start` begins."""
        self._promises = promises
        self._offers = offers
        self._sweep = sweep
        self._swept = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="queue", daemon=True)

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
            done += self._promises.run(now)
            done += self._offers.run(now)
            if now - self._swept >= SWEEP:
                self._swept = now
                done += self._sweep.run(now)
        except IvrError as error:
            log.warning("round_interrupted", part="queue", reason=str(error))
        except Exception:
            log.exception("round_broken", part="queue")  # one bad ticket must not end the round for all
        return done

    def _run(self) -> None:
        while not self._stop.is_set():
            self.once(time.time())
            self._stop.wait(ROUND)
