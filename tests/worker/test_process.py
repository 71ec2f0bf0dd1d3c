"""The real `ivr worker`, killed again and again: everything is done in the end, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kernel.boards import board_over, publish
from kernel.hotline import hotline

from ivr.engine.inputs import Called, Pressed, Recorded
from ivr.settings import Settings
from ivr.store import Store
from ivr.switchboard import Notice
from tests.worker.conftest import ACCOUNT, TOKEN

ROOT = Path(__file__).resolve().parent.parent.parent
CALLS = 30
PAUSES = (0.0, 0.1, 0.3)  # seconds at work before each kill; many more kills of a whole node: `make drill`


def until(true: Callable[[], bool], seconds: float) -> bool:
    limit = time.monotonic() + seconds
    while not true() and time.monotonic() < limit:
        time.sleep(0.1)
    return true()


class Worker:
    """One job process."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "IVR_DATA": str(settings.data),
            "IVR_RECORDINGS": str(settings.recordings),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": settings.api_url,
            "IVR_SECRET_KEYS": "k1:" + "QUFB" * 16,
        } | ({"DATABASE_URL": url} if url else {})
        self._log = settings.data / "worker.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it is at work."""
        before = self.log().count("working")
        with self._log.open("ab") as log:
            words = [sys.executable, "-m", "ivr", "worker"]
            self.process = subprocess.Popen(words, env=self._environ, stdout=log, stderr=log, cwd=ROOT)
        assert until(lambda: self.log().count("working") > before or self.process.poll() is not None, 60), self.log()

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""


@pytest.fixture
def worker(settings: Settings, url: str) -> Iterator[Worker]:
    made = Worker(settings, url)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop(signal.SIGKILL)


def complain(store: Store, settings: Settings, carrier: tuple) -> dict[str, str]:
    """Have many callers leave a complaint; what each was promised."""
    board = board_over(store, settings.data, settings.secret_keys)
    publish(board, hotline())
    promised = {}
    for number in range(CALLS):
        call, recording = f"CA{number:032x}", f"RE{number:032x}"
        carrier[0].ledger.note_recording(recording, call, 3)
        now = time.time()
        answer = board.begin(call, Called(now, "+14155550123", "+18005550100"))
        url = f"{settings.api_url}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{recording}"
        for heard in (Pressed(now, "1"), Pressed(now, "1234"), Recorded(now, recording, url, 3)):
            answer = board.drive(answer.token, call, heard)
        said = {"RecordingSid": recording, "RecordingStatus": "completed", "RecordingDuration": "3"}
        board.note(Notice(call, call, "recording", f"{recording} completed", now, said))
        board.note(Notice(call, call, "status", "completed", now, {"CallStatus": "completed"}))
        promised[call] = recording
    return promised


def test_a_worker_that_is_killed_does_everything_once(
    store: Store, settings: Settings, carrier: tuple, worker: Worker
) -> None:
    promised = complain(store, settings, carrier)

    def done() -> bool:
        kept = [one.state for call in promised for one in store.recordings.of_call(call)]
        ended = [row for call in promised if (row := store.calls.find(call)) and row.ended_at]
        return kept.count("kept") == len(ended) == len(store.cases.latest(1000)) == CALLS

    in_the_middle = 0
    for pause in PAUSES:
        worker.start()
        time.sleep(pause)
        worker.stop(signal.SIGKILL)
        in_the_middle += not done()
    assert in_the_middle > 1
    worker.start()
    assert until(done, 90), worker.log()[-3000:]
    assert until(lambda: store.cases.to_reckon() == [], 20), worker.log()[-3000:]
    assert worker.stop() == 0
    for call, recording in promised.items():
        (case,) = store.cases.of_call(call)
        assert case.alias_of == ""
        assert (settings.recordings / "inbox" / call / f"{recording}.wav").stat().st_size > 40_000
        assert {wanted.state for wanted in store.effects.of_call(call)} == {"sent"}
        assert {row.outcome for row in [store.calls.find(call)] if row} == {"case"}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # what they share is the folder
def test_a_second_worker_in_the_same_folder_is_told_so(settings: Settings, url: str, store: Store) -> None:
    first, second = Worker(settings, url), Worker(settings, url)
    first.start()
    second.start()
    assert second.process is not None
    assert second.process.wait(60) == 1
    assert "another `ivr worker`" in second.log()
    assert first.stop() == 0
