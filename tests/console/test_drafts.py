"""Drafts of menus: kept, never written by looking, never over somebody else's text, checked, reviewed and published."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from rig.menus import World
from structlog.testing import capture_logs

from ivr.drafts.runs import example_told
from ivr.errors import UnknownVersion
from ivr.publishing.publish import Author, roll_back
from ivr.store import Store
from ivr.trial.results import Example

MAIN = "menus/main.yaml"


def begun(client: FlaskClient) -> str:
    """Begin a draft and give its address."""
    return str(client.post("/menus/drafts").headers["Location"])


def texts(client: FlaskClient, address: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = client.get(f"{address}/state?texts=yes").json["files"]
    return found


def put(client: FlaskClient, address: str, text: str, seen: int) -> tuple[int, dict[str, object]]:
    answer = client.post(f"{address}/file", json={"path": MAIN, "text": text, "seen": seen})
    return answer.status_code, answer.json


def count(store: Store) -> int:
    return len(store.audit.latest(100))


def test_a_draft_begins_from_what_is_live_and_looking_writes_nothing(published: World) -> None:
    store, clients, versions = published
    address = begun(clients["operator"])
    files = texts(clients["operator"], address)
    assert "help you today" in str(files[MAIN]["text"])
    before = count(store), store.drafts.rows(address.rpartition("/")[2])
    for path in ("", "/state", "/picture", "/publish", f"/file?path={MAIN}"):
        assert clients["admin"].get(address + path).status_code == 200, path
    assert (count(store), store.drafts.rows(address.rpartition("/")[2])) == before
    told = clients["operator"].get(f"{address}/state").json
    assert (told["errors"], told["changed"], told["hindered"]) == (0, {}, "")
    assert store.versions.active() == versions[1]


def test_a_save_over_somebodys_change_is_refused_with_both_texts_kept(published: World) -> None:
    store, clients, _ = published
    address = begun(clients["operator"])
    draft = address.rpartition("/")[2]
    first = str(texts(clients["operator"], address)[MAIN]["text"])
    status, told = put(clients["operator"], address, first + "# Tomas\n", 1)
    assert (status, told["revision"], told["errors"]) == (200, 2, 0)
    status, told = put(clients["admin"], address, first + "# Helen\n", 1)
    assert status == 409
    assert "Tomas Berg has changed menus/main.yaml meanwhile" in str(told["error"])
    assert dict(told["theirs"])["text"] == first + "# Tomas\n"  # type: ignore[call-overload]
    assert put(clients["admin"], address, first + "# Helen\n", 2)[0] == 200
    assert [file.text[-8:] for file in store.drafts.history(draft, MAIN)] == ["# Helen\n", "# Tomas\n", first[-8:]]
    assert clients["operator"].get(f"{address}/state").json["files"][MAIN]["who"] == "Helen Okafor"
    clients["admin"].get(f"{address}/state")
    assert clients["operator"].get(f"{address}/state").json["others"] == ["Helen Okafor"]
    page = clients["operator"].get(f"{address}/earlier?path={MAIN}").text
    assert page.index("# Helen") < page.index("# Tomas")
    assert clients["operator"].get(f"{address}/earlier?path=menus/nothing.yaml").status_code == 404


def test_problems_are_told_at_their_place_and_hinder_a_publish(published: World) -> None:
    store, clients, versions = published
    address = begun(clients["operator"])
    first = str(texts(clients["operator"], address)[MAIN]["text"])
    _, told = put(clients["operator"], address, first.replace("-> complaints", "-> complains"), 1)
    problem = next(one for one in list(told["problems"]) if one["code"] == "unknown-step")  # type: ignore[call-overload]
    assert (problem["path"], problem["line"]) == (MAIN, 6)
    assert told["errors"] == 1
    assert clients["operator"].get(f"{address}/picture").status_code == 204
    seen = {"seen": "2", "comment": "no", "mark": str(told["mark"])}
    assert "It has errors" in clients["operator"].post(f"{address}/publish", data=seen).text
    assert store.versions.active() == versions[1]


def test_a_draft_is_heard_published_and_begun_from_once_more(published: World) -> None:
    store, clients, _ = published
    operator = clients["operator"]
    address = begun(operator)
    text = str(texts(operator, address)[MAIN]["text"]).replace("help you today", "help you")
    _, told = put(operator, address, text, 1)
    assert told["changed"] == {"main.main": "changed"}
    heard = operator.post(f"{address}/hear").headers["Location"]
    assert "a draft, or older" in operator.get(heard).text
    assert "How can we help you?" in operator.get(f"{address}/publish").text
    form = {"seen": "2", "comment": "shorter", "mark": str(told["mark"])}
    assert "Say why" in operator.post(f"{address}/publish", data=form | {"comment": ""}).text
    assert "has changed since" in operator.post(f"{address}/publish", data=form | {"mark": "older"}).text
    assert operator.post(f"{address}/publish", data=form).status_code == 302
    switch = store.versions.last()
    assert switch is not None
    assert (switch.author, switch.comment) == ("Tomas Berg", "shorter")
    assert switch.hash == heard.rpartition("=")[2]
    assert put(operator, address, text + "# late\n", 2)[0] == 410
    again = begun(clients["admin"])
    assert texts(operator, again)[MAIN]["text"] == text
    assert {line.deed.did for line in store.audit.latest(20)} > {
        "began a draft",
        "changed a draft",
        "published a draft",
    }


def test_whoever_is_late_with_a_publish_is_told(published: World) -> None:
    store, clients, (first, _) = published
    address = begun(clients["operator"])
    mark = clients["operator"].get(f"{address}/state").json["mark"]
    clients["admin"].post(f"/menus/versions/{first}/roll-back", data={"seen": "2"})
    page = clients["operator"].post(f"{address}/publish", data={"seen": "2", "comment": "mine", "mark": mark}).text
    assert "Helen Okafor put version" in page
    assert "takes that back" in page
    assert store.versions.active() == first


def test_a_second_person_reviews_where_the_settings_ask_for_it(published: World) -> None:
    store, clients, _ = published
    workshop = clients["operator"].application.extensions["workshop"]
    workshop.settings = replace(workshop.settings, publish_review=True)
    address = begun(clients["operator"])
    text = str(texts(clients["operator"], address)[MAIN]["text"])
    _, told = put(clients["operator"], address, text + "# one\n", 1)
    form = {"seen": "2", "comment": "more", "mark": str(told["mark"])}
    assert "A second person" in clients["operator"].post(f"{address}/publish", data=form).text
    clients["operator"].post(f"{address}/review")
    assert "asks for a review" in clients["admin"].get("/menus").text
    clients["operator"].post(f"{address}/review", data={"do": "approve", "mark": form["mark"]})
    assert not store.drafts.find(address.rpartition("/")[2]).seen_by  # not by whoever wrote it
    clients["admin"].post(f"{address}/review", data={"do": "approve", "mark": form["mark"]})
    _, told = put(clients["operator"], address, text + "# two\n", 2)
    assert told["hindered"]  # a change asks for another look
    clients["admin"].post(f"{address}/review", data={"do": "approve", "mark": str(told["mark"])})
    form["mark"] = str(told["mark"])
    assert clients["operator"].post(f"{address}/publish", data=form).status_code == 302
    switch = store.versions.last()
    assert switch is not None
    assert switch.comment == "more (seen by Helen Okafor)"


def test_a_dropped_draft_keeps_its_texts_and_is_taken_up_again(published: World) -> None:
    _, clients, _ = published
    address = begun(clients["operator"])
    put(clients["operator"], address, "main:\n  say: Hello.\n", 1)
    clients["operator"].post(f"{address}/drop")
    assert "Draft of" not in clients["operator"].get("/menus").text
    assert put(clients["operator"], address, "main:\n", 2)[0] == 410
    clients["admin"].post(f"{address}/drop", data={"do": "take up"})
    assert texts(clients["admin"], address)[MAIN]["text"] == "main:\n  say: Hello.\n"


def test_files_of_other_places_are_refused(published: World) -> None:
    _, clients, _ = published
    address = begun(clients["operator"])
    odd = (
        "menus/../config.yaml",
        "/etc/passwd",
        "menus/tests/a/b.yaml",
        "menus/tests/a.csv",
        "menus/A.yaml",
        "recordings/prompts/x",
    )
    for path in (*odd, "menus/tables/a/b.csv", "menus/tables/x.yaml", "menus/locales/x.csv", f"menus/{'a' * 200}.yaml"):
        answer = clients["operator"].post(f"{address}/file", json={"path": path, "text": "", "seen": 0})
        assert answer.status_code == 400, path
        assert "name it menus/area.yaml" in answer.json["error"]
    for path in (
        "menus/extra.yaml",
        "menus/locales/es-419.yaml",
        "menus/messages/es.yaml",
        "menus/tables/Shops-2.csv",
        "menus/tests/a-1.yaml",
    ):
        made = clients["operator"].post(f"{address}/file", json={"path": path, "text": "", "seen": 0})
        assert made.status_code == 200, path
    for body in ({}, {"path": MAIN}, {"path": MAIN, "text": 1, "seen": 1}, []):
        assert clients["operator"].post(f"{address}/file", json=body).status_code == 400


def test_a_file_is_taken_away_and_put_back(published: World) -> None:
    store, clients, _ = published
    operator = clients["operator"]
    address = begun(operator)
    path = "menus/tables/outages.csv"
    text = str(texts(operator, address)[path]["text"])
    gone = {"path": path, "text": "", "gone": True}
    assert operator.post(f"{address}/file", json=gone | {"seen": 1}).json["revision"] == 2
    assert path not in texts(operator, address)
    assert "took the file away" in operator.get(f"{address}/earlier?path={path}").text
    late = clients["admin"].post(f"{address}/file", json={"path": path, "text": f"{text}x", "seen": 1})
    assert (late.status_code, late.json["theirs"]["gone"]) == (409, True)
    assert operator.post(f"{address}/file", json={"path": path, "text": text, "seen": 2}).status_code == 200
    assert texts(operator, address)[path]["text"] == text
    for never, seen in (("config.yaml", 1), ("menus/nothing.yaml", 0), ("menus/../../x", 0)):
        assert (
            operator.post(f"{address}/file", json={"path": never, "gone": True, "text": "", "seen": seen}).status_code
            == 400
        )
    assert store.audit.latest(5)[1].deed.did == "took a file from a draft"


def test_saves_stand_in_the_audit_trail_once_for_each_writer_and_file(published: World) -> None:
    store, clients, _ = published
    address = begun(clients["operator"])
    first, seen = str(texts(clients["operator"], address)[MAIN]["text"]), 1
    for number, role in enumerate(("operator", "admin", "operator", "admin", "operator")):
        status, told = put(clients[role], address, f"{first}# {number}\n", seen)
        assert status == 200
        seen = int(str(told["revision"]))
    deeds = [line.deed for line in store.audit.latest(20) if line.deed.did == "changed a draft"]
    assert [deed.who for deed in deeds] == ["Helen Okafor", "Tomas Berg"]
    assert deeds[0].detail == {"file": MAIN}


def test_the_same_text_again_is_no_dispute(published: World) -> None:
    _, clients, _ = published
    address = begun(clients["operator"])
    text = str(texts(clients["operator"], address)[MAIN]["text"]) + "# mine\n"
    assert put(clients["operator"], address, text, 1)[1]["revision"] == 2
    status, told = put(clients["operator"], address, text, 1)  # sent while leaving the page, after the first arrived
    assert (status, told["revision"]) == (200, 2)


def test_a_run_that_fails_by_surprise_is_shown_as_failed(published: World) -> None:
    store, clients, _ = published
    workshop = clients["operator"].application.extensions["workshop"]
    workshop.settings = replace(workshop.settings, secret_keys=(("broken",),))
    address = begun(clients["operator"])
    with capture_logs() as lines:
        assert clients["operator"].post(f"{address}/runs/trial", json={}).status_code == 200
        until = time.monotonic() + 10
        while store.drafts.runs(address.rpartition("/")[2])["trial"].state == "running" and time.monotonic() < until:
            time.sleep(0.02)
    told = clients["operator"].get(f"{address}/state").json["runs"]["trial"]
    assert told["state"] == "failed"
    assert "the log of the pages says why" in told["result"]["error"]
    assert [(line["event"], line["kind"]) for line in lines] == [("draft_run_failed", "trial")]


def test_a_draft_is_tried_on_past_calls_and_by_its_scenarios(published: World, tmp_path: Path, root: Path) -> None:
    store, clients, _ = published
    workshop = clients["operator"].application.extensions["workshop"]
    (tmp_path / "tests").mkdir()
    for name in ("whole_story.yaml", "languages_silent.yaml"):
        shutil.copy(root / "menus" / "tests" / name, tmp_path / "tests")
    workshop.settings = replace(workshop.settings, menus=tmp_path)
    address = begun(clients["operator"])
    for kind in ("trial", "scenarios"):
        assert clients["operator"].post(f"{address}/runs/{kind}", json={}).status_code == 200
    refused = clients["operator"].post(f"{address}/runs/scenarios", json={})
    assert "being tried already" in refused.json["error"]
    until = time.monotonic() + 90
    while time.monotonic() < until:
        runs = store.drafts.runs(address.rpartition("/")[2])
        if all(run.state != "running" for run in runs.values()):
            break
        time.sleep(0.5)
    assert {kind: run.state for kind, run in runs.items()} == {"trial": "done", "scenarios": "done"}
    assert json.loads(runs["trial"].result)["calls"] == 0
    played = json.loads(runs["scenarios"].result)
    assert (played["passed"], played["failed"], runs["scenarios"].total) == (1, 1, 2)
    assert "How can we help you today?" in played["failures"][0]["why"]  # its words were written before
    assert played["failures"][0]["path"] in texts(clients["operator"], address)  # where it can be put right
    assert clients["operator"].post(f"{address}/runs/nothing", json={}).status_code == 404


def test_an_example_tells_no_number_that_may_be_the_callers_own() -> None:
    past = Example("CA1", "care", 1.0, ("flag.storm",), ("2", "1", "40227195", "1"))
    told = example_told(past)
    assert (told["keys"], told["more"]) == (["2", "1"], True)
    assert example_told(replace(past, keys=("2", "-")))["more"] is False


def test_a_past_call_is_played_in_the_phone_at_its_time_with_its_flags(published: World) -> None:
    _, clients, _ = published
    operator = clients["operator"]
    address = begun(operator)
    form = {"line": "care", "at": "1795098720.0", "keys": "2 1", "flag": ["flag.storm"]}
    there = str(operator.post(f"{address}/hear", data=form).headers["Location"])
    asked = parse_qs(urlsplit(there).query)
    assert (asked["line"], asked["keys"], asked["flag"]) == (["care"], ["2 1"], ["flag.storm"])
    page = operator.get(there).text
    assert 'data-keys="2 1" data-flags="flag.storm"' in page
    assert f'id="at" value="{asked["at"][0]}"' in page
    assert operator.post(f"{address}/hear", data=form | {"at": "never"}).status_code == 400
    lost = operator.post(f"{address}/hear", data=form | {"line": "none"}, follow_redirects=True)
    assert "there is no line" in lost.text
    for wrong in ({"keys": "2 x"}, {"flags": "storm; drop"}):
        assert operator.post("/phone/calls", json=wrong).status_code == 400


def test_what_was_only_heard_on_the_phone_is_not_rolled_back_to(published: World) -> None:
    """Else neither review nor scenarios would be asked of it."""
    store, clients, versions = published
    address = begun(clients["operator"])
    file = texts(clients["operator"], address)[MAIN]
    changed = str(file["text"]).replace("help you today", "help you")
    put(clients["operator"], address, changed, int(str(file["revision"])))
    heard = clients["operator"].post(f"{address}/hear").headers["Location"]
    version = parse_qs(urlsplit(heard).query)["version"][0]
    assert version not in versions
    there = f"/menus/versions/{version}/roll-back"
    assert clients["operator"].get(there).status_code == 404
    assert clients["operator"].post(there, data={"seen": "2", "comment": "back"}).status_code == 404
    assert store.versions.active() == versions[1]
    with pytest.raises(UnknownVersion, match="never in force"):
        roll_back(version, Author("Tomas Berg", ""), store, clients["operator"].application.extensions["settings"].data)
