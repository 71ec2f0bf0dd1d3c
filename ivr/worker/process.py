"""The round of the job process: a few times a second what is due, once a minute what was forgotten."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog

from ivr.errors import IvrError
from ivr.worker.endings import Endings
from ivr.worker.relay import Relay

ROUND = 0.2  # seconds
SWEEP = 60.0  # seconds

log = structlog.get_logger()


class Round:
    """Goes round until told to stop."""

    def __init__(self, endings: Endings, relay: Relay) -> None:
        """Begin with a sweep, since something may have happened while nobody was here."""
        self._endings = endings
        self._relay = relay
        self._swept = 0.0
        self._stop = threading.Event()

    def run(self) -> None:
        """Go round until `stop`."""
        _guarded(self._endings.retry, time.time())
        while not self._stop.is_set():
            if not self.once(time.time()):
                self._stop.wait(ROUND)

    def once(self, now: float) -> int:
        """Go round once; says how much there was to do."""
        done = _guarded(self._endings.listen, now) + _guarded(self._relay.run, now)
        if now - self._swept >= SWEEP:
            self._swept = now
            done += _guarded(self._endings.sweep, now)
        return done

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """End after the round at hand; also a signal's handler."""
        del number, frame
        self._stop.set()

    def stop_at_signals(self) -> None:
        """End in good order at SIGTERM and SIGINT."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)


def _guarded(part: Callable[[float], int], now: float) -> int:
    """Do one part; an error of ours is logged, and the part comes again in the next round."""
    try:
        return part(now)
    except IvrError as error:
        log.warning("round_interrupted", part=part.__qualname__, reason=str(error))
        return 0
