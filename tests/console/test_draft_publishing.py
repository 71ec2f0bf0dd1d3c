"""A draft is published once, whoever clicks twice or dies in between, and the next begins from what is in force."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rig.menus import World

from ivr.drafts.workshop import Workshop
from ivr.publishing.publish import Author, put_in_force, recordings
from ivr.store import Store
from ivr.store.draft_tables import draft_files
from ivr.store.drafts import BROKEN_OFF, PUBLISH, NoDraft, Run

MAIN = "menus/main.yaml"


def changed(client: FlaskClient, words: str = "help you now") -> tuple[str, str, dict[str, str]]:
    """Begin a draft and change it: its address, its id, and the form that publishes it."""
    address = str(client.post("/menus/drafts").headers["Location"])
    file = client.get(f"{address}/file?path={MAIN}").json
    text = file["text"].replace("help you today", words)
    mark = client.post(f"{address}/file", json={"path": MAIN, "text": text, "seen": 1}).json["mark"]
    return address, address.rpartition("/")[2], {"seen": "2", "comment": "other words", "mark": str(mark)}


def workshop_of(client: FlaskClient) -> Workshop:
    found: Workshop = client.application.extensions["workshop"]
    return found


def died(store: Store, draft: str) -> None:
    """Let as much time pass since its last sign as shows that the process of a publish is gone."""
    run = store.drafts.runs(draft)[PUBLISH]
    then = time.time() - BROKEN_OFF - 1
    store.drafts.put_run(draft, replace(run, began_at=then, beat_at=then))


def test_of_two_clicks_at_once_one_publishes_and_both_are_told(published: World) -> None:
    store, clients, _ = published
    address, draft, form = changed(clients["operator"])
    told = []

    clicks = [clients["operator"], clients["admin"]]
    ready = threading.Barrier(2)

    def publish(client: FlaskClient) -> None:
        ready.wait()
        told.append(client.post(f"{address}/publish", data=form))

    threads = [threading.Thread(target=publish, args=(client,)) for client in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(answer.status_code for answer in told) == 302
    assert len(store.versions.history()) == 3
    assert store.drafts.find(draft).state == "published"
    again = clients["operator"].post(f"{address}/publish", data=form, follow_redirects=True)
    assert "was published already, as" in again.text
    assert len(store.versions.history()) == 3
    assert [line.deed.did for line in store.audit.latest(20)].count("published a draft") == 1


def test_while_a_draft_is_published_nobody_changes_it_and_the_page_says_why(published: World) -> None:
    store, clients, _ = published
    address, draft, form = changed(clients["operator"])
    store.drafts.claim(draft, "Tomas Berg", form["mark"], "f" * 64)
    assert "being published" in clients["admin"].get(address).text
    assert "being published" in clients["admin"].get("/menus").text
    assert "being published" in clients["admin"].post(f"{address}/publish", data=form).text
    late = clients["admin"].post(f"{address}/file", json={"path": MAIN, "text": "main:\n", "seen": 2})
    assert late.status_code == 410
    assert "Tomas Berg is publishing this draft" in late.json["error"]
    with pytest.raises(NoDraft):
        store.drafts.claim(draft, "Helen Okafor", form["mark"], "f" * 64)
    assert store.drafts.let_go(draft).state == "open"  # nothing came of it
    assert clients["operator"].post(f"{address}/publish", data=form).status_code == 302


def test_a_publish_that_died_before_its_switch_leaves_the_draft_open(published: World) -> None:
    store, clients, _ = published
    address, draft, form = changed(clients["operator"])
    store.drafts.claim(draft, "Tomas Berg", form["mark"], "f" * 64)
    died(store, draft)
    assert "broke off" in clients["operator"].get(f"{address}/publish").text
    text = clients["operator"].get(f"{address}/file?path={MAIN}").json["text"]
    saved = clients["operator"].post(f"{address}/file", json={"path": MAIN, "text": f"{text}# more\n", "seen": 2})
    assert saved.status_code == 200
    form["mark"] = str(saved.json["mark"])
    assert clients["operator"].post(f"{address}/publish", data=form).status_code == 302
    assert len(store.versions.history()) == 3


def test_a_publish_that_died_after_its_switch_is_not_done_twice(published: World) -> None:
    store, clients, _ = published
    address, draft, form = changed(clients["operator"])
    workshop = workshop_of(clients["operator"])
    look = workshop.look(draft)
    assert look.content is not None
    store.drafts.claim(draft, "Tomas Berg", look.mark, look.content.hash)
    died(store, draft)
    data = workshop.settings.data
    put_in_force(look.content, recordings(look.contents, look.content), Author("Tomas Berg", "died"), store, data)
    assert store.drafts.find(draft).state == "published"
    assert "This draft was published" in clients["operator"].get(address).text
    assert "Draft of" not in clients["operator"].get("/menus").text
    assert clients["admin"].post(f"{address}/publish", data=form | {"seen": "3"}).status_code == 302
    assert len(store.versions.history()) == 3


def test_a_publish_that_is_refused_leaves_the_draft_open(published: World) -> None:
    store, clients, (first, _) = published
    address, draft, form = changed(clients["operator"])
    clients["admin"].post(f"/menus/versions/{first}/roll-back", data={"seen": "2"})
    assert "Helen Okafor put version" in clients["operator"].post(f"{address}/publish", data=form).text
    assert store.drafts.find(draft).state == "open"
    assert store.drafts.runs(draft)[PUBLISH].state == "failed"
    assert clients["operator"].get(f"{address}/state").json["runs"].keys() <= {"scenarios", "trial"}


def test_a_draft_begins_with_the_texts_of_the_version_in_force(published: World) -> None:
    store, clients, _ = published
    address, draft, form = changed(clients["operator"])
    assert clients["operator"].post(f"{address}/publish", data=form).status_code == 302
    values = {
        "draft": draft,
        "path": MAIN,
        "revision": 9,
        "kind": "text",
        "text": "late",
        "who": "x",
        "at": 9,
        "since": 9,
    }
    with store.database.writing() as connection:  # what another program, or an older one, may have left there
        connection.execute(draft_files.insert().values(**values))
    again = str(clients["admin"].post("/menus/drafts").headers["Location"])
    text = clients["admin"].get(f"{again}/file?path={MAIN}").json["text"]
    assert "help you now" in text
    one = workshop_of(clients["admin"]).look(again.rpartition("/")[2])
    assert one.content is not None
    assert one.content.hash == store.versions.active()


def test_scenarios_count_by_what_they_came_to(published: World) -> None:
    store, clients, _ = published
    workshop = workshop_of(clients["operator"])
    address = str(clients["operator"].post("/menus/drafts").headers["Location"])
    draft = address.rpartition("/")[2]
    text = str(clients["operator"].get(f"{address}/file?path=config.yaml").json["text"])
    text += "\npublish: {test: yes}\n"
    mark = (
        clients["operator"].post(f"{address}/file", json={"path": "config.yaml", "text": text, "seen": 1}).json["mark"]
    )
    assert "play them first" in workshop.hindered(workshop.look(draft))
    for result, hinders in (
        ({"passed": 0, "failed": 0}, "there is none"),
        ({"passed": 2, "failed": 1}, "one scenario fails"),
        ({"passed": 2, "failed": 3}, "3 scenarios fail"),
        ({"passed": 2, "failed": 0}, ""),
    ):
        now = time.time()
        store.drafts.put_run(draft, Run("scenarios", mark, "x", now, now, "done", 2, 2, json.dumps(result)))
        told = workshop.hindered(workshop.look(draft))
        assert hinders in told, result
        assert bool(told) is bool(hinders), result


def test_a_number_that_no_page_has_shown_is_refused(published: World) -> None:
    _, clients, (first, _) = published
    address, _, form = changed(clients["operator"])
    for seen in ("", "-1", "2.0", "²", "\uff19", "1" * 5000, "two"):
        for there in (f"{address}/publish", f"/menus/versions/{first}/roll-back"):
            assert clients["operator"].post(there, data=form | {"seen": seen}).status_code == 400, (there, seen[:9])
    for seen in (True, -1, 2**63, 1.5, "2"):
        body = {"path": MAIN, "text": "main:\n", "seen": seen}
        assert clients["operator"].post(f"{address}/file", json=body).status_code == 400, seen


def played(store: Store, client: FlaskClient, address: str) -> Run:
    """Play a draft's scenarios to their end."""
    assert client.post(f"{address}/runs/scenarios", json={}).status_code == 200
    until = time.monotonic() + 90
    while (run := store.drafts.runs(address.rpartition("/")[2])["scenarios"]).state == "running":
        assert time.monotonic() < until
        time.sleep(0.2)
    return run


