"""Twenty minutes at a steady rate: what the processes hold, what the database grows by, per 1,000 calls.

`SOAK_MINUTES` makes it shorter. Where memory, handles or threads of a process rise with the calls, it fails.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest
from drills.test_load import crowd, node, postgres, turns_of
from rig.node import Node
from rig.vitals import slope, vitals

__all__ = ["node", "postgres"]

MINUTES = float(os.environ.get("SOAK_MINUTES", "20"))
RATE = float(os.environ.get("SOAK_RATE", "80"))  # requests a second
Looks = dict[str, list[tuple[float, ...]]]  # by process: calls so far, kB, handles, threads; "database": calls, MB

CALLERS, KEYS = 160, 20
EVERY = 5.0  # seconds between two looks
WARM = 0.3  # of the time: caches fill, threads and connections come up
# kB of a process per 1,000 calls. A node that takes 10,000 calls a day and is restarted once a month, by an update, may
# grow by 30 MB in that while, half of what a voice worker takes in all: 100 kB per 1,000 calls. A leak of one record of
# a turn (about 1 kB) for each turn would be 20,000 kB, of one small object for each call some hundred.
MOST = 100.0
SPARE = {"handles": 12, "threads": 4}  # more at the end than after the warm-up: connections that come and go


def size_of(node: Node) -> float:
    """MB of the database."""
    if node.database_url:
        with psycopg.connect(node.database_url) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            return row[0] / 1e6
    return sum(file.stat().st_size for file in node.data.glob("ivr.db*")) / 1e6


def calls_of(node: Node) -> int:
    """Count the calls."""
    query = "SELECT count(*) FROM calls"
    if node.database_url:
        with psycopg.connect(node.database_url) as connection:
            return connection.execute(query).fetchone()[0]
    with closing(sqlite3.connect(node.data / "ivr.db", timeout=10)) as connection:
        return connection.execute(query).fetchone()[0]


def watched(node: Node, going) -> Looks:
    """Look again and again while the load goes on: per process (calls, memory, handles, threads), and the database."""
    seen: Looks = defaultdict(list)
    while not going.done():
        calls = float(calls_of(node))
        for each in vitals(node):
            seen[f"{each.role} {each.pid}"].append((calls, each.memory, each.handles, each.threads))
        seen["database"].append((calls, size_of(node)))
        time.sleep(EVERY)
    return seen


def judged(seen: Looks, say) -> list[str]:
    """Tell the slopes; name what rises."""
    wrong = []
    for name, points in seen.items():
        later = points[int(len(points) * WARM) :]
        rise = slope([(calls / 1000, value) for calls, value, *_ in later])
        unit = "MB" if name == "database" else "kB"
        told = f"{rise.rise:+.1f} (± {1.96 * rise.error:.1f}) {unit} per 1,000 calls"
        say(f"{name}: {later[0][1]:.0f} to {later[-1][1]:.0f} {unit}, {told}")
        if name != "database":
            wrong += [f"memory of {name}: {told}"] if rise.surely > MOST else []
            wrong += [each for place, what in enumerate(SPARE, 2) for each in counted(name, what, place, later)]
    return wrong


def counted(name: str, what: str, place: int, later: list[tuple[float, ...]]) -> Iterator[str]:
    """Compare the most handles or threads of the first third with the most of the last."""
    third = len(later) // 3
    early, late = (max(each[place] for each in part) for part in (later[:third], later[-third:]))
    if late > early + SPARE[what]:
        yield f"{what} of {name}: {early:.0f} to {late:.0f}"


@pytest.mark.campaign
def test_nothing_grows_but_the_database(node, capsys):
    def say(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"{line}\n")

    wanted = {"calls": CALLERS, "begin": 40, "rates": [RATE], "seconds": MINUTES * 60, "keys": KEYS, "connections": 64}
    with ThreadPoolExecutor(1) as threads:
        going = threads.submit(crowd, node, **wanted)
        seen = watched(node, going)
        begun, level = going.result()
    kind = "PostgreSQL" if node.database_url else "SQLite"
    done = f"{level['answered']} keys, {level['ended']} calls ended, {level['failed']} failed, p99 {level['p99']} ms"
    say(f"\n{kind}, {done}; machine's load {os.getloadavg()[0]:.1f}, {time.strftime('%H:%M')}")
    wrong = judged(seen, say)
    assert level["failed"] == begun["failed"] == 0
    assert begun["answered"] + level["answered"] == turns_of(node)
    assert wrong == []
