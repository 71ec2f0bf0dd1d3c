"""Recordings of ours: sent to whoever asks, fetched from the database seldom, and never an alert."""

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from ivr.node import Node
from webhooks.app import create_app
from webhooks.audio import LOOKS


def test_a_recording_of_ours_is_sent_once_and_kept_for_ever(client, settings):
    wav = b"RIFF....WAVE"
    name = hashlib.sha256(wav).hexdigest()
    (settings.data / "audio").mkdir(exist_ok=True)
    (settings.data / "audio" / f"{name}.wav").write_bytes(wav)
    answer = client.get(f"/audio/{name}.wav")
    assert (answer.status_code, answer.data, answer.content_type) == (200, wav, "audio/wav")
    assert "immutable" in answer.headers["Cache-Control"]
    kept = client.get(f"/audio/{name}.wav", headers={"If-None-Match": answer.headers["ETag"]})
    assert (kept.status_code, kept.data) == (304, b"")


@pytest.mark.parametrize("name", ["0" * 64, "x", "..%2f..%2fivr.db", "A" * 64, "%00"])
def test_a_recording_that_is_not_ours_is_404(client, name):
    assert client.get(f"/audio/{name}.wav").status_code == 404


def test_a_recording_that_another_node_published_is_fetched_and_strangers_ask_the_database_a_few_times_alone(
    client, node, monkeypatch
):
    wav = b"RIFF....WAVE from another node"
    name = hashlib.sha256(wav).hexdigest()
    node.store.versions.put_audio(name, wav)
    monkeypatch.setattr("webhooks.audio.monotonic", lambda: 1000.0)
    asked = []
    event.listen(
        node.store.database.engine, "before_cursor_execute", lambda *told: "audio" in told[2] and asked.append(told)
    )
    for number in range(100):
        assert client.get(f"/audio/{number:064x}.wav").status_code == 404
    assert len(asked) == LOOKS
    assert client.get(f"/audio/{name}.wav").status_code == 404
    monkeypatch.setattr("webhooks.audio.monotonic", lambda: 1001.1)
    assert client.get(f"/audio/{name}.wav").data == wav


def test_with_the_database_away_a_stranger_who_asks_for_a_recording_rings_no_alert(settings, node):
    away = Node(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/nothing"))
    away.start()
    try:
        client = create_app(settings, away).test_client(use_cookies=False)
        with capture_logs() as lines:
            assert client.get(f"/audio/{'0' * 64}.wav").status_code == 404
        assert [line["event"] for line in lines if line["event"] == "not_answered"] == []
    finally:
        away.close()
