"""Tells other systems what happened: at least once, signed, tried again with growing pauses.

Each delivery is a row; it is claimed before it is sent and settled after. What a killed process had claimed is sent
again when its lease is over, with the same id, by which the other side knows a repeat. Every system is told in a thread
of its own, so that one that is slow or away holds up no other.
"""

from __future__ import annotations

import threading
import time

import structlog

from ivr.errors import IvrError
from ivr.hooks import body_of, request_of, secret_of
from ivr.inquiries.addresses import Network, NotAsked
from ivr.inquiries.exchange import NoAnswer, exchange
from ivr.keys import KeyNotHeld, Keyring
from ivr.metrics.counted import JOBS
from ivr.privacy import NotReadable
from ivr.store import Store
from ivr.store.hooks import FAILED, SENT, WAITING, Delivery, Hook

# seconds before the next attempt, as Standard Webhooks advises; after the last one it has failed
PAUSES = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
PATIENCE = 15.0  # seconds for an answer
CLOSING = 5.0  # seconds for what is on its way when we end
LEASE = 60.0  # seconds that an attempt may take before somebody else makes it
EACH = 20  # deliveries that are looked up at once
BREATH = 5.0  # seconds for which a system that took one delivery badly is told nothing else
KEPT = 30 * 86400.0  # seconds
GONE = 410

log = structlog.get_logger()


class Deliveries:
    """Sends what is due. Safe for threads."""

    def __init__(self, store: Store, keyring: Keyring, inside: tuple[Network, ...] = ()) -> None:
        """Tell public addresses, and those of `inside`."""
        self._store = store
        self._keyring = keyring
        self._inside = inside
        self._at_work: dict[str, threading.Thread] = {}  # by webhook
        self._spared: dict[str, float] = {}  # webhook -> until when it is told nothing
        self._closed = threading.Event()

    def run(self, now: float) -> int:
        """Begin with each system that is to be told something and is not being told already; says how many."""
        self._at_work = {ident: thread for ident, thread in self._at_work.items() if thread.is_alive()}
        begun = [hook for hook in self._store.hooks.to_tell(now) if self._is_free(hook, now)]
        for hook in begun:
            thread = threading.Thread(target=self._tell, args=(hook, now), name=f"webhook {hook.id}", daemon=True)
            self._at_work[hook.id] = thread
            thread.start()
        return len(begun)

    def rest(self, seconds: float = PATIENCE) -> bool:
        """Wait until nobody is being told; False where that takes longer than so many seconds."""
        until = time.monotonic() + seconds
        for thread in self._at_work.values():
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._at_work.values())

    def close(self) -> None:
        """Send nothing more; what is on its way has its time, and is sent again where even that was not enough."""
        self._closed.set()
        self.rest(CLOSING)

    def _is_free(self, hook: Hook, now: float) -> bool:
        return not self._closed.is_set() and hook.id not in self._at_work and now >= self._spared.get(hook.id, 0.0)

    def _tell(self, hook: Hook, now: float) -> None:
        """Tell one system what is due, one by one, until it does not take one."""
        try:
            while due := self._store.hooks.due(hook.id, now, EACH):
                for delivery in due:
                    if self._closed.is_set():
                        return
                    if not self._one(hook, delivery):
                        self._spared[hook.id] = time.time() + BREATH
                        return
        except IvrError as error:
            log.warning("webhook_interrupted", hook=hook.id, reason=str(error))
        except Exception:
            log.exception("webhook_broken", hook=hook.id)  # the next round begins with it again

    def _one(self, hook: Hook, delivery: Delivery) -> bool:
        now = time.time()
        if not self._store.hooks.claim(delivery, now + LEASE):
            return True  # somebody else has it, or the webhook was turned off
        gone, reason = self._sent(hook, delivery, now)
        attempt, now = delivery.attempts + 1, time.time()
        last = attempt > len(PAUSES)
        JOBS.add("delivery", "done" if not reason else "failed" if last else "waiting")
        if not reason:
            self._store.hooks.settle(delivery.id, SENT, now, now)
            return True
        due_at = now if last else now + PAUSES[attempt - 1]
        self._store.hooks.settle(delivery.id, FAILED if last else WAITING, now, due_at, reason)
        log.warning("webhook_not_told", hook=hook.id, delivery=delivery.id, attempt=attempt, why=reason)
        if gone:
            self._store.hooks.turn_off(hook.id, "the hotline", now, "it answered 410 Gone")
        return False

    def _sent(self, hook: Hook, delivery: Delivery, now: float) -> tuple[bool, str]:
        """Send once; say whether the address is gone, and why it was not taken, "" where it was."""
        try:
            secret = secret_of(hook, self._keyring)
            request = request_of(hook, delivery, secret, body_of(delivery, self._store), now)
            status = exchange(request, PATIENCE, self._inside).status
        except (KeyNotHeld, NotReadable):
            return False, "its secret cannot be opened here: the key that sealed it is not held"
        except (NotAsked, NoAnswer) as error:
            return False, str(error)
        return status == GONE, "" if 200 <= status < 300 else f"it answered {status}"


class Forgetting:
    """Forgets what was told long ago."""

    def __init__(self, store: Store) -> None:
        """Forget in this store."""
        self._store = store

    def run(self, now: float) -> int:
        """Go round once."""
        return self._store.hooks.tidy(now - KEPT)
