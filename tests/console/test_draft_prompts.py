"""Prompts of a draft: what is missing or stale by language, heard, and brought in any form of audio."""

from __future__ import annotations

import io

import soundfile
from rig.menus import World, tone


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
