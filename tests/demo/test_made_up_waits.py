"""Who waits in a made-up history: tickets that say the same as the turns, the figures and the wall."""

from __future__ import annotations

import base64
import shutil
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from kernel.boards import SECRET
from rig.server import ACCOUNT, TOKEN

from ivr import tickets as words
from ivr.archive.calls import Archive
from ivr.archive.promises import place_kept
from ivr.commands.replay import every_call, replay_all
from ivr.demo import history
from ivr.demo.plan import Wish, days
from ivr.engine.events import Queued, WaitEnded
from ivr.insight.folding import Folding, recount
from ivr.keys import Keyring
from ivr.privacy import key_of
from ivr.publishing.library import Library
from ivr.replay import walked
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.tables import metadata
from ivr.turns import read_told

WISH = Wish(calls=200, days=12, seed=3, turns=0.4, until=date(2026, 11, 27), zone="Europe/Copenhagen", country="DK")
RINGING = 'by: ring\n    ring: ["+15005550101", "+15005550102"]'
WAYS = 4


@pytest.fixture
def archive(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """A history of the sample, at whose front desk callers wait, too."""
    monkeypatch.setattr(history, "WAYS", (WAYS, WAYS))
    for folder in ("menus", "recordings"):
        shutil.copytree(root / folder, tmp_path / folder)
    config = (root / "config.yaml").read_text(encoding="utf-8")
    assert RINGING in config
    (tmp_path / "config.yaml").write_text(config.replace(RINGING, "by: queue"), encoding="utf-8")
    keys = f"{SECRET[0]}:{base64.b64encode(SECRET[1]).decode()}"
    names = {"IVR_DATA": str(tmp_path / "data"), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    names |= {f"IVR_{name.upper()}": str(tmp_path / name) for name in ("menus", "recordings")}
    for name, value in (names | {"IVR_SECRET_KEYS": keys, "IVR_CONFIG": str(tmp_path / "config.yaml")}).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "data").mkdir()
    settings = read_settings()
    history.fill(WISH, settings, lambda _what, _done, _all: None)
    return Archive(Store("", settings.data), Keyring(settings.secret_keys))


def test_whoever_waits_has_a_ticket_that_the_turns_the_figures_and_the_wall_agree_with(archive: Archive) -> None:
    store, library = archive.store, Library(read_settings().data)
    with store.database.reading() as connection:
        tickets = connection.execute(metadata.tables["tickets"].select()).all()
        offers = {row.id: row for row in connection.execute(metadata.tables["offers"].select()) if row.ticket}
    assert {words.DONE, words.ABANDONED} <= {ticket.state for ticket in tickets} <= set(words.OVER)
    assert {ticket.team for ticket in tickets} == {"front_desk", "service"}
    for ticket in tickets:
        taken = offers.pop(ticket.offer, None)
        assert (taken is not None) == (ticket.state == words.DONE) == bool(ticket.person)
        assert taken is None or (taken.ticket, taken.person) == (ticket.id, ticket.person)
    assert offers == {}
    the_turns_say_the_same(archive, {ticket.id: ticket for ticket in tickets})
    places_are_kept(archive)
    folding = Folding(archive, library.get)
    due = store.insight.waiting()
    assert 0 < recount(folding, archive)[1] <= due + len(store.insight.days())
    assert recount(folding, archive) == (WISH.calls, 0)
    the_figures_are_those_of_the_wall(archive)
    assert replay_all(store, read_settings(), every_call(store)) == 0


def the_turns_say_the_same(archive: Archive, tickets: dict[bytes, object]) -> None:
    """Of calls that were really played each wait has its ticket, under the name of the turn that began it."""
    played = [record for record in every_call(archive.store) if archive.store.chain(record.call)]
    seen = 0
    for record in played:
        key = key_of(record, archive.keyring)
        waits = 0
        for turn in walked(archive.store.chain(record.call)):
            for event in read_told(turn, key).events:
                if isinstance(event, WaitEnded):
                    ticket = archive.store.tickets.find(turn.parent)
                    assert ticket is not None
                    assert (ticket.team, ticket.call) == (event.team, record.call)
                    left = ticket.claimed_at if ticket.state == words.DONE else ticket.changed_at
                    assert left is not None
                    assert round(left - ticket.joined_at) == event.seconds
                    assert b"summary" in key.open(ticket.id, ticket.private)
                waits += isinstance(event, Queued)
        assert len(archive.store.tickets.of_call(record.call)) == waits
        seen += waits
    assert 0 < seen < len(tickets)


def places_are_kept(archive: Archive) -> None:
    """Who asked to be called back while waiting has waited since then."""
    for promise in archive.store.call_backs.latest(1000):
        kept = place_kept(archive.store.tickets.of_call(promise.call), promise.team)
        assert promise.joined_at == (kept.joined_at if kept else promise.first_at)


def the_figures_are_those_of_the_wall(archive: Archive) -> None:
    insight, counts = archive.store.insight, Counter[str]()
    with archive.store.database.reading() as connection:
        names = [row.call for row in connection.execute(metadata.tables["insight_calls"].select())]
    for name in names:
        counts.update(insight.find(name).counts)
    targets = {"front_desk": 20.5, "service": 30.5}  # of whole seconds, so that no rounding stands on the edge
    tallies = archive.store.tickets.tallies(0.0, targets)
    for team in targets:
        tally = tallies[team]
        told = tuple(counts[f"served/{way}/{team}"] for way in ("soon", "later", "left_soon", "left_later"))
        assert told == (tally.soon, tally.later, tally.left_soon, tally.left_later)


def test_the_last_day_ends_with_the_hour_that_has_passed() -> None:
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
    made = days(Wish(5000, 7, 1, 0.0, date(2026, 11, 27), "UTC", before=noon + 600))
    assert sum(day.calls for day in made) == 5000
    assert made[-1].ends == noon
    assert 0 < made[-1].calls < made[-2].calls
    assert max(made[-1].times(Random(1))) < noon
    assert days(Wish(10, 1, 1, 0.0, date(2026, 11, 27), "UTC", before=noon))[0].calls == 10
