"""The carrier, asked for its calls and its recordings."""

from __future__ import annotations

import io
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.carrier import recordings
from ivr.carrier.calls import Lists
from ivr.carrier.copies import Copies
from ivr.carrier.recordings import CarrierAway, copied, download, media_address
from ivr.carrier.rooms import Rooms
from ivr.carrier.texts import Texts
from ivr.settings import Settings
from ivr.simulator.ledger import CallEntry
from tests.worker.conftest import CALL, RECORDING

GOING = "CA" + "7" * 32


def test_only_calls_that_go_on_are_named(settings: Settings, carrier: tuple) -> None:
    carrier[0].ledger.note_call(CallEntry(GOING, "+14155550124", "+18005550100", "inbound", status="in-progress"))
    assert Lists(settings).going_on() == {GOING}


def test_a_carrier_that_refuses_or_is_away_is_said_to_be_so(settings: Settings) -> None:
    with pytest.raises(CarrierAway, match="does not list"):
        Lists(replace(settings, auth_token="wrong" * 8)).going_on()
    with pytest.raises(CarrierAway, match="does not list"):
        Lists(replace(settings, api_url="http://127.0.0.1:9")).going_on()


def test_a_carrier_that_is_away_is_said_to_be_so_without_the_address_that_was_asked(settings: Settings) -> None:
    nowhere = replace(settings, api_url="http://127.0.0.1:9")
    asks = (
        lambda: Rooms(nowhere).placed("+4512345678", "+18005550100"),
        lambda: Texts(nowhere).since(0.0, ours="+4512345678"),
        lambda: Lists(nowhere).recordings(CALL),
        lambda: Copies(nowhere).delete("call", CALL),
    )
    for ask in asks:
        with pytest.raises(CarrierAway, match="it cannot be reached") as away:
            ask()
        assert "45678" not in str(away.value)
        assert ".json" not in str(away.value)


def test_the_recordings_of_a_call_are_listed_in_the_words_of_the_carriers_form(
    settings: Settings, carrier: tuple
) -> None:
    carrier[0].ledger.note_recording("RE" + "3" * 32, GOING, 4)
    (found,) = Lists(settings).recordings(CALL)
    assert (found["RecordingSid"], found["RecordingDuration"], found["RecordingStatus"]) == (
        RECORDING,
        "3",
        "completed",
    )
    assert found["RecordingUrl"].endswith(RECORDING)
    assert Lists(settings).recordings("CA" + "0" * 32) == []


def test_the_address_in_a_form_gives_its_path_and_never_its_host(settings: Settings) -> None:
    made = media_address(settings, RECORDING, "http://169.254.169.254/2010-04-01/Accounts/AC1/Recordings/RE1.mp3")
    assert made == f"{settings.api_url}/2010-04-01/Accounts/AC1/Recordings/RE1.wav"
    for odd in ("", "x:@evil.example/RE1", "https://api/%40evil.example/", "//a//b", "/" + "a" * 200, "/é"):
        made = media_address(settings, RECORDING, odd)
        assert made == f"{settings.api_url}/2010-04-01/Accounts/{settings.account_sid}/Recordings/{RECORDING}.wav", odd


def test_what_has_no_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "LARGEST", 10)
    copied(io.BytesIO(b"x" * 10), kept := io.BytesIO())
    assert kept.getvalue() == b"x" * 10
    with pytest.raises(CarrierAway, match="longer than 10 bytes"):
        copied(io.BytesIO(b"x" * 11), io.BytesIO())


def test_our_password_is_not_shown_to_the_host_that_keeps_the_media(settings: Settings, tmp_path: Path) -> None:
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as media, socket.create_server(("127.0.0.1", 0)) as front:
        place = f"http://localhost:{media.getsockname()[1]}/media"
        moved = f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        whole = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"

        def answer(server: socket.socket, reply: str) -> None:
            connection, _ = server.accept()
            with connection:
                heads.append(connection.recv(65536))
                connection.sendall(reply.encode())

        threads = [threading.Thread(target=answer, args=pair) for pair in ((front, moved), (media, whole))]
        for thread in threads:
            thread.start()
        here = replace(settings, api_url=f"http://127.0.0.1:{front.getsockname()[1]}")
        download(here, media_address(here, RECORDING, ""), tmp_path / "a.wav")
        for thread in threads:
            thread.join(5)
    assert (tmp_path / "a.wav").read_bytes() == b"abc"
    assert [b"authorization" in head.lower() for head in heads] == [True, False]


@pytest.mark.parametrize("place", ["ftp://localhost/media.wav", "file:///etc/hostname"])
def test_a_download_is_led_on_to_the_web_alone(settings: Settings, tmp_path: Path, place: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as front:

        def answer() -> None:
            connection, _ = front.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())

        thread = threading.Thread(target=answer)
        thread.start()
        here = replace(settings, api_url=f"http://127.0.0.1:{front.getsockname()[1]}")
        with pytest.raises(CarrierAway, match=r"unknown url type|not allowed|did not answer|302"):
            download(here, media_address(here, RECORDING, ""), tmp_path / "a.wav")
        thread.join(5)
    assert not (tmp_path / "a.wav").exists()


def test_a_download_that_breaks_off_is_said_to_be_cut(settings: Settings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as front:

        def answer() -> None:
            connection, _ = front.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\nabc")

        thread = threading.Thread(target=answer)
        thread.start()
        here = replace(settings, api_url=f"http://127.0.0.1:{front.getsockname()[1]}")
        with pytest.raises(CarrierAway, match="3 of 300 bytes"):
            download(here, media_address(here, RECORDING, ""), tmp_path / "a.wav")
        thread.join(5)
