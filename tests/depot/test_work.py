"""What people leave, from the carrier to the store and out again: the same with folders and with a bucket."""

from __future__ import annotations

import io
import tarfile
import time
from pathlib import Path

import pytest

from ivr.backups.reading import restore
from ivr.backups.writing import backup
from ivr.depot import Depot
from ivr.keeping.places import Places
from ivr.keeping.purge import Purge
from ivr.keys import Keyring
from ivr.settings import Settings, read_settings
from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import CallEntry
from ivr.simulator.rest import RestSide
from ivr.store import Store
from ivr.worker.deeds import Deeds
from ivr.worker.recordings import PAUSES, Inbox
from tests.worker.conftest import CALL, RECORDING, Sealing
from tests.worker.test_deeds import CASE, COMPLETED, KEEP

NAME = f"inbox/{CALL}/{RECORDING}.wav"


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch):
    made = Carrier("AC" + "0" * 32, "t" * 32)
    made.ledger.note_call(CallEntry(CALL, "+14155550123", "+18005550100", "inbound", status="completed", ended=61.0))
    made.ledger.note_recording(RECORDING, CALL, 3)
    with RestSide(made) as side:
        monkeypatch.setenv("TWILIO_API_URL", side.url)
        yield made


@pytest.fixture
def settings(depot: Depot, carrier: Carrier) -> Settings:
    return read_settings()


@pytest.fixture
def store(settings: Settings) -> Store:
    opened = Store("", settings.data)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def left(store: Store, settings: Settings) -> Deeds:
    """A message that a caller has left and the carrier has ready."""
    keyring = Keyring(settings.secret_keys)
    sealing = Sealing(store, keyring)
    sealing.note(1, CALL, "recording", COMPLETED)
    sealing.turn(CALL, 1)
    sealing.turn(CALL, 2, CASE, KEEP, kind="end")
    store.effects.release(time.time())
    deeds = Deeds(store, keyring, Inbox(settings))
    for wanted in store.effects.due(time.time()):
        assert deeds.do(wanted.record.id) == "sent"
    return deeds


def fetch(deeds: Deeds, attempt: int) -> None:
    deeds.settle(RECORDING, attempt, deeds.fetch(RECORDING))


def test_a_recording_is_fetched_once_into_the_store(
    store: Store, left: Deeds, depot: Depot, settings: Settings
) -> None:
    fetch(left, 1)
    (kept,) = store.recordings.of_call(CALL)
    assert (kept.state, kept.path, kept.seconds) == ("kept", NAME, 3)
    (file,) = depot.list("inbox")
    assert (file.name, file.size) == (NAME, kept.size)
    assert not [path for path in settings.data.iterdir() if path.name.startswith(".fetching")]


@pytest.mark.parametrize("depot", ["bucket"], indirect=True)
def test_a_bucket_that_fails_for_an_hour_loses_nothing_and_doubles_nothing(
    store: Store, left: Deeds, depot: Depot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        away, waited, attempt = Deeds(store, Keyring(settings.secret_keys), Inbox(settings)), 0.0, 0
        while waited < 3600:
            attempt += 1
            began = time.time()
            fetch(away, attempt)
            (waiting,) = store.recordings.of_call(CALL)
            assert waiting.state == "waiting"
            assert "did not answer" in waiting.reason
            waited += waiting.due_at - began
    assert attempt <= len(PAUSES)
    fetch(left, attempt + 1)
    fetch(left, attempt + 1)  # whoever thought that it was still to be done
    (kept,) = store.recordings.of_call(CALL)
    assert (kept.state, kept.path) == ("kept", NAME)
    assert [file.name for file in depot.list("inbox")] == [NAME]


def test_what_is_past_its_time_goes_from_the_store(store: Store, left: Deeds, depot: Depot, settings: Settings) -> None:
    fetch(left, 1)
    depot.keep("exports/old.csv", io.BytesIO(b"rows"))
    later = time.time() + 4000 * 86400
    for case in store.cases.of_call(CALL):
        store.shredder.close_case(case.number, time.time())
    places, keyring = Places(settings.data, depot), Keyring(settings.secret_keys)
    tallies = Purge(store, places, keyring, lambda: None, resting=False).run(later)
    gone = {tally.kind: tally.gone for tally in tallies}
    assert (gone["exports"], list(depot.list("exports"))) == (1, [])
    assert (gone["recordings"], list(depot.list("inbox"))) == (1, [])


def test_a_backup_takes_the_files_along_and_a_restore_puts_back_what_the_rows_name(
    store: Store, left: Deeds, depot: Depot, settings: Settings, tmp_path: Path
) -> None:
    fetch(left, 1)
    with depot.open(NAME) as file:
        sound = file.read()
    depot.keep("inbox/CA9/RE9.wav", io.BytesIO(b"of nobody"))
    backup(settings, store, tmp_path / "all.tar")
    with tarfile.open(tmp_path / "all.tar") as archive:
        assert NAME in archive.getnames()
    depot.remove(["inbox"])
    store.close()
    restore(settings, tmp_path / "all.tar", over=True)
    assert [file.name for file in depot.list("inbox")] == [NAME]
    with depot.open(NAME) as file:
        assert file.read() == sound
