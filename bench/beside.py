"""Key presses while reports run: `python -m bench beside --calls 100000 [--postgresql]`.

A voice server over a made-up history answers 300 keys a second, first alone, then while the pages read the whole year
beside it (the figures of a year, and calls by everything that they are found by, one after the other without a pause)
and the job process writes all calls of a year to a file. The two are measured in turn, so that a drift of the machine
harms neither; the job process runs all the time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.machine import describe
from bench.product import lay_out, postgresql
from bench.rounds import ROUNDS, centile, load
from bench.servers import ROOT, Server, serving
from ivr.exporting.wish import Person as Asker
from ivr.exporting.wish import ask, wish_of
from ivr.keys import Keyring
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.audit import Deed
from ivr.store.calls import Search

RATE, SECONDS, CALLERS = 300.0, 8.0, 64
MUST = 0.5  # by which the p99 may change
WARM = 3.0  # seconds until the reports are at it
YEAR = 365 * 86_400.0
EXPORTS = 4  # one after the other: there is always one to be written


def main(words: Sequence[str]) -> None:
    """Fill, serve, and measure."""
    asked = argparse.ArgumentParser(prog="python -m bench beside", description=__doc__)
    asked.add_argument("--calls", type=int, default=100_000, help="calls of the made-up history")
    asked.add_argument("--postgresql", action="store_true", help="on PostgreSQL, in place of SQLite")
    found = asked.parse_args(words)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ivr-bench-beside-")))
        url = stack.enter_context(postgresql(folder / "postgresql"))[0] if found.postgresql else ""
        environ = lay_out(folder, url)
        _fill(environ, found.calls)
        server = stack.enter_context(serving("webhooks.wsgi:app", environ))
        stack.enter_context(running(environ, [sys.executable, "-m", "ivr", "worker"]))
        for line in [*describe(folder), *report(server, environ)]:
            print(line)


def _fill(environ: Mapping[str, str], count: int) -> None:
    """Make up a history of the sample menus, then put the menu in force that the client walks through."""
    samples = {name: str(ROOT / path) for name, path in (("IVR_CONFIG", "config.yaml"), ("IVR_MENUS", "menus"))}
    samples["IVR_RECORDINGS"] = str(ROOT / "recordings")
    for own, command in (
        (samples, ["prepare"]),
        (samples, ["demo", "--calls", str(count)]),
        ({}, ["publish", "--yes"]),
    ):
        subprocess.run([sys.executable, "-m", "ivr", *command], env={**environ, **own}, cwd=ROOT, check=True)


def report(server: Server, environ: Mapping[str, str]) -> Iterator[str]:
    """Measure both in turn."""
    alone, beside, failed = [], [], 0
    for number in range(ROUNDS):
        for busy in (False, True) if number % 2 == 0 else (True, False):
            with reading(environ, busy=busy):
                outcome = load(server, SECONDS, RATE, CALLERS)
            failed += outcome.failed
            (beside if busy else alone).append((centile(outcome.latencies, 50), centile(outcome.latencies, 99)))
    (p50, p99), (busy50, busy99) = (map(statistics.median, zip(*seen, strict=True)) for seen in (alone, beside))
    change = busy99 / p99 - 1
    yield "| 300 keys/s | p50 | p99 |"
    yield "| --- | --- | --- |"
    yield f"| alone | {p50:.1f} ms | {p99:.1f} ms |"
    yield f"| beside a year's reports and export | {busy50:.1f} ms | {busy99:.1f} ms |"
    kept = "kept" if change < MUST and not failed else "MISSED"
    yield f"p99 changes by {change:+.0%} (must: less than half), {failed} failed: {kept}"


@contextmanager
def reading(environ: Mapping[str, str], *, busy: bool) -> Iterator[None]:
    """Have the pages read without a pause, in a process of their own as the page workers are, and a year exported."""
    if not busy:
        yield
        return
    command = [sys.executable, "-m", "bench", "pages", "--again", "--data", environ["IVR_DATA"]]
    with exporting(environ), running(environ, command):
        time.sleep(WARM)
        yield


@contextmanager
def running(environ: Mapping[str, str], command: Sequence[str]) -> Iterator[None]:
    """Run a process of ours until the block is left; RuntimeError where it ends before."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env={**os.environ, **environ}, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield
            if process.poll() is not None:
                log.seek(0)
                raise RuntimeError(f"{command[-1]} ended with {process.returncode}:\n{log.read()[-2000:].decode()}")
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def exporting(environ: Mapping[str, str]) -> Iterator[None]:
    """Have all calls of a year written by the job process, again and again; RuntimeError where it never began."""
    settings = read_settings(environ)
    store, keyring = Store(settings.database_url, settings.data), Keyring(settings.secret_keys)
    try:
        wish = wish_of(Search(since=time.time() - YEAR), "a year")
        asked = [ask(store, keyring, wish, "csv", Asker("", "bench")).id for _ in range(EXPORTS)]
        yield
        first = store.exports.find(asked[0])
        if first is None or not first.done:
            raise RuntimeError(f"the export did not begin: {first}")
        for name in asked:
            store.exports.cancel(name, Deed("bench", "cancelled an export", name, {}))
    finally:
        store.close()
