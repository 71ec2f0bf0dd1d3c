"""Announcements as a call reads them: those of its line, at its time, emergencies first."""

import pytest
from kernel.hotline import hotline

from ivr.facts.announcements import OnAir, as_facts, heard
from ivr.facts.numbers import NumberBlocks
from ivr.facts.outlook import Switched, notices
from ivr.facts.snapshot import Living, Snapshots, snapshot_of
from ivr.facts.view import Asking, TurnFacts

STORM = OnAir("storm", 100.0, texts={"en-US": "A storm."}, audio={"da-DK": "ab" * 32})
OTHER = OnAir("other", 100.0, lines=("sales",), texts={"en-US": "Only for sales."})
FLOOD = OnAir("flood", 200.0, emergency=True, texts={"en-US": "A flood."})


@pytest.fixture
def facts(tmp_path):
    def make(at, pretend=None):
        snapshot = snapshot_of(Living(announcements=(STORM, OTHER, FLOOD)), 0.0)
        return TurnFacts(
            hotline(), snapshot, NumberBlocks(tmp_path, lambda *_: range(1)), Asking("CA1", "care", at, None, pretend)
        )

    return make


def test_what_the_line_hears_is_counted_and_numbered_emergencies_first(facts):
    now = facts(50.0)
    assert (now["announcements"], now["announcements.emergency"]) == (2, 1)
    assert now["announcement.1.en-US"] == "say A flood."
    assert now["announcement.2.en-US"] == "say A storm."
    assert now["announcement.2.da-DK"] == "play " + "ab" * 32
    for name in ("announcement.1.da-DK", "announcement.3.en-US", "announcement.0.en-US", "announcement.x.en-US"):
        assert name not in now


def test_one_whose_end_has_come_is_not_heard(facts):
    assert facts(100.0)["announcements"] == 1
    assert facts(200.0)["announcements"] == 0


def test_a_pretended_call_that_brings_its_own_hears_no_other(facts):
    own = facts(50.0, {"announcements": 1, "announcements.emergency": 0, "announcement.1.da-DK": "say En storm."})
    assert own["announcements"] == 1
    assert "announcement.1.en-US" not in own
    assert facts(50.0, {})["announcements"] == 2


def test_written_as_facts_they_are_heard_alike(facts):
    now, again = facts(50.0), facts(50.0, as_facts(heard((STORM, FLOOD), "care", 50.0)))
    names = ["announcements", "announcements.emergency", "announcement.1.en-US", "announcement.2.da-DK"]
    assert [again[name] for name in names] == [now[name] for name in names]


def test_they_are_on_the_nodes_disk(tmp_path):
    path = tmp_path / "snapshot.json"
    first = Snapshots(path, lambda: Living(announcements=(STORM, FLOOD)))
    assert Snapshots(path, lambda: Living(announcements=(STORM, FLOOD))).current.living == first.current.living


def test_the_calendar_names_what_is_on_beside_what_closes():
    flags = {"storm": 90.0, "emergency": 90.0, "old": 5.0}
    assert notices(flags, (STORM,), 10.0) == (Switched("flag storm", 90.0), Switched("announcement storm", 100.0))
