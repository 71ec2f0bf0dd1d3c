"""A whole node under load, the client on the same cores: a thousand calls at once, ten thousand in progress."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rig.node import ROOT, Node
from rig.ports import free_ports
from rig.postgres import Postgres, postgres

from bench.generated import hotline_of
from ivr.store import Store

__all__ = ["postgres"]

CALLS = int(os.environ.get("LOAD_CALLS", "10000"))
SECONDS = float(os.environ.get("LOAD_SECONDS", "20"))  # of each rate
EVERY = 8.0  # seconds between two keys of a call, at the rate that is asked for
RATES = (200, 300, 400, 500, 600, 700, 800, 1000, 1250)
AT_ONCE = 1000
WORST = {"begin": 3000.0, "key": 250.0}  # ms, p99
BACK = 600.0  # seconds until the job process has done what is left; only said


@contextmanager
def running(folder: Path, database: str) -> Iterator[Node]:
    """Run a whole node with the bench's hotline."""
    hotline = folder / "hotline"
    for path, text in hotline_of(21).items():
        target = hotline / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
    node = Node(folder / "data", hotline, free_ports(), database)
    node.environ["IVR_SPOOL_MB"] = "64"
    node.prepare()
    node.start()
    try:
        yield node
    finally:
        node.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    if request.param == "sqlite":
        with running(tmp_path, "") as made:
            yield made
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as url, running(tmp_path, url) as made:
        yield made


def crowd(node: Node, **wanted) -> list[dict]:
    """Run the client in a process of its own."""
    settings = node.settings
    plan = {"base": settings.public_url, "port": settings.port, "token": settings.auth_token}
    plan |= {"account": settings.account_sid, **wanted}
    longest = 600 + wanted["seconds"] * len(wanted["rates"])
    done = subprocess.run(
        [sys.executable, "-m", "bench.crowd"],
        input=json.dumps(plan), capture_output=True, text=True, check=True, cwd=ROOT, timeout=longest,
    )  # fmt: skip
    return json.loads(done.stdout)


def turns_of(node: Node) -> int:
    """Count the turns that are kept, once the spool is empty."""
    store = Store(node.settings.database_url, node.data)
    try:
        until = time.monotonic() + BACK
        while not node.well() and time.monotonic() < until:
            time.sleep(0.5)
        with store.database.reading() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM turns WHERE kind = 'drive'").scalar_one())
    finally:
        store.close()


def pressed(level: dict) -> int:
    """Count the requests that left; where nothing failed each was answered."""
    return int(level["due"] - level["late"])


def tell(capsys, node: Node, what: str, levels: list[dict]) -> None:
    kind = node.settings.database_url.partition(":")[0].partition("+")[0]
    load = f"{os.getloadavg()[0]:.1f}"
    with capsys.disabled():
        for level in levels:
            times = " / ".join(f"{level[name]:.0f}" for name in ("p50", "p95", "p99", "p100"))
            failed = f"{level['failed']} failed, {level['late']} late"
            sys.stdout.write(
                f"\n{kind}, {what}: {level['rate']:.0f}/s, {level['answered']} answered, {failed}, {times} ms "
                f"(half / 95 / 99 of 100 / slowest), client {level['busy']:.0%} of a core, machine's load {load}"
            )
        sys.stdout.write("\n")


@pytest.mark.campaign
def test_a_thousand_calls_in_one_second(node, capsys):
    levels = crowd(node, calls=AT_ONCE, begin=AT_ONCE, rates=[], seconds=1, connections=AT_ONCE)
    tell(capsys, node, f"{AT_ONCE} calls at once", levels)
    assert levels[0]["answered"] == AT_ONCE
    assert levels[0]["failed"] == 0
    assert turns_of(node) == AT_ONCE
    assert levels[0]["p99"] <= WORST["begin"]


@pytest.mark.campaign
def test_ten_thousand_calls_in_progress(node, capsys):
    rates = [rate for rate in RATES if rate <= CALLS / EVERY]
    levels = crowd(node, calls=CALLS, begin=250, rates=rates, seconds=SECONDS)
    tell(capsys, node, f"{CALLS} calls in progress", levels)
    assert levels[0]["failed"] == 0
    good = [level["rate"] for level in levels[1:] if level["p99"] <= WORST["key"] and not level["failed"]]
    with capsys.disabled():
        sys.stdout.write(f"the highest rate at which all went well: {max(good, default=0)}/s\n")
    answered, sent = (sum(count(level) for level in levels) for count in (lambda one: one["answered"], pressed))
    assert answered <= turns_of(node) <= sent, "every answer is one turn, and there is no other"
    assert good, "no rate at which all goes well"
