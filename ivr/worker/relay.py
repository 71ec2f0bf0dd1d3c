"""From the outbox to the job engine: what was heard is released, what is due is handed on."""

from __future__ import annotations

from ivr.store import Store
from ivr.store.messages import WAITING
from ivr.worker.deeds import DONE
from ivr.worker.jobs import Jobs
from ivr.worker.post import Post

AGAIN = 60.0  # seconds after which an effect that nothing settled is handed on again
FETCHING = 900.0  # the same for a recording: an hour of sound takes its time


class Relay:
    """One pass over the outbox at a time."""

    def __init__(self, store: Store, jobs: Jobs, post: Post) -> None:
        """Carry from the store to the engine; `post` gives up what was being sent for too long."""
        self._store = store
        self._jobs = jobs
        self._post = post

    def run(self, now: float) -> int:
        """Hand on everything that is due; says how much it was."""
        self._store.effects.release(now)
        return self._effects(now) + self._recordings(now) + self._messages(now) + self._copies(now)

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

    def _messages(self, now: float) -> int:
        due = self._store.messages.due(now)
        waiting = [message for message in due if message.state == WAITING]
        for message in due:
            if message.state == WAITING:
                self._jobs.send(message.id, message.attempts + 1)
            else:
                self._post.overdue(message)
        if waiting:
            self._store.messages.handed_on([message.id for message in waiting], now + AGAIN)
        return len(due)

    def _copies(self, now: float) -> int:
        due = self._store.deletions.due(now)
        for copy in due:
            self._jobs.delete(copy.id, copy.attempts + 1)
        if due:
            self._store.deletions.handed_on([copy.id for copy in due], now + AGAIN)
        return len(due)
