"""Seconds of the pages over a made-up history: `python -m bench pages --calls 1000000 [--postgresql]`.

Each page is asked for at the application itself, signed in, with everything that it renders; the way over the network
is left out. A page that is found by something is asked for with several values of it, and at the first page, the next,
and far down the list. Absolute seconds at a size, so they are no part of `make bench`.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import func, select

from bench.machine import describe
from bench.product import postgresql
from bench.servers import ROOT
from console.app import create_app
from console.signin.sessions import DOOR
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.people import Person
from ivr.store.tables import calls, metadata

ROUNDS = 12
DEEP = 0.8  # of the history is skipped to be far down
MUST, AIM = 0.2, 0.05  # seconds
WHO = Person("Bench Reader", "admin", email="bench.reader@aurora.example")


@dataclass(slots=True)
class Seen:
    """One page's seconds."""

    name: str
    seconds: list[float] = field(default_factory=list)

    def line(self) -> str:
        ordered = sorted(self.seconds)
        p95 = ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]
        told = f"{statistics.median(ordered) * 1000:.0f} ms | {p95 * 1000:.0f} ms"
        return f"| {self.name} | {told} | {'yes' if p95 <= AIM else 'must' if p95 <= MUST else '**no**'} |"


def main(words: Sequence[str]) -> None:
    """Fill where that is asked for, and measure."""
    asked = argparse.ArgumentParser(prog="python -m bench pages", description=__doc__)
    asked.add_argument("--calls", type=int, default=0, help="fill a fresh database with so many; 0: take what is there")
    asked.add_argument("--postgresql", action="store_true", help="on PostgreSQL, in place of SQLite")
    asked.add_argument("--data", type=Path, help="the data folder: kept; else one for this run")
    asked.add_argument("--again", action="store_true", help="go on until ended: what other things are measured beside")
    found = asked.parse_args(words)
    with ExitStack() as stack:
        folder = found.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ivr-bench-pages-")))
        folder.mkdir(parents=True, exist_ok=True)
        url = os.environ.get("DATABASE_URL", "")
        if found.postgresql and not url:
            url, _ = stack.enter_context(postgresql(folder / "postgresql"))
        environ = {"IVR_DATA": str(folder), "DATABASE_URL": url, "IVR_CONFIG": str(ROOT / "config.yaml")}
        environ |= {"IVR_MENUS": str(ROOT / "menus"), "IVR_RECORDINGS": str(ROOT / "recordings")}
        os.environ.update(environ)
        if found.calls:
            _fill(found.calls)
        for line in [*describe(folder), *report()]:
            print(line, flush=True)
        while found.again:
            list(report())


def _fill(count: int) -> None:
    for command in (["prepare"], ["demo", "--calls", str(count)]):
        subprocess.run([sys.executable, "-m", "ivr", *command], cwd=ROOT, check=True)


def report() -> Iterator[str]:
    """Ask for every page several times."""
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    client = signed_in(create_app(settings).test_client(), store)
    try:
        with store.database.reading() as connection:
            count = connection.execute(select(func.count()).select_from(calls)).scalar_one()
        yield f"{store.database.url.get_backend_name()}, {count:,} calls"
        yield "| page | median | p95 | within 50 ms |"
        yield "| --- | --- | --- | --- |"
        yield from (seen.line() for seen in measured(client, store))
    finally:
        store.close()


def signed_in(client: FlaskClient, store: Store) -> FlaskClient:
    """Let a person of the bench's own in, as after a sign-in just now."""
    known = [person for person in store.people.all() if person.name == WHO.name]
    person = known[0] if known else store.people.add(WHO, "bench")
    account = store.accounts.set_password(person, "", person.name)
    token = secrets.token_hex(8)
    store.sessions.begin(token, person.id, time.time())
    with client.session_transaction() as session:
        session.update({"_user_id": account.stamp, "_fresh": True, DOOR: token, "fs_paa": time.time()})
    return client


