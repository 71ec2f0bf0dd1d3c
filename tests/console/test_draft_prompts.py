"""Prompts of a draft: what is missing or stale by language, heard, and brought in any form of audio."""

from __future__ import annotations

import io
import re

import soundfile
from flask.testing import FlaskClient
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
    form = form_of(operator, address)
    operator.post(there, data=form | {"sound": (io.BytesIO(tone()), "take3.flac")})
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


def form_of(client: FlaskClient, address: str) -> dict[str, str]:
    """Read the hidden fields of the form for main.main."""
    page = client.get(f"{address}/prompts?language=en-US").text
    form = re.search(r'action="[^"]*/en-US/main\.main">.*?</form>', page, re.DOTALL)
    assert form is not None
    return dict(re.findall(r'type="hidden" name="(revision|of)" value="([^"]*)"', form[0]))


def test_a_recording_of_a_page_that_is_stale_is_refused_with_words(published: World) -> None:
    store, clients, _ = published
    address = str(clients["operator"].post("/menus/drafts").headers["Location"])
    there = f"{address}/prompts/en-US/main.main"

    def bring(role: str, form: dict[str, str]) -> str:
        sound = tone("OGG" if role == "admin" else "FLAC")
        data = form | {"sound": (io.BytesIO(sound), "take.flac")}
        clients[role].post(there, data=data)
        return clients[role].get(f"{address}/prompts").text

    form = form_of(clients["operator"], address)
    assert form["revision"] == "0"
    assert "main.main.wav is in the draft" in bring("admin", form)
    assert "Helen Okafor has changed" in bring("operator", form)
    assert "Listen to it, then bring yours again" in bring("operator", form)
    fresh = form_of(clients["operator"], address)
    text = clients["operator"].get(f"{address}/file?path=menus/main.yaml").json["text"]
    body = {"path": "menus/main.yaml", "text": text.replace("you today", "you now"), "seen": 1}
    clients["operator"].post(f"{address}/file", json=body)
    assert "the text of main.main has changed since you opened the page: read it" in bring("operator", fresh)
    assert clients["operator"].post(there, data={"of": fresh["of"]}).status_code == 400
    rows = store.drafts.history(address.rpartition("/")[2], "recordings/prompts/en-US/main.main.wav")
    assert [row.who for row in rows] == ["Helen Okafor"]


def published_audio(world: World) -> dict[str, float]:
    _, clients, versions = world
    return dict(clients["operator"].application.extensions["library"].get(versions[1]).audio)


def test_what_is_no_sound_or_no_text_is_refused_with_words(published: World) -> None:
    _, clients, _ = published
    operator = clients["operator"]
    address = str(operator.post("/menus/drafts").headers["Location"])
    there = f"{address}/prompts/en-US/main.main"
    form = form_of(operator, address)
    operator.post(there, data=form | {"sound": (io.BytesIO(b"not a sound"), "notes.txt")})
    assert "notes.txt was not taken" in operator.get(f"{address}/prompts").text
    operator.post(there, data=form)
    assert "choose one first" in operator.get(f"{address}/prompts").text
    for other in ("en-US/nothing.here", "xx-XX/main.main", "en-US/..%2F..%2Fmain"):
        data = {"sound": (io.BytesIO(tone()), "a.flac")}
        assert operator.post(f"{address}/prompts/{other}", data=data).status_code == 404, other
