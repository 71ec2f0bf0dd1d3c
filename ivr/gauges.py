"""How a node stands, for Prometheus: what is looked up and not counted. Nothing in it names a caller.

A thread looks every few seconds, so that a scrape never waits for a database that hangs: what is too old is left out,
and `ivr_database_up` says 0. What stands in the database is the same on every node: take the maximum over them.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import structlog
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from ivr import tickets as words
from ivr.errors import IvrError
from ivr.publishing.handing import HEARD_OF
from ivr.settings import Settings
from ivr.spool import Spool
from ivr.store import Store
from ivr.store.backlog import Heap
from ivr.store.versions import Switch
from ivr.tickets import Agent, Ticket
from ivr.worker.alone import at_work

EVERY = 5.0  # seconds between two looks
FRESH = 15.0  # seconds that a look holds

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Look:
    """What stood in the database at one moment."""

    at: float
    calls: int
    tickets: tuple[Ticket, ...]
    agents: tuple[Agent, ...]
    backlog: dict[str, Heap]
    last: Switch | None
    nodes: int


class Gauges(Collector):
    """Looks, and tells what it saw last."""

    def __init__(self, settings: Settings) -> None:
        """Open the spool and the database of these settings."""
        self._settings = settings
        self._spool = Spool(settings.spool, settings.spool_size) if settings.spool.is_dir() else None
        self._store = Store(settings.database_url, settings.data)
        self._seen: Look | None = None
        self._looked = 0.0  # on the monotonic clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="looking", daemon=True)

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(EVERY)
        self._store.close()
        if self._spool is not None:
            self._spool.close()

    def look(self) -> None:
        """Look once; StoreUnavailable where the database does not answer."""
        now = time.time()
        store = self._store
        self._seen = Look(
            now,
            store.calls.going_on(),
            tuple(ticket for ticket in store.tickets.open() if not ticket.pretend),
            tuple(store.agents.all()),
            store.backlog.read(),
            store.versions.last(),
            len(store.nodes.alive(now - HEARD_OF)),
        )
        self._looked = time.monotonic()

    def _keep_looking(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except IvrError as away:
                log.warning("metrics_not_looked_up", why=str(away))
            except Exception:  # whatever it was, the next look may be well, and the other metrics are
                log.exception("metrics_not_looked_up")
            self._stop.wait(EVERY)

    def collect(self) -> Iterable[Metric]:
        """Tell it all."""
        fresh = self._seen is not None and time.monotonic() - self._looked < FRESH
        yield GaugeMetricFamily("ivr_database_up", "Whether the database answered of late.", value=float(fresh))
        running = float(at_work(self._settings.data))
        yield GaugeMetricFamily("ivr_job_process_up", "Whether this node's job process is at work.", value=running)
        yield from self._of_spool()
        if fresh and self._seen is not None:
            yield from told(self._seen)

    def _of_spool(self) -> Iterator[Metric]:
        if self._spool is None and self._settings.spool.is_dir():  # a first start has made it meanwhile
            self._spool = Spool(self._settings.spool, self._settings.spool_size)
        state = self._spool.state() if self._spool else None
        records, used, size = (state.records, state.used, state.size) if state else (0, 0, 0)
        yield GaugeMetricFamily("ivr_spool_records", "Records that wait for the database on this node.", value=records)
        yield GaugeMetricFamily("ivr_spool_used_bytes", "Bytes that they take.", value=used)
        yield GaugeMetricFamily("ivr_spool_size_bytes", "Size of the spool; 0 where it is not to be had.", value=size)


def told(seen: Look) -> Iterator[Metric]:
    """Write down what stood in the database."""
    yield GaugeMetricFamily("ivr_calls_live", "Calls that have not ended, pretended ones left out.", value=seen.calls)
    yield GaugeMetricFamily("ivr_nodes_alive", "Nodes that gave a sign of life.", value=seen.nodes)
    yield from of_queue(seen)
    agents = GaugeMetricFamily("ivr_agents", "Agents on the rosters, by state.", labels=["state"])
    counts = Counter(agent.state for agent in seen.agents)
    for state in (words.READY, words.NOT_READY, words.ON_OFFER, words.IN_TALK, words.WRAP_UP):
        agents.add_metric([state], counts[state])
    yield agents
    waiting = GaugeMetricFamily("ivr_outbox_waiting", "What waits to be done outside of calls.", labels=["kind"])
    oldest = GaugeMetricFamily("ivr_outbox_oldest_seconds", "Since when the oldest of it waits.", labels=["kind"])
    for kind, heap in seen.backlog.items():
        waiting.add_metric([kind], heap.count)
        oldest.add_metric([kind], max(0.0, seen.at - heap.since) if heap.since is not None else 0.0)
    yield waiting
    yield oldest
    number, at = (seen.last.number, seen.last.at) if seen.last else (0, 0.0)
    yield CounterMetricFamily("ivr_publishes_total", "Versions that were put in force, rollbacks too.", value=number)
    yield GaugeMetricFamily("ivr_published_timestamp_seconds", "When the last of them was, since 1970.", value=at)


def of_queue(seen: Look) -> Iterator[Metric]:
    """Write down who waits: each team by its id in config.yaml, whose callers wait now."""
    waiting = GaugeMetricFamily("ivr_queue_waiting", "Callers on the phone in a team's queue.", labels=["team"])
    longest = GaugeMetricFamily("ivr_queue_longest_wait_seconds", "The longest wait among them.", labels=["team"])
    by_team: dict[str, list[Ticket]] = {}
    for ticket in seen.tickets:
        if ticket.state in words.QUEUED and not ticket.call_back:
            by_team.setdefault(ticket.team, []).append(ticket)
    for team, mine in sorted(by_team.items()):
        waiting.add_metric([team], len(mine))
        longest.add_metric([team], max(0.0, seen.at - min(ticket.joined_at for ticket in mine)))
    yield waiting
    yield longest
