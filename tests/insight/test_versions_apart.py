"""Where several versions were in force: each is counted over its own time, and told in its own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from insight.test_report import content_in
from insight.walks import history

from ivr.insight.asked import read_asked
from ivr.insight.money import Rates
from ivr.insight.report import Place, Report, report
from ivr.store import Store
from ivr.store.insight import Counted

DAY = 86400.0
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
MIDNIGHT = NOW - 12 * 3600
OLD, NEW = "aa" * 32, "bb" * 32
ZONE = ZoneInfo("UTC")


def made_in(version: str, calls: int, since: float, until: float, counts: dict[str, int]) -> Iterable[Counted]:
    """Calls of a version, each of which counts the same."""
    for each in history(content_in(), calls, since, until):
        yield replace(each, call=f"{each.call}{version[:2]}{since}", version=version, counts={"calls": 1} | counts)


def told(store: Store, **asked: str) -> Report:
    return report(read_asked(asked, NOW, ZONE), Place(store, lambda _: content_in(), ZONE, Rates(), NOW))


def test_who_may_still_call_again_is_not_held_up_as_settled(store: Store) -> None:
    store.insight.load(made_in(OLD, 400, NOW - 30 * DAY, NOW - 10 * DAY, {"numbered": 1, "again": 1}))
    store.insight.load(made_in(NEW, 400, NOW - 2 * DAY, NOW, {"numbered": 1}))
    (second,) = (after for _, after in told(store, version=NEW, before=OLD).compared if after.kind.id == "again")
    assert (second.value, second.change) == (None, None)
    store.insight.load(made_in(NEW, 400, NOW - 20 * DAY, NOW - 15 * DAY, {"numbered": 1}))
    (second,) = (after for _, after in told(store, version=NEW, before=OLD).compared if after.kind.id == "again")
    assert second.value == 0.0
    assert second.change is not None


CHOSE = {"chose/main.main/0": 1}  # which stands last


@pytest.mark.parametrize("asked", [{}, {"days": "3"}, {"version": NEW}], ids=str)
def test_a_gain_is_a_months_whatever_days_are_asked_for(store: Store, asked: dict[str, str]) -> None:
    store.insight.load(made_in(OLD, 100, MIDNIGHT - 20 * DAY, MIDNIGHT - 3 * DAY, {}))
    store.insight.load(made_in(NEW, 300, MIDNIGHT - 2 * DAY, NOW, CHOSE))  # two days and a half: three tenths a month
    first = told(store, **asked).suggestions[0]
    assert first.calls == pytest.approx(300 * 30 / 2.5, rel=0.05)


def test_days_of_other_versions_in_between_do_not_count_as_its_own(store: Store) -> None:
    for since in (MIDNIGHT - 10 * DAY, MIDNIGHT - 4 * DAY):
        store.insight.load(made_in(NEW, 150, since, since + 2 * DAY - 1, CHOSE))
    store.insight.load(made_in(OLD, 100, MIDNIGHT - 8 * DAY, MIDNIGHT - 4 * DAY - 1, {}))
    assert told(store).suggestions[0].calls == pytest.approx(300 * 30 / 4, rel=0.05)


def test_what_is_told_by_choices_is_of_one_version(store: Store) -> None:
    store.insight.load(made_in(OLD, 200, MIDNIGHT - 10 * DAY, MIDNIGHT - 5 * DAY, {"branch/main.main/1": 1}))
    store.insight.load(made_in(NEW, 100, MIDNIGHT - 4 * DAY, MIDNIGHT, {"branch/main.main/1": 1}))
    assert [(one.step, one.key, one.calls) for one in told(store).branches] == [("main.main", "1", 200)]
    assert [one.calls for one in told(store, version=NEW).branches] == [100]
    assert told(store).counts == Counter({"calls": 300, "branch/main.main/1": 300})
