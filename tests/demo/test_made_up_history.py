"""A made-up history: the same from the same seed on both databases, true where it was played, found as any other."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from kernel.boards import SECRET
from rig.postgres import Postgres, postgres
from rig.server import ACCOUNT, TOKEN

from ivr.__main__ import ivr_words
from ivr.archive.calls import Archive
from ivr.archive.written import Asked, further
from ivr.commands.replay import every_call, replay_all
from ivr.demo import history
from ivr.demo.plan import Wish, days
from ivr.keys import Keyring
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.calls import Search
from ivr.store.tables import metadata

__all__ = ["postgres"]

CALLS = 260
WISH = Wish(calls=CALLS, days=40, seed=7, turns=0.1, until=date(2026, 11, 27), zone="Europe/Copenhagen", country="DK")
UNEQUAL = {"audit", "switches", "versions", "nodes", "holdings", "series", "alembic_version"}  # they know the time


@pytest.fixture
def archive(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> Iterator[tuple[Archive, Archive]]:
    """The same history on SQLite and on PostgreSQL."""
    monkeypatch.setattr(history, "WAYS", (4, 4))
    with postgres.database() as url:
        opened = [filled(root, tmp_path / name, monkeypatch, url) for name, url in (("s", ""), ("p", url))]
        yield opened[0], opened[1]
        for one in opened:
            one.store.close()


def filled(root: Path, data: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Archive:
    names = {"IVR_DATA": str(data), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "DATABASE_URL": url}
    keys = f"{SECRET[0]}:{base64.b64encode(SECRET[1]).decode()}"
    names |= {"IVR_CONFIG": str(root / "config.yaml"), "IVR_MENUS": str(root / "menus")}
    for name, value in (names | {"IVR_SECRET_KEYS": keys, "IVR_RECORDINGS": str(data / "recordings")}).items():
        monkeypatch.setenv(name, value)
    data.mkdir(parents=True)
    shutil.copytree(root / "recordings" / "prompts", data / "recordings" / "prompts")
    settings = read_settings()
    done = history.fill(WISH, settings, lambda _what, _done, _all: None)
    assert done.calls == CALLS
    assert done.turns > 50
    return Archive(Store(url, data), Keyring(settings.secret_keys))


def rows_of(archive: Archive, table: str) -> list[tuple[object, ...]]:
    with archive.store.database.reading() as connection:
        return sorted((tuple(row) for row in connection.execute(metadata.tables[table].select())), key=repr)


def test_a_history_is_true_and_found_and_the_same_on_both_databases(archive: tuple[Archive, Archive]) -> None:
    sqlite, postgresql = archive
    for table in sorted(set(metadata.tables) - UNEQUAL):
        assert rows_of(sqlite, table) == rows_of(postgresql, table), table
    for one in archive:
        with one.store.database.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []  # every index stands again
    the_turns_are_true(sqlite)
    calls_are_found_by_everything(postgresql)
    the_figures_are_their_sums(postgresql)
    result = CliRunner().invoke(ivr_words, ["demo", "--calls", "5"])
    assert "holds real calls" in str(result.exception)


def the_turns_are_true(archive: Archive) -> None:
    settings = read_settings()
    with_turns = [record for record in every_call(archive.store) if archive.store.chain(record.call)]
    assert 10 < len(with_turns) < CALLS / 2
    assert replay_all(archive.store, settings, iter(with_turns)) == 0
    assert replay_all(archive.store, settings, every_call(archive.store)) == 0  # most have no turns, which is no loss


def the_figures_are_their_sums(archive: Archive) -> None:
    """The sums are what the calls add, and what is really played is left for the job process to count."""
    insight = archive.store.insight
    added = sum(insight.find(call[0]).counts["calls"] for call in rows_of(archive, "insight_calls"))
    assert added + insight.waiting() == CALLS
    assert [insight.sum_day(day) for day in insight.days()] == [0] * len(insight.days())


def calls_are_found_by_everything(archive: Archive) -> None:
    every = [archive.seen(row) for row in archive.store.calls.search(Search(), CALLS + 1)]
    assert len(every) == CALLS
    assert all(seen.readable and seen.ended for seen in every)
    assert {seen.line for seen in every} == {"care", "business"}
    assert len({seen.version for seen in every}) == 4
    assert {"talked", "case", "left"} <= {seen.outcome for seen in every}
    again = [seen.caller for seen in every if seen.caller]
    assert len(set(again)) < len(again)
    for asked in asked_of(archive):
        found = archive.store.finder.page(further(archive, Search(), asked), CALLS).rows
        assert 0 < len(found) < CALLS, asked


def asked_of(archive: Archive) -> Iterator[Asked]:
    """Everything that some calls, and not all, are to be found by."""
    store = archive.store
    cases = store.cases.latest(1)
    with store.database.reading() as connection:
        took = connection.execute(metadata.tables["offers"].select()).first()
    assert took is not None
    yield Asked(agent=took.person)
    yield Asked(case=cases[0].number)
    yield Asked(step="complaints.complaints")
    yield Asked(path="2")
    yield Asked(words="THE")


def test_calls_are_shared_out_to_the_last_and_more_come_on_a_monday() -> None:
    wish = Wish(10_000, 364, 1, 0.0, date(2026, 11, 27), "Europe/Copenhagen", "DK")
    made = days(wish)
    assert sum(day.calls for day in made) == 10_000
    assert [day.first for day in made[1:]] == [day.first + day.calls for day in made[:-1]]
    by_weekday = [sum(day.calls for day in made if day.date.weekday() == number) for number in range(7)]
    assert by_weekday[0] == max(by_weekday)
    assert by_weekday[6] == min(by_weekday)
    hours = {(day.ends - day.begins) / 3600 for day in made}
    assert hours == {23.0, 24.0, 25.0}
