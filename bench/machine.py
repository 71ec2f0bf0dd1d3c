"""The machine on which the figures were seen: without it they say nothing."""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path


def describe(folder: Path) -> list[str]:
    """Describe machine, system and the disk under a folder, one line each."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{model}, {len(os.sched_getaffinity(0))} cores for us, {memory:.0f} GB",
        f"Linux {platform.release()}, Python {platform.python_version()}, gunicorn {version('gunicorn')}",
        f"a write of 4 kB with fdatasync on the data's file system: {sync_cost(folder):.0f} us (median)",
        f"load before the run: {os.getloadavg()[0]:.2f}",
    ]


def sync_cost(folder: Path) -> float:
    """Microseconds of a small synced write."""
    costs = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(300):
            begin = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fdatasync(file.fileno())
            costs.append(time.perf_counter() - begin)
    return statistics.median(costs) * 1e6
