from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from kernel.hotline import hotline

from ivr.facts.numbers import NumberBlocks
from ivr.facts.snapshot import Living, snapshot_of
from ivr.facts.view import Asking, TurnFacts

AT = datetime(2026, 11, 24, 17, 58, tzinfo=ZoneInfo("UTC")).timestamp()


@pytest.fixture
def numbers(tmp_path):
    blocks = NumberBlocks(tmp_path, lambda _, count: range(1001, 1001 + count))
    blocks.fill("C")
    blocks.fill("CT")
    return blocks


@pytest.fixture
def facts(numbers):
    def make(pretend=None, caller="+14155550123", **flags):
        asking = Asking("CA1", "care", AT, caller, pretend)
        return TurnFacts(hotline(), snapshot_of(Living(None, flags), AT), numbers, asking)

    return make


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("team.care.open", True),
        ("team.care.why_closed", ""),
        ("hours.care.open", True),
        ("flag.storm", False),
        ("call.id", "CA1"),
        ("call.line", "care"),
        ("call.date", "2026-11-24"),
        ("call.weekday", "tuesday"),
        ("call.time", "17:58"),
        ("call.country", "US"),
        ("caller.number", "+14155550123"),
        ("caller.country", "US"),
        ("caller.area_code", "415"),
    ],
)
def test_what_is_known(facts, name, value):
    assert facts()[name] == value


@pytest.mark.parametrize(
    "name",
    ["team.none.open", "team.care.free", "hours.none.open", "caller.vip", "number.none", "weather", "call.mood", ""],
)
def test_what_cannot_be_had_is_unknown(facts, name):
    assert facts().get(name) is None


def test_a_withheld_or_strange_number_tells_nothing(facts):
    for caller in (None, "client:anna"):
        asked = facts(caller=caller)
        assert [asked.get(f"caller.{what}") for what in ("country", "area_code")] == [None, None]
        assert asked.get("call.country") is None


@pytest.mark.parametrize("flag", ["emergency", "emergency.care"])
def test_an_emergency_closes(facts, flag):
    closed = facts(**{flag: AT + 60})
    assert closed["team.care.open"] is False
    assert closed["team.care.why_closed"] == "emergency"


def test_a_number_is_taken_once_in_a_turn(facts):
    first, second = facts(), facts()
    assert first["number.complaint"] == first["number.complaint"]
    assert first["number.complaint"] != second["number.complaint"]
    assert list(first) == ["number.complaint"]
    assert len(first) == 1
    assert first["number.complaint.2"] not in {first["number.complaint"], None}


def test_a_pretended_call_takes_its_own_facts_and_numbers(facts):
    pretended = facts(pretend={"flag.emergency": True, "caller.vip": True})
    assert pretended["team.care.why_closed"] == "emergency"
    assert pretended["caller.vip"] is True
    assert pretended["number.complaint"].startswith("CT")
    assert facts(pretend={"flag.storm": False}, storm=None)["flag.storm"] is False