def measured(client: FlaskClient, store: Store) -> Iterator[Seen]:
    """Measure each page of each way to find."""
    places = deep_places(store)
    for name, queries in asked_of(store).items():
        for where, after in {"": "", ", far down": places["calls"]}.items():
            yield timed(client, f"calls by {name}{where}", "/calls", [query | _after(after) for query in queries])
    for name, query in {
        "to do": {},
        "any status": {"status": "any"},
        "of a kind": {"status": "any", "kind": "doubt"},
    }.items():
        yield timed(client, f"cases {name}", "/cases", [query])
    yield timed(client, "cases of any status, far down", "/cases", [{"status": "any"} | _after(places["cases"])])
    yield timed(client, "cases by words", "/cases", [{"status": "any", "q": "voltage"}])
    if any(rule.rule == "/insight" for rule in client.application.url_map.iter_rules()):
        yield timed(client, "insight over 30 days", "/insight", [{}])
        year = [{"days": "365"}, {"days": "365", "line": "care"}, {"days": "365", "language": "en-US"}]
        yield timed(client, "insight over a year", "/insight", year)


def timed(client: FlaskClient, name: str, path: str, queries: Sequence[dict[str, str]]) -> Seen:
    """Ask for a page; the first time does not count: it compiles the template."""
    seen = Seen(name)
    for number in range(-1, ROUNDS):
        address = f"{path}?{urlencode(queries[number % len(queries)])}"
        begin = time.perf_counter()
        response = client.get(address)
        if number >= 0:
            seen.seconds.append(time.perf_counter() - begin)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
    return seen


def _after(place: str) -> dict[str, str]:
    return {"after": place} if place else {}


def deep_places(store: Store) -> dict[str, str]:
    """Name a place far down both lists."""
    found = {}
    for table in (calls, metadata.tables["cases"]):
        with store.database.reading() as connection:
            first, last = connection.execute(select(func.min(table.c.at), func.max(table.c.at))).one()
        found[table.name] = f"{last - (last - first) * DEEP!r}~"
    return found


def asked_of(store: Store) -> dict[str, list[dict[str, str]]]:
    """Make the questions out of what there is: common things, rare ones, and what fits nothing."""
    with store.database.reading() as connection:
        some = connection.execute(select(calls.c.call, calls.c.line).order_by(calls.c.at.desc()).limit(1)).one()
        cases = connection.execute(select(metadata.tables["cases"].c.number).limit(3)).scalars().all()
        took = connection.execute(select(metadata.tables["offers"].c.person).limit(3)).scalars().all()
    numbers = [f"+452{(caller * 7_368_787 + 1_234_567) % 10_000_000:07d}" for caller in (0, 3, 57, 12_345)]
    return {
        "nothing": [{}],
        "number": [{"number": number} for number in numbers],
        "name": [{"name": "Ida"}, {"name": "Ida Holm"}, {"name": "Nobody"}],
        "time": [{"since": "300d", "until": "200d"}, {"when": "7d"}],
        "line": [{"line": some.line}, {"line": "business"}],
        "language": [{"language": "en-US"}, {"language": "ka-GE"}],
        "path": [{"path": "1"}, {"path": "2 1"}, {"path": "5 4"}],
        "step": [{"step": "main.main"}, {"step": "complaints.complaints"}, {"step": "georgian.speak"}],
        "outcome": [{"end": "talked"}, {"end": "limit"}, {"end": "open"}],
        "agent": [{"agent": person} for person in took],
        "case": [{"case": number} for number in cases],
        "words": [{"words": "voltage"}, {"words": "ahornvej monday"}, {"words": "the oven stops"}],
        "several": [
            {"step": "complaints.complaints", "end": "talked", "language": "da-DK"},
            {"words": "meter", "line": "business", "end": "case"},
            {"path": "1", "language": "ka-GE"},
            {"agent": took[0], "words": "voltage", "when": "30d"},
        ],
    }
