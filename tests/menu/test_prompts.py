"""`ivr prompts` makes recordings that phones play, and knows which texts have one."""

import io
import json

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from menu.hotlines import CONFIG, OVER

from ivr.commands.prompts import FINE, TO_DO, UNUSABLE, command
from ivr.menu.audio import measure
from ivr.menu.phone_quality import NoSound, fingerprint_in, phone_sound

MAIN = "main:\n  menu: Hello there.\n  keys:\n    1: a person -> desk\n  wrong: desk\ndesk:\n  transfer: desk\n"
GEORGIAN = CONFIG.replace("languages: [en-US, da-DK]", "languages: [en-US, ka-GE]")


@pytest.fixture
def hotline(tmp_path):
    (tmp_path / "menus").mkdir()
    (tmp_path / "config.yaml").write_text(GEORGIAN)
    (tmp_path / "menus" / "main.yaml").write_text(MAIN)
    (tmp_path / "menus" / "over.yaml").write_bytes(OVER)
    return tmp_path


def run(hotline, *more):
    places = ["--config", hotline / "config.yaml", "--menus", hotline / "menus", "--recordings", hotline / "recordings"]
    return CliRunner().invoke(command, [*map(str, places), *map(str, more)])


def tone(path, rate=44_100, channels=2, loud=0.02, **form):
    """A second of quiet, a second of a faint tone, a second of quiet."""
    time = np.arange(rate) / rate
    quiet = np.zeros(rate)
    one = np.concatenate([quiet, loud * np.sin(2 * np.pi * 440 * time), quiet])
    soundfile.write(path, np.stack([one] * channels, axis=1), rate, **form)
    return path


@pytest.mark.parametrize(
    ("name", "rate", "channels"), [("a.wav", 44_100, 2), ("a.flac", 48_000, 1), ("a.mp3", 22_050, 1)]
)
def test_any_audio_file_becomes_phone_quality(tmp_path, name, rate, channels):
    sound = phone_sound(tone(tmp_path / name, rate, channels), "12345678")
    with soundfile.SoundFile(io.BytesIO(sound.wav)) as file:
        assert (file.samplerate, file.channels, file.subtype) == (8000, 1, "ULAW")
        samples = file.read()
    assert sound.seconds == pytest.approx(1.2, abs=0.15)
    assert measure(sound.wav) == sound.seconds
    assert 0.1 < np.abs(samples).max() < 0.95


@pytest.mark.parametrize("loud", [0.02, 1.0])
def test_every_recording_is_equally_loud(tmp_path, loud):
    sound = phone_sound(tone(tmp_path / "a.wav", loud=loud), "")
    samples, _ = soundfile.read(io.BytesIO(sound.wav))
    assert np.abs(samples).max() == pytest.approx(0.14, abs=0.02)


def test_a_silent_file_and_no_audio_file_are_refused(tmp_path):
    soundfile.write(tmp_path / "silent.wav", np.zeros(8000), 8000)
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(NoSound, match="nothing can be heard"):
        phone_sound(tmp_path / "silent.wav", "")
    with pytest.raises(NoSound, match="no audio file"):
        phone_sound(tmp_path / "text.wav", "")


def test_a_file_is_put_where_it_plays_and_its_seconds_are_told(hotline):
    found = run(hotline, tone(hotline / "take3.wav"), "--as", "main.main.1", "--language", "ka-GE")
    assert found.exit_code == FINE, found.output
    assert "seconds" in found.stdout
    assert fingerprint_in(hotline / "recordings" / "prompts" / "ka-GE" / "main.main.1.wav")


def states(hotline):
    listed = json.loads(run(hotline, "--json", "--language", "ka-GE").stdout)
    return {prompt["name"]: prompt["state"] for prompt in listed}


def test_what_a_language_without_a_voice_lacks_is_missing_until_it_is_recorded(hotline):
    assert states(hotline) == {"main.main": "missing", "main.main.1": "missing", "over.over": "missing"}
    for name in states(hotline):
        run(hotline, tone(hotline / f"{name}.wav"), "--language", "ka-GE")
    assert set(states(hotline).values()) == {"recorded"}
    assert run(hotline).exit_code == FINE


def test_a_recording_of_a_text_that_has_changed_is_stale(hotline):
    run(hotline, tone(hotline / "hello.wav"), "--as", "main.main", "--language", "ka-GE")
    (hotline / "menus" / "main.yaml").write_text(MAIN.replace("Hello there.", "Good day."))
    assert states(hotline)["main.main"] == "stale"
    assert run(hotline).exit_code == TO_DO


def test_a_recording_that_was_not_made_here_does_not_say_what_it_speaks(hotline):
    folder = hotline / "recordings" / "prompts" / "ka-GE"
    folder.mkdir(parents=True)
    tone(folder / "main.main.wav", 8000, 1)
    assert states(hotline)["main.main"] == "unmarked"


@pytest.mark.parametrize(
    "more",
    [
        ["--language", "fr-FR"],
        ["take.wav"],
        ["take.wav", "--as", "main.other", "--language", "ka-GE"],
        ["nowhere.wav", "--as", "main.main", "--language", "ka-GE"],
        ["--config", "/nowhere.yaml"],
    ],
)
def test_what_cannot_be_done_is_said(hotline, more):
    tone(hotline / "take.wav")
    found = run(hotline, *(hotline / word if word.endswith(".wav") else word for word in more))
    assert found.exit_code == UNUSABLE
    assert "ivr prompts: " in found.stderr
