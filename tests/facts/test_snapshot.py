import stat
import time

import pytest

from ivr.errors import StoreUnavailable
from ivr.facts.snapshot import Living, Snapshots


def away():
    raise StoreUnavailable


def test_a_node_starts_from_its_disk_while_the_store_is_away(tmp_path):
    path = tmp_path / "snapshot.json"
    living = Living("aa" * 32, {"storm": 7.0, "flood": 5.5})
    first = Snapshots(path, lambda: living).current
    assert Snapshots(path, away).current == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_node_that_never_saw_the_store_knows_nothing(tmp_path):
    assert Snapshots(tmp_path / "snapshot.json", away).current.living == Living()


def test_a_damaged_snapshot_is_said(tmp_path):
    path = tmp_path / "snapshot.json"
    path.write_text("{")
    with pytest.raises(StoreUnavailable, match="damaged"):
        Snapshots(path, away)


def test_a_change_is_seen_and_kept_at_once(tmp_path):
    path = tmp_path / "snapshot.json"
    flags = {}
    snapshots = Snapshots(path, lambda: Living(None, dict(flags)))
    before = snapshots.current
    flags["storm"] = time.time() + 60
    assert snapshots.renew().flag("storm", time.time())
    assert snapshots.current.hash != before.hash
    assert Snapshots(path, away).current == snapshots.current


def test_a_store_that_goes_away_leaves_the_snapshot_as_it_was(tmp_path):
    answers = iter([Living("aa" * 32)])

    def look():
        for living in answers:
            return living
        raise StoreUnavailable

    snapshots = Snapshots(tmp_path / "snapshot.json", look)
    with pytest.raises(StoreUnavailable):
        snapshots.renew()
    assert snapshots.current.living.active == "aa" * 32


def test_a_flag_ends_by_itself(tmp_path):
    snapshot = Snapshots(tmp_path / "snapshot.json", lambda: Living(None, {"storm": 100.0})).current
    assert snapshot.flag("storm", 99.0)
    assert not snapshot.flag("storm", 100.0)
    assert not snapshot.flag("flood", 1.0)
