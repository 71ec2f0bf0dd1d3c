"""What is said of sums: the picture, the suggestions, money, days of 23 and 25 hours."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from insight.walks import drawable, history, walk
from kernel.hotline import hotline

from ivr.drawing.svg import draw_svg
from ivr.engine.events import Queued, Talked, WaitEnded
from ivr.insight.asked import NotAsked, read_asked
from ivr.insight.counting import Heard, Known, count
from ivr.insight.money import Rates, branches
from ivr.insight.picture import drawn, passed
from ivr.insight.report import Place, report
from ivr.insight.suggestions import suggest
from ivr.records import CallRecord
from ivr.store.calls import CallRow
from ivr.store.material import Material

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def content_in(zone="UTC"):
    content = drawable(hotline())
    lines = {name: replace(line, zone=zone) for name, line in content.tree.lines.items()}
    return replace(content, tree=replace(content.tree, lines=lines))


def test_every_call_is_on_a_day_of_its_own_length(store):
    """Autumn's long day, spring's short one: sums by day and hour agree with counting one by one."""
    content, now = content_in("Europe/Copenhagen"), datetime(2026, 12, 1, tzinfo=UTC).timestamp()
    for day, hours in ((date(2026, 10, 25), 25), (date(2026, 3, 29), 23)):
        since = datetime(day.year, day.month, day.day, tzinfo=COPENHAGEN).timestamp()
        made = list(history(content, 250, since, since + hours * 3600))
        store.insight.load(replace(each, call=f"{each.call}{day}") for each in made)
        asked = read_asked({"since": str(day), "until": str(day)}, now, COPENHAGEN)
        told = report(asked, Place(store, lambda _: content, COPENHAGEN, Rates(), now))
        assert told.calls == 250
        assert [(each, counts["calls"]) for each, counts in told.days] == [(day, 250)]
        assert sum(each.calls for each in told.hours) == 250
        assert len({each.hour for each in made}) == hours
        by_hand = sum((Counter(each.counts) for each in made), Counter())
        assert told.counts == +by_hand
        beside = read_asked({"since": "2026-10-26", "until": "2026-10-26"}, now, COPENHAGEN)
        assert report(beside, Place(store, lambda _: content, COPENHAGEN, Rates(), now)).calls == 0


def test_filters_part_the_calls(store):
    content, now = content_in("UTC"), datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    store.insight.load(history(content, 100, now - 5 * 86400, now))
    place = Place(store, lambda _: content, ZoneInfo("UTC"), Rates(), now)
    every = {team: report(read_asked({"team": team}, now, place.zone), place).calls for team in ("", "care", "other")}
    assert every[""] == 100
    fine = store.sums.by("team", read_asked({}, now, place.zone).slice(place.zone), ["calls"])
    assert {team: each["calls"] for team, each in fine.items()} == {"": 100 - every["care"], "care": every["care"]}
    assert 0 < every["care"] < 100
    assert every["other"] == 0
    for kind, value in (("line", "care"), ("language", "en-US"), ("version", "aa" * 32)):
        assert report(read_asked({kind: value}, now, place.zone), place).calls == 100
        assert report(read_asked({kind: "none"}, now, place.zone), place).calls == 0


def test_calls_are_parted_by_hour_day_line_language_team_and_version_as_when_counted_one_by_one(store):
    content, now = content_in("UTC"), datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    made = [
        replace(each, line=("care", "sales")[number % 2], language=("en-US", "da-DK", "da-DK")[number % 3])
        for number, each in enumerate(history(content, 120, now - 3 * 86400, now))
    ]
    made = [replace(each, version="bb" * 32) if number % 5 == 0 else each for number, each in enumerate(made)]
    store.insight.load(made)
    place = Place(store, lambda _: content, ZoneInfo("UTC"), Rates(), now)
    told = report(read_asked({}, now, place.zone), place)
    for kind in ("line", "language", "team", "version"):
        by_hand = Counter(getattr(each, kind) for each in made)
        assert {name: counts["calls"] for name, counts in told.parts[kind]} == by_hand
        assert told.parts[kind][0][0] == min(by_hand, key=lambda name: (-by_hand[name], name))
        for name, counts in told.parts[kind]:
            mine = [each for each in made if getattr(each, kind) == name]
            assert counts["talked"] == sum(each.counts.get("talked", 0) for each in mine)
    days = Counter(datetime.fromtimestamp(each.day, UTC).date() for each in made)
    assert {day: counts["calls"] for day, counts in told.days if counts["calls"]} == days
    hours = Counter(datetime.fromtimestamp(each.hour, UTC).hour for each in made)
    assert {one.hour: one.calls for one in told.hours if one.calls} == hours
    danish = report(read_asked({"language": "da-DK"}, now, place.zone), place)
    assert [name for name, _ in danish.parts["language"]] == ["da-DK"]
    assert dict(danish.parts["line"]) != dict(told.parts["line"])
    assert sum(counts["calls"] for _, counts in danish.parts["line"]) == danish.calls


def test_the_picture_tells_what_callers_did():
    content = content_in()
    counts = sum((Counter(each.counts) for each in history(content, 400, 0.0, 86400.0)), Counter())
    steps = {one.step: one for one in passed(content, counts)}
    main = steps["main.main"]
    assert main.came == counts["in/main.main"]
    assert {label.partition(" ")[0]: n for label, _, n in main.went if label[:1] in "12340"} == {
        key: counts[f"chose/main.main/{key}"] for key in "12340"
    }
    into_desk = sum(n for word, n in counts.items() if word.startswith("go/") and word.endswith("/main.desk"))
    assert steps["main.desk"].came == into_desk
    graph, widths = drawn(content, counts)
    assert max(widths.values()) == 9
    assert f"{main.came:,} came" in graph.boxes["main.main"].said
    picture = draw_svg(graph, widths=widths)
    assert 'class="arrow flow w9"' in picture


def test_every_caller_who_comes_to_a_step_leaves_it_by_a_way_that_is_shown_or_ends_there():
    content = content_in()
    counts = sum((Counter(each.counts) for each in history(content, 400, 0.0, 86400.0)), Counter())
    for one in passed(content, counts):
        if one.deed in {"menu", "say", "transfer"} and one.came:
            ways = sum(n for _, _, n in one.went) + one.hung_up + one.ended
            back = counts[f"chose/{one.step}/*"]
            assert ways + back >= one.came


def test_the_choice_of_most_callers_is_advised_to_come_first():
    content = hotline()
    counts = Counter(
        {"chose/main.main/1": 10, "chose/main.main/2": 20, "chose/main.main/3": 9, "chose/main.main/0": 61}
    )
    counts = Counter({word: 10 * number for word, number in counts.items()})
    found = suggest(content, counts, 30 * 86400.0)
    first = found[0]
    assert first.text.startswith("option 0 is chosen by 61%: first, it saves")
    assert first.hours == pytest.approx(first.seconds * 1000 / 3600)
    assert first.calls == 1000
    assert suggest(content, Counter({"chose/main.main/0": 20}), 86400.0) == []
    seldom = [one for one in suggest(content, Counter({"chose/main.main/1": 990}), 86400.0) if "left out" in one.text]
    assert seldom == []  # those before nobody: nothing comes later
    misled = Counter({"judged/main.main/1": 100, "misled/main.main/1": 30})
    assert "sent 30% to the wrong team" in suggest(content, misled, 86400.0)[0].text


def test_money_is_minutes_begun_by_the_rate():
    rates = Rates("USD", Decimal("2.2"), Decimal("1.5"))
    counts = Counter({"branch/m/1": 2, "minutes/m/1": 10, "agent_minutes/m/1": 4, "branch//": 1, "minutes//": 1})
    first, second = branches(counts, rates)
    assert (first.cost, second.cost) == (28, 2)
    assert rates.show(348234) == "$3,482.34"
    assert Rates("JPY", Decimal(30)).show(45) == "¥45"
    assert not Rates().known


def test_a_wait_is_counted_for_the_team_that_it_ended_with():
    content = replace(hotline(), targets={"care": 10.0, "second": 60.0})
    row = CallRow(CallRecord("CA1", "care", "aa" * 32, 0.0, False, b"x", "k1", b"", b"", b""), 200.0, "talked", 3, 60)
    heard = [
        Heard(0.0, b"1", b"", ()),
        Heard(20.0, b"2", b"1", (Queued("main.desk", "care"),)),
        Heard(130.0, b"3", b"2", (WaitEnded("main.desk", "care", "answered", 50), Talked("main.desk", "care", 60))),
    ]
    found = count(Material(row, (), waited_for={b"2": "second"}), Known(heard, content)).counts
    assert found["served/soon/second"] == found["wait/second/50"] == found["waited/50"] == 1
    assert found["reached/66"] == 1  # 20 s and the wait: 70, in the step that begins at 66


def test_a_walk_is_deterministic():
    from random import Random

    assert walk(hotline(), Random(3), 1, 0.0) == walk(hotline(), Random(3), 1, 0.0)


@pytest.mark.parametrize("said", [{"days": "0"}, {"days": "x"}, {"since": "soon"}, {"since": "0001-01-01"}])
def test_what_is_no_time_is_refused(said):
    with pytest.raises(NotAsked) as refused:
        read_asked(said, 1_795_000_000.0, COPENHAGEN)
    assert refused.value.hint
