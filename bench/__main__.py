"""Measure everything and write bench/results.md (about five minutes). `--quick` measures briefly and writes nothing.

`pages` measures the pages over a made-up history instead (``bench/pages.py``), `beside` key presses while they are read
(``bench/beside.py``).
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench import inside, rounds
from bench.machine import describe
from bench.product import postgresql, product
from bench.report import Figures, write
from bench.servers import ROOT, identity, serving
from bench.trying import trial_cost


def measure(*, quick: bool) -> Figures:
    """Measure all cases; servers one case after the other, so that they do not share a core."""
    count, seconds = (1, 1.0) if quick else (rounds.ROUNDS, rounds.SECONDS)
    figures = Figures(machine=describe(Path(tempfile.gettempdir())), rounds=f"{count} paired rounds of {seconds:.0f} s")
    with ExitStack() as stack:
        floor = stack.enter_context(serving("bench.floor:app", identity()))
        with product() as server:
            print("key press, SQLite")
            figures.first_answer, figures.fresh_memory = server.first_answer, server.memory()
            figures.throughput.append(rounds.throughput("key press, SQLite", floor, server, count, seconds))
            figures.paced.append(rounds.paced("SQLite", floor, server, 300, count))
            figures.worked_memory = server.memory()
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ivr-bench-pg-"))
        url, figures.postgresql = stack.enter_context(postgresql(Path(folder)))
        with product(url) as server:
            print("key press, PostgreSQL")
            figures.throughput.append(rounds.throughput("key press, PostgreSQL", floor, server, count, seconds))
            figures.paced.append(rounds.paced("PostgreSQL", floor, server, 300, count))
    print("in process")
    figures.step_small, figures.step_large = (inside.step_cost(inside.built(size)) for size in (10, 10_000))
    figures.writer, figures.library = inside.writer_cost()
    figures.compiled = {size: inside.compile_cost(size) for size in (1_000, 10_000)}
    figures.tried = 500 if quick else 10_000
    figures.trial = trial_cost(figures.tried)
    return figures


if __name__ == "__main__":
    if sys.argv[1:2] in (["pages"], ["beside"]):
        importlib.import_module(f"bench.{sys.argv[1]}").main(sys.argv[2:])
        sys.exit()
    quick = "--quick" in sys.argv
    text = write(measure(quick=quick))
    if not quick:
        (ROOT / "bench" / "results.md").write_text(text, encoding="utf-8")
    print(text)
