"""The job engine: each deed is a workflow that survives a kill and is begun once, its id being the effect's.

It keeps books of its own (``jobs.db`` beside the data, or the schema ``dbos`` of the same PostgreSQL), so that its many
small transactions never stand in the queue of the call path.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from dbos import DBOS, SetWorkflowID

from ivr.metrics.counted import JOBS
from ivr.store.database import spoken
from ivr.store.recordings import Fetched
from ivr.worker.copies import CopyDeeds
from ivr.worker.deeds import Deeds
from ivr.worker.post import Post

VERSION = "1"  # of the workflows: pinned, or every deploy would strand what is pending
QUEUE = "outbox"
AT_ONCE = 16
POLLING = 0.1  # seconds
OUTCOMES = {"sent": "done", "kept": "done", "absent": "failed"}  # as they are counted
ENDED = ("done", "failed", "unknown")
MOST = 1000  # workflows that are looked at in one go
KEPT = 7 * 86400.0  # seconds that the engine remembers what it has done


class Jobs:
    """The running engine. One per process, and one process per machine."""

    def __init__(self, deeds: Deeds, post: Post, copies: CopyDeeds, where: tuple[str, str]) -> None:
        """Begin to work, going on with what a killed process left; `where` is the address of its tables and its name.

        The name is this worker's, the same after every start, so that it finds its own unfinished work again.
        """
        books, self._name = where
        DBOS(
            config={
                "name": "ivr",
                "system_database_url": books,
                "executor_id": self._name,
                "application_version": VERSION,
                "log_level": "WARNING",
                "max_executor_threads": AT_ONCE,
                "notification_listener_polling_interval_sec": POLLING,
            }
        )
        self._effect, self._recording = _workflows(deeds)
        self._message = _message_workflow(post)
        self._copy = _copy_workflow(copies)
        DBOS.launch()
        self._queue = DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLLING)

    def do(self, effect: bytes, attempt: int) -> None:
        """Have one effect done; begun already, nothing happens. Attempts count from 1."""
        # The effect's id is the workflow's, so a relay that runs twice starts it once. A later attempt comes only where
        # the first ended without settling the effect, and every deed here may be done twice.
        self._begin(effect.hex() if attempt == 1 else f"{effect.hex()}-{attempt}", self._effect, effect.hex())

    def fetch(self, sid: str, attempt: int) -> None:
        """Have one attempt made to get a recording; begun already, nothing happens."""
        self._begin(f"recording-{sid}-{attempt}", self._recording, sid, attempt)

    def send(self, message: bytes, attempt: int) -> None:
        """Have one attempt made to send a message; begun already, nothing happens."""
        self._begin(f"message-{message.hex()}-{attempt}", self._message, message.hex(), attempt)

    def delete(self, copy: str, attempt: int) -> None:
        """Have the carrier asked once to delete a copy; begun already, nothing happens."""
        self._begin(f"copy-{copy}-{attempt}", self._copy, copy, attempt)

    def _begin(self, name: str, workflow: Callable[..., Any], *given: Any) -> None:
        """Begin one workflow; StoreUnavailable where the engine's books are away: the relay comes again."""
        with spoken(), SetWorkflowID(name):
            self._queue.enqueue(workflow, *given)

    def take_over(self, living: Collection[str]) -> int:
        """Put back into the queue what machines that are not among the living had begun; says how much it was."""
        with spoken():
            begun = DBOS.list_workflows(status="PENDING", limit=MOST, load_input=False, load_output=False)
            left = [one for one in begun if one.executor_id not in {self._name, *living}]
            for one in left:
                DBOS.resume_workflow(one.workflow_id, queue_name=QUEUE)
        return len(left)

    def tidy(self, now: float) -> int:
        """Forget workflows that ended long ago: what they did stands in the store. Says how many."""
        before = datetime.fromtimestamp(now - KEPT, UTC).isoformat()
        with spoken():
            old = DBOS.list_workflows(
                status=["SUCCESS", "ERROR"], completed_before=before, limit=MOST, load_input=False, load_output=False
            )
            if old:
                DBOS.delete_workflows([one.workflow_id for one in old])
        return len(old)

    def close(self) -> None:
        """Stop; what is unfinished goes on at the next start."""
        DBOS.destroy(destroy_registry=True)


def counted(kind: str, state: str) -> str:
    """Count an attempt by the state that it came to; gives the state."""
    known = OUTCOMES.get(state, state)
    JOBS.add(kind, known if known in ENDED else "waiting")
    return state


def _workflows(deeds: Deeds) -> tuple[Callable[[str], str], Callable[[str, int], None]]:
    """Declare what the engine can do."""

    @DBOS.step(name="do")
    def do_once(effect: str) -> str:
        return counted("effect", deeds.do(bytes.fromhex(effect)))

    @DBOS.step(name="fetch")
    def fetch_once(sid: str) -> dict[str, Any]:
        fetched = deeds.fetch(sid)
        counted("recording", fetched.state)
        return asdict(fetched)

    @DBOS.step(name="settle")
    def settle_once(sid: str, attempt: int, fetched: dict[str, Any]) -> None:
        deeds.settle(sid, attempt, Fetched(**fetched))

    @DBOS.workflow(name="effect")
    def effect(one: str) -> str:
        return do_once(one)

    @DBOS.workflow(name="recording")
    def recording(sid: str, attempt: int) -> None:
        settle_once(sid, attempt, fetch_once(sid))

    return effect, recording


def _message_workflow(post: Post) -> Callable[[str, int], str]:
    """Declare how a message is sent: a step that a killed process left runs again, and the row says how far it was."""

    @DBOS.step(name="send")
    def send_once(one: str, attempt: int) -> str:
        return post.send(bytes.fromhex(one), attempt)

    @DBOS.workflow(name="message")
    def message(one: str, attempt: int) -> str:
        return send_once(one, attempt)

    return message


def _copy_workflow(copies: CopyDeeds) -> Callable[[str, int], str]:
    """Declare how a copy is deleted."""

    @DBOS.step(name="delete")
    def delete_once(one: str, attempt: int) -> str:
        return counted("copy", copies.delete(one, attempt))

    @DBOS.workflow(name="copy")
    def copy(one: str, attempt: int) -> str:
        return delete_once(one, attempt)

    return copy
