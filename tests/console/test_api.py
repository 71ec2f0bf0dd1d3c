"""The reading API: what it says is what openapi.yaml says; nobody reads without a token that may."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import yaml
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from console.api import DESCRIPTION
from console.pace import Pace
from console.tokens import TRIES
from ivr.archive.calls import Archive
from ivr.blocking import BlockList
from ivr.depot.choosing import depot_of
from ivr.exporting.wish import Person, wish_of
from ivr.exporting.wish import ask as ask_for
from ivr.keys import Keyring
from ivr.publishing.library import Library
from ivr.settings import read_settings
from ivr.store.access import SCOPES
from ivr.store.calls import Search
from ivr.worker.exports import Exporter

CALL = "CA11111111111111111111111111111111"
Ask = Callable[..., TestResponse]
DESCRIBED = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))


@pytest.fixture
def ask(casework) -> Ask:
    """Ask with a token that may read everything, or with the headers that are given."""
    store, clients = casework
    _, secret = store.tokens.make("the tests", [*SCOPES], 1, "tests", time.time())
    client: FlaskClient = clients["admin"].application.test_client()

    def asked(path: str, headers: dict[str, str] | None = None) -> TestResponse:
        brought = {"Authorization": f"Bearer {secret}"} if headers is None else headers
        return client.get(f"/api/v1{path}", headers=brought, buffered=True)

    return asked


def judge(answer: TestResponse, path: str) -> None:
    """Compare an answer with the description."""
    made = DESCRIBED
    told = made["paths"][path]["get"]["responses"][str(answer.status_code)]
    if "$ref" in told:
        told = made["components"]["responses"][told["$ref"].rpartition("/")[2]]
    schema = told["content"]["application/json"]["schema"]
    Draft202012Validator(schema | {"components": made["components"]}).validate(answer.json)


@pytest.mark.parametrize(
    ("asked", "path", "status"),
    [
        ("/calls", "/calls", 200),
        ("/calls?open=yes&since=2h&line=care", "/calls", 200),
        ("/calls?number=%2B14155550123&outcome=case", "/calls", 200),
        ("/calls?caller=%2B14155550123", "/calls", 400),
        ("/calls?since=someday", "/calls", 400),
        ("/calls?open=no", "/calls", 200),
        ("/calls?open=perhaps", "/calls", 400),
        ("/calls?number=12", "/calls", 400),
        ("/calls?outcome=happy", "/calls", 400),
        ("/calls?limit=9000", "/calls", 400),
        ("/calls?limit=0002001", "/calls", 400),
        ("/calls?limit=0", "/calls", 400),
        ("/calls?limit=%D9%A3", "/calls", 400),
        ("/cases?limit=", "/cases", 400),
        ("/calls?limit=200&line=a%00b", "/calls", 200),
        ("/cases?team=a%00b", "/cases", 200),
        (f"/calls/{CALL}", "/calls/{call}", 200),
        ("/calls/CAnothing", "/calls/{call}", 404),
        ("/cases", "/cases", 200),
        ("/cases?status=new&late=no", "/cases", 200),
        ("/cases?status=old", "/cases", 400),
        ("/cases/C99999", "/cases/{number}", 404),
        ("/insight", "/insight", 200),
        ("/insight?days=7&line=care&team=care", "/insight", 200),
        ("/insight?days=00001999999999", "/insight", 400),
        ("/insight?since=yesterday", "/insight", 400),
        ("/insight?day=7", "/insight", 400),
        ("/blocked", "/blocked", 200),
        ("/blocked?number=1", "/blocked", 400),
        ("/exports", "/exports", 200),
        ("/exports?person=ada", "/exports", 400),
        ("/exports/none/file", "/exports/{name}/file", 404),
    ],
)
def test_every_answer_is_as_the_description_says(ask, asked, path, status):
    answer = ask(asked)
    assert answer.status_code == status, answer.text
    judge(answer, path)


def test_the_description_is_one_and_names_every_route(casework, ask):
    _, clients = casework
    assert yaml.safe_load(ask("/openapi.yaml", {}).text) == DESCRIBED
    rules = clients["admin"].application.url_map.iter_rules()
    ours = {
        rule.rule.removeprefix("/api/v1").translate(str.maketrans("<>", "{}")) for rule in rules if "/api/" in rule.rule
    }
    assert set(DESCRIBED["paths"]) == ours


def test_pages_follow_each_other_to_the_end(ask):
    first = ask("/calls?limit=1").json
    assert [each["call"] for each in first["calls"]] == ["CA22222222222222222222222222222222"]
    second = ask(first["next"].partition("/api/v1")[2]).json
    assert [each["call"] for each in second["calls"]] == [CALL]
    assert second["next"] is None


def test_a_case_is_told_whole_and_the_reading_is_written_down(casework, ask):
    store, _ = casework
    number = ask("/cases").json["cases"][0]["number"]
    answer = ask(f"/cases/{number}")
    judge(answer, "/cases/{number}")
    assert answer.json["fields"] == {"account": "1234"}
    ask(f"/calls/{CALL}")
    told = [(line.deed.who, line.deed.did, line.deed.what) for line in store.audit.latest(2)]
    assert told == [("token the tests", "opened a call", CALL), ("token the tests", "opened a case", number)]


def test_no_means_the_others(casework, ask):
    with casework[0].database.writing() as connection:
        connection.exec_driver_sql("UPDATE cases SET due_at = 1 WHERE number = (SELECT min(number) FROM cases)")

    def named(path, what):
        return {one.get("call") or one["number"] for one in ask(path).json[what]}

    going_on, over = named("/calls?open=yes", "calls"), named("/calls?open=no", "calls")
    assert going_on.isdisjoint(over)
    assert going_on | over == named("/calls", "calls")
    assert over
    late, in_time = named("/cases?late=yes", "cases"), named("/cases?late=no", "cases")
    assert late.isdisjoint(in_time)
    assert late | in_time == named("/cases", "cases")
    assert late


def test_lists_that_were_read_are_written_down_without_a_number(casework, ask):
    store, _ = casework
    many = len(ask("/calls?number=%2B14155550123&outcome=case").json["calls"])
    cases = len(ask("/cases").json["cases"])
    last, first = (line.deed for line in store.audit.latest(2))
    assert (first.who, first.did) == ("token the tests", "listed calls")
    assert first.detail == {"asked": "number=one outcome=case", "entries": many}
    assert (last.did, last.detail) == ("listed cases", {"asked": "", "entries": cases})


def test_nobody_reads_without_a_token_that_may(casework, ask):
    store, clients = casework
    made, secret = store.tokens.make("cases alone", ["cases"], 1, "tests", time.time())
    brings = {"Authorization": f"Bearer {secret}"}
    assert ask("/cases", brings).status_code == 200
    wrong_scope = ask("/calls", brings)
    assert (wrong_scope.status_code, wrong_scope.json) == (
        403,
        {"error": "This token may read cases; this asks for calls."},
    )
    for headers in ({}, {"Authorization": "Basic eA=="}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
        answer = ask("/cases", headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        judge(answer, "/cases")
    assert clients["admin"].get("/api/v1/cases").status_code == 401, "a session is no token"
    store.tokens.revoke(made.id, "tests", time.time())
    assert ask("/cases", brings).json == {"error": "This token was revoked."}


def test_a_token_ends_by_itself(casework, ask):
    store, _ = casework
    _, secret = store.tokens.make("old", ["cases"], 1, "tests", time.time() - 86401)
    answer = ask("/cases", {"Authorization": f"Bearer {secret}"})
    assert answer.json == {"error": "This token has ended; an admin can make another."}


def test_who_guesses_is_let_wait_and_whoever_has_a_token_is_not(ask):
    for _ in range(TRIES):
        assert ask("/cases", {"Authorization": "Bearer guess"}).status_code == 401
    answer = ask("/cases", {"Authorization": "Bearer guess"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert ask("/cases").status_code == 200


def test_an_admin_makes_a_token_that_is_shown_once_and_takes_it_back(casework):
    store, clients = casework
    admin = clients["admin"]
    empty = admin.get("/integrations")
    assert "No system reads from here yet" in empty.text
    refused = admin.post("/integrations/tokens", data={"name": "Warehouse", "days": "90"})
    assert "needs something that it may read" in refused.text
    assert 'value="Warehouse"' in refused.text
    made = admin.post("/integrations/tokens", data={"name": "Warehouse", "scopes": ["calls"], "days": "90"})
    secret = made.text.partition('id="token"><b>')[2].partition("<")[0]
    assert store.tokens.find(secret, time.time()).name == "Warehouse"
    assert secret not in admin.get("/integrations").text
    [token] = store.tokens.all()
    admin.post(f"/integrations/tokens/{token.id}/revoke")
    assert not store.tokens.all()[0].good(time.time())
    assert admin.post(f"/integrations/tokens/{token.id}/revoke").status_code == 404
    assert [line.deed.did for line in store.audit.latest(2)] == ["revoked a token", "made a token"]


def test_an_admin_sets_a_webhook_up_tests_it_and_turns_it_off(casework):
    store, clients = casework
    admin = clients["admin"]
    for url, events, words in (
        ("http://crm.example/x", ["call.ended"], "https alone"),
        ("https://crm.example/x", [], "something that it is told of"),
        ("https://127.0.0.1/x", ["call.ended"], "IVR_PRIVATE_NETWORKS"),
        ("https://crm.example/x", ["call.began"], "something that it is told of"),
    ):
        refused = admin.post("/integrations/webhooks", data={"url": url, "events": events})
        assert words in refused.text
        assert f'value="{url}"' in refused.text
    made = admin.post("/integrations/webhooks", data={"url": "https://crm.example/x", "events": ["call.ended"]})
    secret = made.text.partition('id="secret"><b>')[2].partition("<")[0]
    [hook] = store.hooks.all()
    page = f"/integrations/webhooks/{hook.id}"
    assert secret.startswith("whsec_")
    assert secret not in admin.get(page).text
    admin.post(f"{page}/test")
    [test] = store.hooks.latest(hook.id, 5)
    store.hooks.settle(test.id, "failed", 1.0, 1.0, "it answered 500")
    assert "it answered 500" in admin.get(page).text
    admin.post("/integrations/webhooks", data={"url": "https://erp.example/x", "events": ["call.ended"]})
    other = next(each for each in store.hooks.all() if each.id != hook.id)
    assert admin.post(f"/integrations/webhooks/{other.id}/again/{test.id}").status_code == 404
    assert admin.post(f"/integrations/webhooks/wh_none/again/{test.id}").status_code == 404
    assert store.hooks.delivery(test.id).state == "failed"
    admin.post(f"{page}/again/{test.id}")
    assert store.hooks.delivery(test.id).state == "waiting"
    assert admin.post(f"{page}/again/{test.id}").status_code == 404
    admin.post(f"{page}/off")
    assert store.hooks.delivery(test.id).reason == "the webhook was turned off"
    assert "turned off" in admin.get(page).text
    assert admin.post(f"{page}/off").status_code == 404
    assert admin.get("/integrations/webhooks/nothing").status_code == 404
    told = [line.deed.did for line in store.audit.latest(2)]
    assert told == ["turned off a webhook", "added a webhook"]  # the other one


def test_blocked_numbers_and_files_are_read_by_who_may_and_that_is_written_down(casework, ask):
    store, _ = casework
    settings = read_settings()
    keyring = Keyring(settings.secret_keys)
    BlockList(store, keyring).add("+14155550177", "a machine", "Bea")
    answer = ask("/blocked")
    judge(answer, "/blocked")
    assert [(one["number"], one["reason"], one["until"]) for one in answer.json["blocked"]] == [
        ("+14155550177", "a machine", None)
    ]
    row = ask_for(store, keyring, wish_of(Search(), "all calls"), "json", Person("ada", "Ada"))
    assert ask(f"/exports/{row.id}/file").status_code == 404, "not ready yet"
    library = Library(settings.data, store.versions).get
    Exporter(Archive(store, keyring), library, settings.data, depot_of(settings)).once(time.time())
    told = ask("/exports")
    judge(told, "/exports")
    assert [(one["id"], one["what"], one["state"], one["done"]) for one in told.json["exports"]] == [
        (row.id, "calls", "ready", 2)
    ]
    assert ask(f"/exports/{row.id}/file").text.count("\n") == 2
    assert [(line.deed.who, line.deed.did) for line in store.audit.latest(2)] == [
        ("token the tests", "fetched an export"),
        ("Ada", "asked for an export of calls"),
    ]
    _, calls_alone = store.tokens.make("calls alone", ["calls"], 1, "tests", time.time())
    for path in ("/blocked", "/exports", f"/exports/{row.id}/file"):
        assert ask(path, {"Authorization": f"Bearer {calls_alone}"}).status_code == 403


def test_a_token_in_a_hurry_is_told_when_to_ask_again_and_others_are_answered(ask, casework, monkeypatch) -> None:
    store, clients = casework
    app = clients["admin"].application
    monkeypatch.setitem(app.extensions, "pace", Pace(3))
    _, other = store.tokens.make("another", [*SCOPES], 1, "tests", time.time())
    assert [ask("/blocked").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = ask("/calls")
    judge(answer, "/calls")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "times a minute. Wait" in answer.json["error"]
    assert ask("/blocked", {"Authorization": f"Bearer {other}"}).status_code == 200
    assert ask("/openapi.yaml", {}).status_code == 200


def test_a_pace_begins_anew_after_its_minute_and_forgets_who_is_gone() -> None:
    pace = Pace(2)
    assert [pace.over("a", at) for at in (100.0, 110.0, 130.0, 159.9)] == [0.0, 0.0, 30.0, pytest.approx(0.1)]
    assert pace.over("b", 120.0) == 0.0
    assert pace.over("a", 160.0) == 0.0
    assert pace.over("c", 400.0) == 0.0
    assert [*pace._seen] == ["c"]


def test_every_address_that_asks_for_a_token_may_answer_429() -> None:
    asked = [way["get"] for way in DESCRIBED["paths"].values() if way["get"].get("security") != []]
    assert len(asked) > 7
    assert all("429" in way["responses"] for way in asked)
