"""Prompts of a draft: what is missing or stale by language, heard, and brought in any form of audio."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, expect
from rig.looks import VIEWS, look
from rig.menus import World
from rig.people import sign_in


def tone(form: str = "FLAC") -> bytes:
    """Make two seconds of a sound."""
    written = io.BytesIO()
    samples = 0.3 * np.sin(np.arange(88_200) * 2 * np.pi * 440 / 44_100)
    soundfile.write(written, samples, 44_100, format=form)
    return written.getvalue()


def test_a_recording_is_brought_heard_and_goes_stale_with_its_text(published: World) -> None:
    store, clients, _ = published
    operator = clients["operator"]
    address = str(operator.post("/menus/drafts").headers["Location"])
    draft = address.rpartition("/")[2]
    there = f"{address}/prompts/en-US/main.main"
    assert operator.get(there).status_code == 404
    before = operator.get(f"{address}/prompts?language=en-US&state=recorded").text
    assert "main.main" not in before
    operator.post(there, data={"sound": (io.BytesIO(tone()), "take3.flac")})
    heard = operator.get(there)
    assert (heard.status_code, heard.mimetype) == (200, "audio/wav")
    assert soundfile.info(io.BytesIO(heard.data)).samplerate == 8000
    heard.close()
    assert "main.main" in operator.get(f"{address}/prompts?language=en-US&state=recorded").text
    deed = store.audit.latest(1)[0].deed
    assert (deed.who, deed.did) == ("Tomas Berg", "put a recording in a draft")
    text = operator.get(f"{address}/file?path=menus/main.yaml").json
    changed = {"path": "menus/main.yaml", "text": text["text"].replace("you today", "you now"), "seen": 1}
    operator.post(f"{address}/file", json=changed)
    assert "main.main" in operator.get(f"{address}/prompts?language=en-US&state=stale").text
    look = operator.application.extensions["workshop"].look(draft)
    assert look.content is not None
    assert len(look.content.audio) == len(published_audio(published)) + 1


def published_audio(world: World) -> dict[str, float]:
    _, clients, versions = world
    return dict(clients["operator"].application.extensions["library"].get(versions[1]).audio)


def test_what_is_no_sound_or_no_text_is_refused_with_words(published: World) -> None:
    _, clients, _ = published
    operator = clients["operator"]
    address = str(operator.post("/menus/drafts").headers["Location"])
    there = f"{address}/prompts/en-US/main.main"
    operator.post(there, data={"sound": (io.BytesIO(b"not a sound"), "notes.txt")})
    assert "notes.txt was not taken" in operator.get(f"{address}/prompts").text
    operator.post(there, data={})
    assert "Choose a file first" in operator.get(f"{address}/prompts").text
    for other in ("en-US/nothing.here", "xx-XX/main.main", "en-US/..%2F..%2Fmain"):
        data = {"sound": (io.BytesIO(tone()), "a.flac")}
        assert operator.post(f"{address}/prompts/{other}", data=data).status_code == 404, other


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@VIEWS
def test_prompts_are_found_by_language_and_brought(opened: Browser, hotline: str, scheme: str, width: int) -> None:
    context = opened.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    sign_in(page, hotline, "operator")
    page.goto(f"{hotline}/menus")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.locator("body[data-ready]").wait_for()
    page.keyboard.press("r")
    expect(page.locator("h1")).to_have_text("Prompts")
    page.get_by_role("link", name="da-DK", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".prompt").first).to_be_visible()
    look(page, "draft-prompts")
    row = page.locator(".prompt", has_text="main.main").first
    row.locator("input[type=file]").set_input_files({"name": "a.flac", "mimeType": "audio/flac", "buffer": tone()})
    row.get_by_role("button", name="Bring it").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text("main.main.wav is in the draft")
    expect(page.locator(".prompt audio").first).to_be_attached()
    context.close()
