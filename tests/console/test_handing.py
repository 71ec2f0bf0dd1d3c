"""Files of people are handed out by the pages, from folders and from a bucket, whole or in part."""

from __future__ import annotations

import io

import pytest
from rig.bucket import BucketServer, bucket, bucket_server

from ivr.store.recordings import Fetched
from tests.kernel.two_calls import CALL

__all__ = ["bucket", "bucket_server"]

SOUND = bytes(range(256)) * 2000
NAME = "inbox/one.wav"


@pytest.fixture(params=["folders", "bucket"])
def clients(request: pytest.FixtureRequest, casework):
    store, made = casework
    app = made["auditor"].application
    if request.param == "bucket":
        app.extensions["depot"] = request.getfixturevalue("bucket")
    app.extensions["depot"].keep(NAME, io.BytesIO(SOUND))
    store.recordings.settle("RE1", Fetched("kept", path=NAME, seconds=1), 1.0)
    return made


def test_a_player_may_jump_to_any_place_of_a_recording(clients) -> None:
    address = f"/calls/{CALL}/recordings/RE1"
    whole = clients["auditor"].get(address, buffered=True)
    assert (whole.status_code, whole.mimetype, whole.headers["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    assert whole.data == SOUND
    part = clients["auditor"].get(address, headers={"Range": "bytes=300000-300099"}, buffered=True)
    assert (part.status_code, part.data) == (206, SOUND[300000:300100])
    assert part.headers["Content-Range"] == f"bytes 300000-300099/{len(SOUND)}"
    last = clients["auditor"].get(address, headers={"Range": "bytes=-10"}, buffered=True)
    assert (last.status_code, last.data) == (206, SOUND[-10:])
    assert clients["auditor"].get(address, headers={"Range": "bytes=9000000-"}, buffered=True).status_code == 416
    known = clients["auditor"].get(address, headers={"If-None-Match": whole.headers["ETag"]}, buffered=True)
    assert known.status_code == 304


def test_a_file_that_is_gone_is_said_to_be(clients) -> None:
    clients["auditor"].application.extensions["depot"].remove([NAME])
    assert clients["auditor"].get(f"/calls/{CALL}/recordings/RE1", buffered=True).status_code == 404


def test_a_bucket_that_does_not_answer_is_said_to_come_again(
    casework, bucket, bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, made = casework
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    made["auditor"].application.extensions["depot"] = bucket_server.depot
    store.recordings.settle("RE1", Fetched("kept", path=NAME, seconds=1), 1.0)
    answer = made["auditor"].get(f"/calls/{CALL}/recordings/RE1", buffered=True)
    assert answer.status_code == 503
    assert "try again" in answer.text
