"""Recordings that are silent, clipped or too long are found; a good one is left alone."""

import array
import io
import math
import wave

import pytest
from small_hotline import codes

PATH = "recordings/prompts/en-US/main.main.wav"


def tone(seconds, loudness):
    """A wav file of a tone; louder than 1 is cut off at the top."""
    samples = (32767 * loudness * math.sin(index / 4) for index in range(int(8000 * seconds)))
    data = array.array("h", [max(-32767, min(32767, round(sample))) for sample in samples])
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(data.tobytes())
    return file.getvalue()


@pytest.mark.parametrize(
    ("code", "seconds", "loudness"),
    [("silent-recording", 2, 0.0), ("clipped-recording", 2, 3.0), ("long-recording", 61, 0.5)],
)
def test_a_bad_recording_is_found(code, seconds, loudness):
    assert code in codes(files={PATH: tone(seconds, loudness)})


def test_a_good_recording_is_left_alone():
    assert codes(files={PATH: tone(2, 0.5)}) == set()


def test_a_recording_that_ends_in_half_a_sample_is_measured_all_the_same():
    assert "silent-recording" in codes(files={PATH: tone(2, 0.0)[:-101]})
