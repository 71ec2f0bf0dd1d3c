"""What effects come to, with a carrier that is late, broken or has nothing."""

from __future__ import annotations

import time
import wave
from dataclasses import replace
from pathlib import Path
from typing import get_args

from structlog.testing import capture_logs

from ivr.engine.effects import CreateCase, Effect, KeepAnswer, KeepRecording, RequestCallBack, SendMessage, Staff
from ivr.keys import Keyring
from ivr.settings import CARRIER, Settings
from ivr.store import Store
from ivr.worker.deeds import DEEDS, DONE, Deeds
from ivr.worker.recordings import LATE, Inbox
from tests.worker.conftest import CALL, RECORDING, Sealing

CASE = CreateCase("C1001-2", "complaint", "a bill", 2, "complaints", "en", {"account": "4711"}, (RECORDING,))
KEEP = KeepRecording(
    RECORDING, f"https://api.twilio.com/2010-04-01/Accounts/AC{'0' * 32}/Recordings/{RECORDING}", "m", 3
)
COMPLETED = f'{{"RecordingSid": "{RECORDING}", "RecordingStatus": "completed", "RecordingDuration": "3"}}'
ABSENT = f'{{"RecordingSid": "{RECORDING}", "RecordingStatus": "absent"}}'


def released(store: Store, sealing: Sealing, *effects: object) -> list[bytes]:
    sealing.turn(CALL, 1)
    sealing.turn(CALL, 2, *effects, kind="end")
    store.effects.release(time.time())
    return [wanted.record.id for wanted in store.effects.due(time.time())]


def test_a_case_stands_under_the_number_that_was_spoken(store: Store, sealing: Sealing, deeds: Deeds) -> None:
    (effect,) = released(store, sealing, CASE)
    assert deeds.do(effect) == "sent"
    assert deeds.do(effect) == "sent"
    (case,) = store.cases.of_call(CALL)
    assert (case.number, case.kind, case.team, case.priority, case.language) == (
        "C1001-2",
        "complaint",
        "complaints",
        2,
        "en",
    )
    assert b"4711" not in case.private


def test_an_effect_that_cannot_be_read_has_failed_and_says_why(
    store: Store, sealing: Sealing, settings: Settings
) -> None:
    (effect,) = released(store, sealing, CASE)
    other = Deeds(store, Keyring([("k2", b"x" * 32)]), Inbox(settings))
    assert other.do(effect) == "failed"
    found = store.effects.find(effect)
    assert found is not None
    assert "k1" in found.reason


def test_a_recording_is_fetched_when_the_carrier_says_it_is_ready(
    store: Store, sealing: Sealing, deeds: Deeds, settings: Settings
) -> None:
    sealing.note(1, CALL, "recording", COMPLETED)
    (effect,) = released(store, sealing, KEEP)
    assert deeds.do(effect) == "sent"
    assert [one.sid for one in store.recordings.due(time.time())] == [RECORDING]
    fetched = deeds.fetch(RECORDING)
    deeds.settle(RECORDING, 1, fetched)
    found = store.recordings.find(RECORDING)
    assert found is not None
    assert (found.state, found.path, found.seconds) == ("kept", f"inbox/{CALL}/{RECORDING}.wav", 3)
    file = settings.recordings / found.path
    assert file.stat().st_size == found.size
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    with wave.open(str(file)) as sound:
        assert sound.getnframes() / sound.getframerate() == 3


def test_a_recording_is_asked_for_though_the_carrier_never_said_it_is_ready(
    store: Store, sealing: Sealing, deeds: Deeds
) -> None:
    (effect,) = released(store, sealing, KEEP)
    deeds.do(effect)
    assert store.recordings.due(time.time()) == []
    assert [one.sid for one in store.recordings.due(time.time() + LATE)] == [RECORDING]
    assert deeds.fetch(RECORDING).state == "kept"


def test_a_recording_that_is_late_or_cut_off_is_tried_again(
    store: Store, sealing: Sealing, deeds: Deeds, carrier: tuple, settings: Settings
) -> None:
    (effect,) = released(store, sealing, KEEP)
    deeds.do(effect)
    entry = carrier[0].ledger.recordings[RECORDING]
    entry.not_yet = 1
    entry.broken = 1
    reasons = [deeds.fetch(RECORDING).reason for _ in range(2)]
    assert ["500" in reasons[0], "404" in reasons[1]] == [True, True]
    sealing.note(1, CALL, "recording", COMPLETED.replace('"3"', '"30"'))
    short = deeds.fetch(RECORDING)
    assert (short.state, short.reason) == ("waiting", "it plays 3.0 of 30 seconds")
    with capture_logs() as lines:
        deeds.settle(RECORDING, 1, short)
    assert [(line["event"], line["state"]) for line in lines] == [("recording_not_fetched", "waiting")]
    found = store.recordings.find(RECORDING)
    assert found is not None
    assert (found.state, found.reason) == ("waiting", short.reason)
    assert [path for path in settings.recordings.rglob("*") if path.is_file()] == []


