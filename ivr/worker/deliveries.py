"""Tells other systems what happened: at least once, signed, tried again with growing pauses.

Each delivery is a row; it is claimed before it is sent and settled after. What a killed process had claimed is sent
again when its lease is over, with the same id, by which the other side knows a repeat.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from ivr.hooks import body_of, request_of, secret_of
from ivr.inquiries.addresses import Network, NotAsked
from ivr.inquiries.exchange import NoAnswer, exchange
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import NotReadable
from ivr.store import Store
from ivr.store.hooks import FAILED, SENT, WAITING, Delivery, Hook

# seconds before the next attempt, as Standard Webhooks advises; after the last one it has failed
PAUSES = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
PATIENCE = 15.0  # seconds for an answer
LEASE = 60.0  # seconds that an attempt may take before somebody else makes it
AT_ONCE = 8  # webhooks that are told at the same time
EACH = 20  # deliveries of one round to one of them
KEPT = 30 * 86400.0  # seconds
GONE = 410

log = structlog.get_logger()


class Deliveries:
    """Sends what is due."""

    def __init__(self, store: Store, keyring: Keyring, inside: tuple[Network, ...] = ()) -> None:
        """Tell public addresses, and those of `inside`."""
        self._store = store
        self._keyring = keyring
        self._inside = inside

    def run(self, now: float) -> int:
        """Go round once: what one system is told comes one by one, several systems are told at once."""
        due: dict[str, list[Delivery]] = defaultdict(list)
        for delivery in self._store.hooks.due(now, AT_ONCE * EACH):
            due[delivery.hook].append(delivery)
        if not due:
            return 0
        with ThreadPoolExecutor(AT_ONCE, "webhooks") as threads:
            return sum(threads.map(self._tell, due.values()))

    def _tell(self, deliveries: Sequence[Delivery]) -> int:
        """Tell one system what is due; where it does not take one, the others wait for the next round."""
        hook = self._store.hooks.find(deliveries[0].hook)
        for count, delivery in enumerate(deliveries[:EACH], 1):
            if hook is None or hook.off_at is not None or not self._one(hook, delivery):
                return count
        return len(deliveries)

    def _one(self, hook: Hook, delivery: Delivery) -> bool:
        now = time.time()
        if not self._store.hooks.claim(delivery, now + LEASE):
            return True  # somebody else has it
        gone, reason = self._sent(hook, delivery, now)
        attempt, now = delivery.attempts + 1, time.time()
        if not reason:
            self._store.hooks.settle(delivery.id, SENT, now, now)
            return True
        last = attempt > len(PAUSES)
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
