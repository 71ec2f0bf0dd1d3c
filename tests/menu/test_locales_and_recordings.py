"""Texts in other languages, and recordings that stand for texts."""

from __future__ import annotations

import struct

import pytest
from menu.hotlines import compiled, good

from ivr.menu.audio import measure
from ivr.menu.problems import ERROR, apply_fix

KEYS = "    1: a person -> desk\n    '*': a star -> desk\n"
MAIN = f"main:\n  menu: Hello.\n  keys:\n{KEYS}  wrong: desk\ndesk:\n  transfer: desk\n"
DANISH = "menus/locales/da-DK.yaml"
LOCALE = "main.main:\n  menu: Hej.\n  keys:\n    1: en person\n"


def wav(seconds=1.0, form=7, rate=8000, width=1):
    data = b"\x55" * int(seconds * rate * width)
    head = struct.pack("<HHIIHH", form, 1, rate, rate * width, width, 8 * width)
    body = b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def codes(found):
    return [problem.code for problem in found.problems if not problem.code.startswith(("untranslated", "hang-up"))]


def test_translations_stand_beside_the_source():
    menu = good(MAIN, **{DANISH: LOCALE}).tree.steps["main.main"]
    assert menu.prompt.texts == {"en-US": ("Hello.",), "da-DK": ("Hej.",)}
    assert menu.choices[0].words.texts["da-DK"] == ("en person",)
    assert "da-DK" not in menu.choices[1].words.texts


def test_a_fingerprint_is_offered_then_kept_until_the_source_changes():
    first = next(p for p in compiled(MAIN, **{DANISH: LOCALE}).problems if p.code == "no-fingerprint")
    marked = apply_fix(LOCALE, first.fix)
    assert "no-fingerprint" not in codes(compiled(MAIN, **{DANISH: marked}))
    assert "stale-translation" not in codes(compiled(MAIN, **{DANISH: marked}))
    changed = MAIN.replace("Hello.", "Good day.")
    stale = next(p for p in compiled(changed, **{DANISH: marked}).problems if p.code == "stale-translation")
    assert stale.path == DANISH
    assert "stale-translation" not in codes(compiled(changed, **{DANISH: apply_fix(marked, stale.fix)}))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("unknown-step", "main.mian:\n  menu: Hej.\n"),
        ("unknown-text", "main.main:\n  closing: Slut.\n"),
        ("other-slots", 'main.main:\n  menu: Hej {account or "du"}.\n'),
        ("colon-in-text", "main.main:\n  menu: Hej: du.\n"),
        ("dash-list", "- main.main:\n    menu: Hej.\n"),
    ],
)
def test_a_locale_is_read_as_strictly_as_a_menu(code, text):
    assert code in codes(compiled(MAIN, **{DANISH: text}))


@pytest.mark.parametrize("broken", [MAIN.replace("a person -> desk", "a person -> deks"), MAIN + ": [\n"])
def test_a_mistake_in_a_menu_is_not_blamed_on_its_translation(broken):
    found = compiled(broken, **{DANISH: LOCALE})
    assert [problem.code for problem in found.problems if problem.path == DANISH and problem.severity == ERROR] == []
    assert any(problem.path == "menus/main.yaml" for problem in found.problems)


@pytest.mark.parametrize("tag", ["en-US", "fr-FR", "danish"])
def test_a_locale_that_no_caller_hears_is_refused(tag):
    assert "unknown-language" in codes(compiled(MAIN, **{f"menus/locales/{tag}.yaml": LOCALE}))


def test_recordings_are_found_by_step_and_key():
    prompts = "recordings/prompts/en-US/"
    files = {f"{prompts}main.main.wav": wav(1.5), f"{prompts}main.main.star.wav": wav(0.5)}
    content = good(MAIN, **files)
    menu = content.tree.steps["main.main"]
    assert content.audio[menu.prompt.audio["en-US"]] == 1.5
    assert content.audio[menu.choices[1].words.audio["en-US"]] == 0.5
    assert not menu.choices[0].words.audio
    assert content.hash != good(MAIN).hash


def test_several_steps_share_a_recording():
    text = MAIN.replace("wrong: desk\n", "wrong: desk\n  recording: all.hello\n")
    content = good(text, **{"recordings/prompts/en-US/all.hello.wav": wav()})
    assert content.tree.steps["main.main"].prompt.audio


@pytest.mark.parametrize(
    ("code", "name", "text"),
    [
        ("stray-recording", "en-US/main.other.wav", MAIN),
        ("stray-recording", "fr-FR/main.main.wav", MAIN),
        ("recording-with-value", "en-US/main.main.wav", MAIN.replace("Hello.", "Hello {caller.number}.")),
    ],
)
def test_a_recording_that_cannot_be_played_is_told(code, name, text):
    assert code in codes(compiled(text, **{f"recordings/prompts/{name}": wav()}))


@pytest.mark.parametrize(
    "data",
    [b"", b"RIFF", b"ID3" + b"\0" * 40, wav(form=85), wav()[:40], wav(rate=0), b"RIFF\0\0\0\0WAVEdata\0\0\0\0"],
)
def test_a_file_that_is_no_wav_is_refused(data):
    with pytest.raises(ValueError, match="wav"):
        measure(data)
    assert "bad-recording" in codes(compiled(MAIN, **{"recordings/prompts/en-US/main.main.wav": data}))


def test_linear_and_mu_law_wavs_are_measured():
    assert measure(wav(2.0)) == 2.0
    assert measure(wav(2.0, form=1, width=2)) == 2.0


def test_closing_words_and_a_spoken_silence_each_keep_their_recording():
    text = MAIN.replace("  wrong: desk\n", "  closing: That is all.\n  silence: or wait -> desk\n  wrong: desk\n")
    prompts = "recordings/prompts/en-US/main.main."
    menu = good(text, **{f"{prompts}closing.wav": wav(1.0), f"{prompts}silence.wav": wav(2.0)}).tree.steps["main.main"]
    assert menu.closing.audio
    assert menu.stay.audio
    assert menu.closing.audio != menu.stay.audio
