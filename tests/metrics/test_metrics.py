"""The list of metrics is that of the documentation, and counting harms nobody."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import Metric
from rig.tables import migrated
from structlog.testing import capture_logs

from ivr.errors import StoreUnavailable
from ivr.gauges import Gauges, Look, told
from ivr.metrics import counted
from ivr.metrics.meters import Held, Timed, meters_in
from ivr.metrics.places import FOLDER, count_in, sweep, take
from ivr.settings import Settings, read_settings
from ivr.store.backlog import Heap
from ivr.tickets import Ticket
from tests.rig.server import ACCOUNT, KEYS, ROOT, TOKEN

ROW = re.compile(r"^\| `(ivr_\w+)` \| (\w+) \|(.*?)\| (.+) \|$", re.MULTILINE)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    secrets = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "IVR_SECRET_KEYS": KEYS}
    made = read_settings({"IVR_DATA": str(tmp_path), "METRICS_PORT": "9108"} | secrets)
    (tmp_path / "ivr.db").write_bytes(migrated())
    return made


@pytest.fixture
def gauges(settings: Settings) -> Iterator[Gauges]:
    made = Gauges(settings)
    yield made
    made.close()


def documented(root: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    text = (root / "docs" / "observability.md").read_text(encoding="utf-8")
    return {name: (kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels, _ in ROW.findall(text)}


def ticket(number: int, team: str, joined_at: float, **more: object) -> Ticket:
    made = Ticket(
        bytes([number]), f"CA{number}", team, "v", "main", "en-US", (), 3, joined_at, pretend=False, private=b""
    )
    return replace(made, **more)


def test_every_metric_is_documented_with_its_labels_and_no_other(root: Path, gauges: Gauges) -> None:
    kinds = {Timed: "histogram", Held: "gauge"}
    there = {meter.name: (kinds.get(type(meter), "counter"), tuple(meter.labels)) for meter in meters_in(vars(counted))}
    gauges.look()
    looked_up: list[Metric] = [
        *gauges.collect(),
        *told(Look(9.0, 0, (ticket(1, "sales", 1.0),), (), {"copy": Heap(0, None)}, None, 1)),
    ]
    for family in looked_up:
        name = family.name + "_total" * (family.type == "counter")
        there[name] = (family.type, tuple(family.samples[0].labels) if family.samples else there.get(name, ("", ()))[1])
    assert there == documented(root)


def test_names_follow_the_conventions_and_labels_are_few(root: Path) -> None:
    for name, (kind, labels) in documented(root).items():
        assert name.endswith("_total") == (kind == "counter")
        assert not re.search(r"_(ms|minutes|kb|mb|count|sum|bucket)(_|$)", name)
        assert len(labels) <= 2
    for meter in meters_in(vars(counted)):
        assert all(values for values in meter.labels.values()), "what a label can be is said beforehand"


def test_who_waits_is_told_by_team_with_the_longest_wait() -> None:
    tickets = (
        ticket(1, "sales", 100.0),
        ticket(2, "sales", 160.0, state="offered"),
        ticket(3, "sales", 50.0, state="talking"),
        ticket(4, "sales", 10.0, call_back=b"promised"),
        ticket(5, "billing", 190.0),
    )
    seen = Look(200.0, 7, tickets, (), {"message": Heap(3, 140.0), "copy": Heap(0, None)}, None, 2)
    values = {
        (family.name, *sample.labels.values()): sample.value for family in told(seen) for sample in family.samples
    }
    assert values["ivr_queue_waiting", "sales"] == 2
    assert values["ivr_queue_longest_wait_seconds", "sales"] == 100
    assert values["ivr_queue_waiting", "billing"] == 1
    assert values["ivr_calls_live",] == 7
    assert values["ivr_outbox_waiting", "message"] == 3
    assert values["ivr_outbox_oldest_seconds", "message"] == 60
    assert values["ivr_outbox_oldest_seconds", "copy"] == 0


def test_without_the_database_the_rest_is_told(settings: Settings) -> None:
    away = Gauges(replace(settings, database_url="postgresql://nobody@127.0.0.1:9/nothing"))
    with pytest.raises(StoreUnavailable):
        away.look()
    names = {family.name: family.samples[0].value for family in away.collect()}
    away.close()
    assert names["ivr_database_up"] == 0
    assert "ivr_spool_records" in names
    assert "ivr_calls_live" not in names


def test_what_is_no_longer_true_is_not_told(gauges: Gauges, monkeypatch: pytest.MonkeyPatch) -> None:
    gauges.look()
    assert "ivr_calls_live" in {family.name for family in gauges.collect()}
    monkeypatch.setattr("ivr.gauges.FRESH", -1.0)
    assert {family.name: family.samples[0].value for family in gauges.collect()}["ivr_database_up"] == 0


def test_without_a_port_nothing_is_counted_and_nothing_loaded() -> None:
    ask = (
        "import sys; from pathlib import Path; import webhooks.app;"
        "from ivr.metrics.counted import ANSWERS; from ivr.metrics.places import count_in;"
        "count_in(Path('nowhere'), 'voice', 0); ANSWERS.add('200'); print('prometheus_client' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_place_is_held_by_one_and_free_when_its_holder_is_gone(tmp_path: Path) -> None:
    holder = (
        "import sys, time; from pathlib import Path; from ivr.metrics.places import count_in;"
        "count_in(Path(sys.argv[1]), 'voice', 1); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", holder, tmp_path], cwd=ROOT, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        folder = tmp_path / FOLDER
        assert take(folder, "voice")[0] == "voice-1"
        sweep(folder, everything=True)
        assert len(list(folder.glob("*_voice-0.db"))) == 3, "who is alive keeps what they counted"
        other.kill()
    sweep(folder)
    assert sorted(path.name for path in folder.glob("*_voice-0.db")) == ["counter_voice-0.db", "histogram_voice-0.db"]
    sweep(folder, everything=True)
    assert list(folder.glob("*_voice-0.db")) == []
    assert take(folder, "voice")[0] == "voice-0"


def test_a_disk_that_gives_nothing_keeps_nobody_from_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with capture_logs() as lines:
        count_in(tmp_path, "voice", 9108)
    assert [line["event"] for line in lines] == ["not_counted"]
    assert list((tmp_path / FOLDER).glob("*.db")) == []
    counted.ANSWERS.add("200")  # to nobody
    assert take(tmp_path / FOLDER, "voice")[0] == "voice-0"


def test_a_port_of_another_part_is_refused(tmp_path: Path) -> None:
    secrets = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "IVR_SECRET_KEYS": KEYS}
    with pytest.raises(Exception, match="METRICS_PORT: 8000 is PORT"):
        read_settings({"IVR_DATA": str(tmp_path), "METRICS_PORT": "8000"} | secrets)
