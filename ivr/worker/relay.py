"""From the outbox to the job engine: what was heard is released, what is due is handed on."""

from __future__ import annotations

from ivr.store import Store
from ivr.worker.deeds import DONE
from ivr.worker.jobs import Jobs

AGAIN = 60.0  # seconds after which an effect that nothing settled is handed on again
FETCHING = 900.0  # the same for a recording: an hour of sound takes its time


class Relay:
    """One pass over the outbox at a time."""

    def __init__(self, store: Store, jobs: Jobs) -> None:
        """Carry from the store to the engine."""
        self._store = store
        self._jobs = jobs

    def run(self, now: float) -> int:
        """Hand on everything that is due; says how much it was."""
        self._store.effects.release(now)
        return self._effects(now) + self._recordings(now)

    def tidy(self, now: float) -> int:
        """Keep the engine's books short."""
        return self._jobs.tidy(now)

    def _effects(self, now: float) -> int:
        due = self._store.effects.due(now, kinds=DONE)
        for wanted in due:
            self._jobs.do(wanted.record.id, wanted.attempts + 1)
        if due:
            self._store.effects.handed_on([wanted.record.id for wanted in due], now + AGAIN)
        return len(due)

    def _recordings(self, now: float) -> int:
        due = self._store.recordings.due(now)
        for recording in due:
            self._jobs.fetch(recording.sid, recording.attempts + 1)
        if due:
            self._store.recordings.handed_on([recording.sid for recording in due], now + FETCHING)
        return len(due)
