"""Counters, times and states of one process. Until it has a place (``ivr.metrics.places``) all of them do nothing.

A meter's series are kept by their labels' values, so that counting is one look into a dictionary and one number written
to a mapped file: what was counted is there when the process is killed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
Labels = Mapping[str, Sequence[str]]  # name -> all that it can be


class Meter(ABC):
    """One thing that is counted, by name."""

    def __init__(self, name: str, what: str, labels: Labels | None = None) -> None:
        """Describe it; each label says what it can be, so nothing of a caller ever becomes one."""
        self.name = name
        self.what = what
        self.labels = dict(labels or {})
        self._series: dict[tuple[str, ...], Any] = {}
        self._made: Any = None

    def open(self) -> None:
        """Begin to count, every series at what it was: 0 where nobody has counted here before."""
        self._series.clear()
        self._made = self._make()
        for values in product(*self.labels.values()):
            self._of(values)

    @abstractmethod
    def _make(self) -> Any:
        """Make it as the library of Prometheus has it."""

    def _of(self, values: tuple[str, ...]) -> Any:
        """Give the series of these values; None while nobody counts."""
        if self._made is None:
            return None
        return self._series.setdefault(values, self._made.labels(*values) if values else self._made)


class Counted(Meter):
    """Goes up."""

    def add(self, *labels: str, many: float = 1) -> None:
        """Count so many more."""
        series = self._series.get(labels) or self._of(labels)
        if series is not None:
            series.inc(many)

    def _make(self) -> Any:
        from prometheus_client import Counter

        return Counter(self.name, self.what, tuple(self.labels), registry=None)


class Timed(Meter):
    """How often, and how long it took."""

    def add(self, seconds: float, *labels: str) -> None:
        """Count one that took so long."""
        series = self._series.get(labels) or self._of(labels)
        if series is not None:
            series.observe(seconds)

    def _make(self) -> Any:
        from prometheus_client import Histogram

        return Histogram(self.name, self.what, tuple(self.labels), registry=None, buckets=BUCKETS)


class Held(Meter):
    """A state of each process that is alive, added up over them; it goes when the process does."""

    def set(self, value: float, *labels: str) -> None:
        """Say how it is."""
        series = self._series.get(labels) or self._of(labels)
        if series is not None:
            series.set(value)

    def _make(self) -> Any:
        from prometheus_client import Gauge

        return Gauge(self.name, self.what, tuple(self.labels), registry=None, multiprocess_mode="livesum")


def meters_in(names: Mapping[str, object]) -> Iterator[Meter]:
    """Give the meters among the names of a module."""
    return (value for value in names.values() if isinstance(value, Meter))
