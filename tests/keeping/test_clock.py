"""A clock that is wrong by years takes nothing along; one that is right after a long pause is believed in the end."""

from __future__ import annotations

import time

import pytest
from structlog.testing import capture_logs

from ivr.keeping.clock import ClockInDoubt, believe
from ivr.keeping.purge import Keeper, Purge
from ivr.privacy import key_of
from ivr.store.keeping import Report
from tests.keeping.conftest import House
from tests.keeping.test_purge import CONTENT, DAY, settled


def keeper_of(house: House) -> Keeper:
    return Keeper(Purge(house.store, house.places, house.keyring, lambda: CONTENT, resting=False))


def round_made(house: House, at: float) -> None:
    for kind in ("calls", "cases"):
        house.store.keeping.report(Report(kind, at, 0, 0, 0))


@pytest.mark.parametrize("rounds", [True, False])
def test_a_machine_that_wakes_up_in_another_year_destroys_nothing(house: House, rounds: bool) -> None:
    call, now = house.caller("C10021"), time.time()
    settled(house, "C10021")
    if rounds:
        round_made(house, now - DAY)
    keeper = keeper_of(house)
    later = now + 5 * 365 * DAY
    house.store.nodes.beat("this one", later)  # it says that it is alive by the same clock
    with capture_logs() as lines:
        assert keeper.run(later) == 0
        assert keeper.run(later + 2 * DAY) == 0
    assert [(line["event"], line["log_level"]) for line in lines] == [("purge_refused", "error")] * 2
    assert key_of(house.store.call(call), house.keyring)
    assert (house.settings.recordings / "inbox" / call / "REC10021.wav").exists()
    assert house.store.deletions.waiting() == []
    assert keeper.run(now) == 0  # the clock is put right: rounds go on at once
    assert house.store.keeping.reports()["cases"].at == now


def test_calls_of_the_same_wrong_clock_prove_nothing(house: House, url: str) -> None:
    if url:
        pytest.skip("PostgreSQL's own clock forbids it already")
    now = time.time()
    round_made(house, now)
    later = now + 5 * 365 * DAY
    house.caller("C10021")
    with house.store.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE calls SET at = {later}")
    with pytest.raises(ClockInDoubt, match="the last that is known"):
        believe(house.store, later + DAY)


def test_after_a_long_pause_the_clock_is_believed_once_it_has_gone_on_for_a_week(house: House) -> None:
    now = time.time()
    round_made(house, now - 200 * DAY)
    keeper = keeper_of(house)
    for days in (12, 11, 6):
        keeper.run(now - days * DAY)
        assert house.store.keeping.reports()["calls"].at == now - 200 * DAY, days
    keeper.run(now - 4 * DAY)
    assert house.store.keeping.reports()["calls"].at == now - 4 * DAY
    believe(house.store, now)


def test_a_doubt_of_long_ago_is_no_week_that_the_clock_went_on(house: House) -> None:
    now = time.time()
    round_made(house, now - 200 * DAY)
    for days in (100, 0):
        with pytest.raises(ClockInDoubt):
            believe(house.store, now - days * DAY)


def test_a_clock_far_beyond_that_of_postgresql_is_never_believed(house: House, url: str) -> None:
    if not url:
        pytest.skip("SQLite has our clock")
    later = time.time() + 8 * DAY
    round_made(house, later)
    with pytest.raises(ClockInDoubt, match="that of PostgreSQL"):
        believe(house.store, later)
    believe(house.store, time.time() + DAY)


def test_nothing_is_doubted_where_nothing_is_known(house: House) -> None:
    believe(house.store, time.time())
