"""A call's story with everything in it, its recordings heard, its turns played once more."""

from __future__ import annotations

import io
import math
import wave
from html import unescape
from pathlib import Path

import pytest
from kernel.two_calls import CALL, OTHER

from ivr.archive.waveform import NoSound, peaks
from ivr.store.recordings import Fetched
from ivr.switchboard import Notice


def sound(path: Path, loud: list[float], channels: int = 1) -> None:
    """Write a second for each loudness."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, 8000, 0, "NONE", ""))
        for height in loud:
            for at in range(8000):
                value = int(32767 * height * math.sin(at / 3)).to_bytes(2, "little", signed=True)
                file.writeframes(value + b"\0\0" * (channels - 1))


def test_a_recording_looks_as_loud_as_it_is(tmp_path: Path) -> None:
    for channels in (1, 2):
        path = tmp_path / f"{channels}.wav"
        sound(path, [0.0, 0.5, 1.0, 0.0], channels)
        seconds, heights = peaks(path, 8)
        assert seconds == 4.0
        assert heights == pytest.approx([0, 0, 50, 50, 100, 100, 0, 0], abs=2)
    path.write_bytes(b"RIFF nothing")
    with pytest.raises(NoSound):
        peaks(path)


def test_a_short_recording_has_as_many_bars(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "short.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\xff\x7f" * 30)
    assert len(peaks(tmp_path / "short.wav", 100)[1]) == 100


def test_recordings_are_heard_by_who_sees_calls_and_each_time_is_written_down(casework, tmp_path: Path) -> None:
    store, clients = casework
    sound(tmp_path / "recordings" / "inbox" / "one.wav", [0.5])
    store.recordings.settle("RE1", Fetched("kept", path="inbox/one.wav", seconds=1), 1.0)
    auditor = clients["auditor"]
    page = auditor.get(f"/calls/{CALL}").text
    assert f'src="/calls/{CALL}/recordings/RE1"' in page
    assert f'data-peaks="/calls/{CALL}/recordings/RE1/peaks"' in page
    heard = auditor.get(f"/calls/{CALL}/recordings/RE1", buffered=True)
    with wave.open(io.BytesIO(heard.data)) as file:
        assert file.getnframes() == 8000
    assert store.audit.latest(1)[0].deed.did == "listened to a recording"
    part = {"headers": {"Range": "bytes=1-"}, "buffered": True}
    assert auditor.get(f"/calls/{CALL}/recordings/RE1", **part).status_code == 206
    assert clients["supervisor"].get(f"/calls/{CALL}/recordings/RE1", **part).status_code == 206
    listened = [line.deed.who for line in store.audit.latest(20) if line.deed.did == "listened to a recording"]
    assert len(listened) == len({*listened}) == 2, "a line for each, whatever part it was"
    told = auditor.get(f"/calls/{CALL}/recordings/RE1/peaks").json
    assert (told["seconds"], len(told["peaks"])) == (1.0, 200)
    assert auditor.get(f"/calls/{OTHER}/recordings/RE1", buffered=True).status_code == 404  # of another call
    assert clients["operator"].get(f"/calls/{CALL}/recordings/RE1", buffered=True).status_code == 403


def test_a_call_that_is_played_again_or_retold_counts_as_read(casework) -> None:
    store, clients = casework
    supervisor = clients["supervisor"]
    assert supervisor.post(f"/calls/{CALL}/again", json={}).status_code == 200
    supervisor.get(f"/calls/{CALL}/scenario")
    lines = [line.deed for line in store.audit.latest(2)]
    assert {(deed.did, deed.what) for deed in lines} == {("opened a call", CALL)}
    assert [deed.detail["to"] for deed in lines] == ["make a scenario of it", "play it again"]


def test_the_story_tells_voices_facts_faults_and_phones(casework, board_of) -> None:
    store, clients = casework
    board = board_of(store)
    agent = "CA" + "7" * 32
    board.note(Notice(CALL, CALL, "fault", "11200 1", 1.0, {"ErrorCode": "11200"}))
    board.note(Notice(CALL, agent, "status", "1", 1.0, {"CallStatus": "failed", "ErrorCode": "13224"}))
    page = unescape(clients["supervisor"].get(f"/calls/{CALL}").text)
    for words in (
        "en-US",
        "facts used" if "facts used" in page else "fact used",
        "it could not fetch our answer (error 11200)",
        "could not be reached: the number to be rung cannot be reached through it (error 13224)",
        "Play again to here",
        "Make a scenario",
        "Phones",
        "A call about",
    ):
        assert words in page, words
    auditor = clients["auditor"].get(f"/calls/{CALL}").text
    assert "Play again" not in auditor
    assert clients["auditor"].get(f"/calls/{CALL}/scenario").status_code == 403
    assert clients["operator"].post(f"/calls/{CALL}/again", json={}).status_code == 403