def test_a_recording_that_the_carrier_has_not_is_absent(store: Store, sealing: Sealing, deeds: Deeds) -> None:
    sealing.note(1, CALL, "recording", ABSENT)
    (effect,) = released(store, sealing, KEEP)
    deeds.do(effect)
    deeds.settle(RECORDING, 1, deeds.fetch(RECORDING))
    found = store.recordings.find(RECORDING)
    assert found is not None
    assert (found.state, found.reason) == ("absent", "the carrier has no recording")


def test_a_carrier_that_is_away_is_a_reason_to_wait(
    store: Store, sealing: Sealing, keyring: Keyring, settings: Settings
) -> None:
    away = Deeds(store, keyring, Inbox(replace(settings, api_url="http://127.0.0.1:9")))
    (effect,) = released(store, sealing, KEEP)
    away.do(effect)
    fetched = away.fetch(RECORDING)
    assert fetched.state == "waiting"
    assert "did not answer" in fetched.reason


def test_a_name_that_could_leave_the_folder_is_refused(
    store: Store, sealing: Sealing, deeds: Deeds, tmp_path: Path
) -> None:
    (effect,) = released(store, sealing, KeepRecording("../../out", "", "m", 3))
    deeds.do(effect)
    assert deeds.fetch("../../out").state == "absent"
    assert not (tmp_path / "out.wav").exists()


def test_where_no_carrier_stands_behind_the_account_nobody_is_asked(
    store: Store, sealing: Sealing, keyring: Keyring, settings: Settings
) -> None:
    alone = Deeds(store, keyring, Inbox(replace(settings, local_account=True, api_url=CARRIER)))
    (effect,) = released(store, sealing, KEEP)
    alone.do(effect)
    fetched = alone.fetch(RECORDING)
    assert (fetched.state, "of our own making" in fetched.reason) == ("absent", True)


def test_an_answer_stands_once_with_its_call_its_case_and_its_step(
    store: Store, sealing: Sealing, deeds: Deeds
) -> None:
    answers = [
        KeepAnswer("opinion.start", "recommend", "number", "9", "C1001-2"),
        KeepAnswer("o.s", "x", "choice", "2"),
    ]
    for effect in released(store, sealing, *answers):
        assert deeds.do(effect) == "sent"
        assert deeds.do(effect) == "sent"
    found = {one.question: one for one in store.answers.of_call(CALL)}
    assert len(store.answers.of_call(CALL)) == 2
    recommend = found["recommend"]
    assert (recommend.step, recommend.value, recommend.case) == ("opinion.start", "9", "C1001-2")
    assert store.answers.to("recommend", recommend.at, recommend.at + 1) == [recommend]
    assert store.answers.to("recommend", recommend.at + 1, recommend.at + 2) == []


def test_a_promised_call_waits_for_its_time_and_keeps_the_number_sealed(
    store: Store, sealing: Sealing, deeds: Deeds
) -> None:
    wanted = RequestCallBack("desk", "+15005550006", "2026-11-27T14:30", 1000.0, "Europe/Copenhagen", "da-DK")
    (effect,) = released(store, sealing, wanted)
    assert deeds.do(effect) == "sent"
    assert deeds.do(effect) == "sent"
    (promise,) = store.call_backs.of_call(CALL)
    assert (promise.state, promise.due_at, promise.joined_at, promise.priority) == ("waiting", 1000.0, 1000.0, 3)
    assert store.call_backs.open() == [promise]
    assert b"15005550006" not in promise.private


def test_a_message_waits_in_the_outbox_and_is_not_handed_on(store: Store, sealing: Sealing, deeds: Deeds) -> None:
    (effect,) = released(store, sealing, SendMessage("sms", "+15005550006", "Hello", "en-US"))
    assert deeds.do(effect) == "waiting"
    assert store.effects.due(time.time(), kinds=("CreateCase",)) == []
    found = store.effects.find(effect)
    assert found is not None
    assert found.state == "waiting"


def test_every_effect_that_is_no_order_of_the_staff_has_its_deed() -> None:
    assert set(get_args(Effect)) == {*get_args(Staff), *DEEDS}
    assert set(DONE) == {kind.__name__ for kind in get_args(Effect)}
