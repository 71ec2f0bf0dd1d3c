"""All that the processes of a node have counted, added up."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from ivr.metrics.places import FOLDER, sweep


class Counts(Collector):
    """What was counted, by processes that live and by those that are gone."""

    def __init__(self, data: Path) -> None:
        """Read in the folder of this node."""
        self._folder = data / FOLDER
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def collect(self) -> Iterable[Metric]:
        """Add it up."""
        sweep(self._folder)
        reader = MultiProcessCollector(None, str(self._folder))  # type: ignore[no-untyped-call]
        return list(reader.collect())  # type: ignore[no-untyped-call]


def registry_of(*collectors: Collector) -> CollectorRegistry:
    """Put together what one page shows."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    return registry