def test_scenarios_are_written_in_a_draft_played_from_it_and_kept_for_the_next(
    published: World, tmp_path: Path
) -> None:
    store, clients, _ = published
    operator = clients["operator"]
    workshop = workshop_of(operator)
    workshop.settings = replace(workshop.settings, menus=tmp_path)  # a machine without scenarios
    address, draft, form = changed(operator)
    path = "menus/tests/mine.yaml"
    before = workshop.look(draft)
    assert before.content
    assert "there are no scenarios" in json.loads(played(store, operator, address).result)["error"]
    text = "title: Of another hotline\nmenu: ../../..\nsteps:\n  - {when: called}\n"
    assert operator.post(f"{address}/file", json={"path": path, "text": text, "seen": 0}).status_code == 200
    assert "another folder" in json.loads(played(store, operator, address).result)["error"]
    text = "title: A call\nsteps:\n  - {when: called, hears: [help you now]}\n"
    told = operator.post(f"{address}/file", json={"path": path, "text": text, "seen": 1}).json
    assert json.loads(played(store, operator, address).result) == {"passed": 1, "failed": 0, "failures": []}
    after = workshop.look(draft)
    assert after.content
    assert after.content.hash == before.content.hash  # callers hear nothing of it
    assert operator.post(f"{address}/publish", data=form | {"mark": told["mark"]}).status_code == 302
    following = str(operator.post("/menus/drafts").headers["Location"]).rpartition("/")[2]
    assert [file.text for file in workshop.look(following).scenarios] == [text]


def test_a_draft_takes_its_recordings_from_the_store_whatever_lies_on_this_machine(
    published: World, tmp_path: Path
) -> None:
    store, clients, _ = published
    operator = clients["operator"]
    workshop = workshop_of(operator)
    workshop.settings = replace(workshop.settings, recordings=tmp_path / "nowhere")
    live = workshop.library.get(store.versions.active() or "")
    assert live.audio
    begun = operator.post("/menus/drafts", follow_redirects=True)
    assert "not found here" not in begun.text
    look = workshop.look(begun.request.path.rpartition("/")[2])
    assert look.content
    assert look.content.audio == live.audio
    old = replace(live, hash="ab" * 32, recordings={})  # as versions were before they knew the names
    sounds = {name: store.versions.get_audio(name) or b"" for name in old.audio}
    put_in_force(old, sounds, Author("Marta Ruiz", "an old one"), store, workshop.settings.data)
    told = operator.post("/menus/drafts", follow_redirects=True).text
    assert f"{len(old.audio)} recordings of this version were not found here" in told or "A recording of" in told
