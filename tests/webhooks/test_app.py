"""The whole voice port in one process: real store, real switchboard, signed forms."""

import importlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from sqlalchemy import event
from twilio.request_validator import RequestValidator

from ivr.archive.written import written_down
from ivr.keys import Keyring
from ivr.node import Node
from tests.kernel.hotline import hotline
from tests.rig.server import ACCOUNT, KEYS, TOKEN, publish_all
from tests.webhooks.signing import PUBLIC_URL, post
from webhooks import gunicorn
from webhooks.app import create_app
from webhooks.door import OPEN

CALL = "CA" + "1" * 32
FROM = "+15005550001"
TO = "+18005550100"


def fields(**more):
    own = {"AccountSid": ACCOUNT, "CallSid": CALL, "From": FROM, "To": TO, "CallStatus": "in-progress", "FromCity": ""}
    return own | more


def called(client, **more):
    return document(post(client, "/voice", fields(CallStatus="ringing", **more)))


def document(answer):
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/xml; charset=utf-8"
    return ET.fromstring(answer.data)


def said(root):
    return " ".join(say.text for say in root.iter("Say"))


def way(root, tag="Gather", name="action"):
    """The path where a document leads: what the carrier posts to next."""
    element = next(root.iter(tag))
    url = element.get(name) if name else element.text
    assert url.endswith("#rc=2&rp=all&ct=1500&rt=4000&tt=14000")
    return url.removeprefix(PUBLIC_URL).partition("#")[0]


def test_a_caller_hears_the_menu_and_presses_a_key(client):
    menu = called(client)
    assert "Welcome." in said(menu)
    assert [child.tag for child in menu] == ["Gather"]
    account = document(post(client, way(menu), fields(Digits="1")))
    assert "account" in said(account)


def test_the_same_request_again_gets_the_same_bytes_and_adds_no_turn(client, node):
    first = post(client, "/voice", fields(CallStatus="ringing"))
    path = way(ET.fromstring(first.data))
    answers = [post(client, path, fields(Digits="1")) for _ in range(3)]
    assert len({answer.data for answer in answers}) == 1
    assert post(client, "/voice", fields(CallStatus="ringing")).data == first.data
    assert len(node.store.chain(CALL)) == 2


def test_every_address_in_every_document_is_absolute_and_has_the_retry_settings(client):
    for url in re.findall(r'(?:action|url|statusCallback|recordingStatusCallback)="([^"]*)"', walk(client)):
        assert url.startswith(PUBLIC_URL)
        assert url.endswith("#rc=2&amp;rp=all&amp;ct=1500&amp;rt=4000&amp;tt=14000")


def walk(client):
    """Walk to a representative and through a complaint; give all documents."""
    menu = called(client)
    answers = [post(client, way(menu), fields(Digits=key)).text for key in ("0", "1")]
    return "".join([ET.tostring(menu, encoding="unicode"), *answers])


def test_every_route_refuses_what_is_not_signed_unless_it_is_named_open(app, client):
    rules = list(app.url_map.iter_rules())
    assert {rule.endpoint for rule in rules if "GET" in rule.methods} == OPEN
    guarded = [rule for rule in rules if rule.endpoint not in OPEN]
    assert len(guarded) == 34
    for rule in guarded:
        assert rule.methods == {"POST"}
        path = rule.rule.replace("<token>", "k1.abc").replace("<leg>", "1k1-abc").replace("<int:number>", "1")
        assert client.post(path, data=fields()).status_code == 403
        assert post(client, path, fields(), X_Twilio_Signature="x").status_code == 403


def test_a_ring_goes_through_whisper_and_key_until_the_two_are_joined(client):
    menu = called(client)
    answer = document(post(client, way(menu), fields(Digits="0")))
    while not answer.findall("Dial"):
        answer = document(post(client, way(answer, "Redirect", ""), fields()))
    number = next(answer.iter("Number"))
    assert number.get("statusCallback").startswith(f"{PUBLIC_URL}/voice/status#")
    leg = fields(CallSid="CA" + "2" * 32, ParentCallSid=CALL, To=number.text, Direction="outbound-dial")
    whisper = document(post(client, way(answer, "Number", "url"), leg))
    assert [child.tag for child in whisper] == ["Gather", "Hangup"]
    taken = post(client, way(whisper), leg | {"Digits": "1"})
    assert [child.tag for child in document(taken)] == ["Say"]
    assert [child.tag for child in document(post(client, way(whisper), leg | {"Digits": ""}))] in (["Hangup"], ["Say"])
    over = fields(DialCallStatus="completed", DialBridged="true", DialCallDuration="60")
    assert len(document(post(client, way(answer, "Dial"), over)))


def test_a_declined_whisper_hangs_up_on_the_agent_alone(client):
    menu = called(client)
    answer = document(post(client, way(menu), fields(Digits="0")))
    while not answer.findall("Dial"):
        answer = document(post(client, way(answer, "Redirect", ""), fields()))
    leg = fields(CallSid="CA" + "3" * 32, ParentCallSid=CALL)
    whisper = document(post(client, way(answer, "Number", "url"), leg))
    assert [child.tag for child in document(post(client, way(whisper), leg | {"Digits": "5"}))] == ["Hangup"]


@pytest.mark.parametrize("how", [{"Digits": "hangup"}, {"CallStatus": "completed"}])
def test_a_caller_who_is_gone_moves_nothing_and_leaves_a_note(client, node, how):
    path = way(called(client))
    answer = document(post(client, path, fields(**how)))
    assert [child.tag for child in answer] == ["Hangup"]
    assert len(node.store.chain(CALL)) == 1
    assert [note.kind for note in node.store.notes(CALL)] == ["left"]


def test_status_and_recording_are_notes_written_once_without_numbers_of_people(client, node):
    called(client)
    status = fields(CallStatus="completed", SequenceNumber="3", CallDuration="49", CallerName="Ann Example")
    recording = fields(RecordingSid="RE1", RecordingStatus="completed", RecordingUrl="https://api.example.com/RE1")
    for path, form in (("/voice/status", status), ("/voice/recording", recording)) * 2:
        answer = post(client, path, form)
        assert (answer.status_code, answer.data) == (204, b"")
    notes = node.store.notes(CALL)
    assert sorted(note.kind for note in notes) == ["recording", "status"]
    assert not any(FROM in note.body or "Ann" in note.body for note in notes)


def test_the_words_of_a_recording_are_kept_once_and_sealed(client, node, settings):
    called(client)
    told = fields(RecordingSid="RE1", TranscriptionStatus="completed", TranscriptionText="The bill is wrong.")
    failed = fields(RecordingSid="RE2", TranscriptionStatus="failed", TranscriptionText="")
    unknown = fields(CallSid="CA" + "9" * 32, RecordingSid="RE3", TranscriptionStatus="completed")
    for form in (told, told | {"TranscriptionText": "Something else."}, failed, unknown):
        assert post(client, "/voice/transcription", form).status_code == 204
    kept = node.store.transcripts.of_call(CALL)
    assert [(one.sid, one.state) for one in kept] == [("RE1", "completed"), ("RE2", "failed")]
    assert b"bill" not in kept[0].private
    assert written_down(node.store, Keyring(settings.secret_keys), CALL) == {"RE1": "The bill is wrong."}


@pytest.mark.parametrize("path", ["/voice", "/voice/status", "/voice/recording", "/voice/fallback", "/voice/t/k1/step"])
@pytest.mark.parametrize("sid", ["", " ", "CA\x00", "C" * 65, "CÅ"])
def test_a_request_without_a_usable_call_sid_is_400(client, path, sid):
    assert post(client, path, fields(CallSid=sid)).status_code == 400


@pytest.mark.parametrize("token", ["k1", "k1.abc", "x" * 900, "A" * 44, "é", "-", ".."])
@pytest.mark.parametrize("what", ["step", "next", "recorded", "dialed", "whisper", "key"])
def test_a_token_that_is_not_ours_is_400_on_every_route(client, token, what):
    leg = fields(ParentCallSid=CALL, Digits="1")
    assert post(client, f"/voice/t/{token}/{what}", leg).status_code in {400, 403, 404}


def test_a_token_of_another_call_is_refused(client):
    path = way(called(client))
    assert post(client, path, fields(CallSid="CA" + "9" * 32, Digits="1")).status_code == 400


def test_a_failed_call_goes_on_from_where_it_was_heard_last(client):
    menu = called(client)
    account = document(post(client, way(menu), fields(Digits="1")))
    again = document(post(client, "/voice/fallback", fields(ErrorCode="11200", ErrorUrl=PUBLIC_URL + way(menu))))
    assert said(again)
    assert again[-1].tag in {tag.tag for tag in account} | {"Gather", "Redirect", "Hangup"}


def test_a_fault_that_is_told_twice_is_noted_once(client, node):
    menu = called(client)
    for code in ("11200", "11200", "12100"):
        post(client, "/voice/fallback", fields(ErrorCode=code, ErrorUrl=PUBLIC_URL + way(menu)))
        time.sleep(0.002)
    assert [note.kind for note in node.store.notes(CALL)] == ["fault", "fault"]


def test_a_call_that_failed_at_once_begins_in_the_fallback(client):
    assert "Welcome." in said(document(post(client, "/voice/fallback", fields(ErrorCode="11200"))))


def test_a_request_signed_with_a_shared_key_of_the_carrier_is_heard(settings, node):
    app = create_app(replace(settings, shared_keys=(("k1", "a shared secret"),)), node)
    signature = RequestValidator("a shared secret").compute_signature(f"{PUBLIC_URL}/voice", fields(), "HMAC_SHA256")
    mode = {"X_Twilio_Signature": signature, "X_Twilio_Webhooks_Signature_Settings": "key=k1,algorithm=HMAC_SHA256"}
    client = app.test_client(use_cookies=False)
    assert "Welcome." in said(document(post(client, "/voice", fields(), **mode)))
    assert post(client, "/voice", fields(), X_Twilio_Signature=signature).status_code == 403


def test_health_says_that_a_menu_is_loaded_and_the_store_answers(client):
    answer = client.get("/health")
    assert answer.status_code == 200
    spool = {"records": 0, "bytes": 0, "size": 1 << 20}
    assert answer.json == {"status": "well", "menu": "loaded", "store": "answers", "spool": spool}


def test_health_is_503_and_a_call_is_asked_again_before_anything_is_published(settings):
    publish_all(settings, [])
    node = Node(settings)
    node.start()
    try:
        client = create_app(settings, node).test_client(use_cookies=False)
        assert client.get("/health").status_code == 503
        assert post(client, "/voice", fields()).status_code == 503
    finally:
        node.close()


def test_with_the_database_away_calls_go_on_and_health_says_degraded(settings, node):
    client = create_app(settings, node).test_client(use_cookies=False)
    path = way(called(client))
    away = Node(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        client = create_app(settings, away).test_client(use_cookies=False)
        answer = post(client, path, fields(Digits="1"))
        assert (answer.status_code, post(client, path, fields(Digits="1")).data) == (200, answer.data)
        told = client.get("/health")
        assert (told.status_code, told.json["status"], told.json["store"]) == (200, "degraded", "does not answer")
        assert told.json["spool"]["records"] == 1
        sorry = document(post(client, "/voice/fallback", fields(ErrorCode="11200")))
        assert "call again" in said(sorry)
        assert sorry[-1].tag == "Hangup"
    finally:
        away.close()


def test_health_asks_the_database_nothing(settings, node):
    quiet = Node(settings)  # whose renewal has not begun: else it asks, twice a second
    try:
        client = create_app(settings, quiet).test_client()
        asked: list[str] = []
        event.listen(quiet.store.database.engine, "before_cursor_execute", lambda *all: asked.append(all[2]))
        began = time.monotonic()
        while (told := client.get("/health").json)["store"] == "answers":
            assert time.monotonic() - began < 10, "nobody has looked for ten seconds"
            time.sleep(0.1)
        assert (told["status"], told["store"], asked) == ("degraded", "does not answer", [])
    finally:
        quiet.close()
    assert create_app(settings, node).test_client().get("/health").json["status"] == "well"


def test_health_names_a_version_that_this_node_lacks(settings, node):
    (settings.data / "versions" / f"{hotline().hash}.json").unlink()
    bare = Node(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        answer = create_app(settings, bare).test_client().get("/health")
        assert answer.status_code == 503
        assert answer.json["menu"] != "loaded"
    finally:
        bare.close()


def test_a_document_too_large_for_the_carrier_ends_in_spoken_words(settings):
    crowd = tuple(f"sip:agent{number}@pbx.example.com" for number in range(600))
    content = hotline()
    team = replace(content.tree.teams["care"], ring=crowd, order="together")
    publish_all(settings, [replace(content, tree=replace(content.tree, teams={"care": team}))])
    app = create_app(settings)
    try:
        client = app.test_client(use_cookies=False)
        answer = document(post(client, way(called(client)), fields(Digits="0")))
        while answer.findall("Redirect"):
            answer = document(post(client, way(answer, "Redirect", ""), fields()))
        assert "call again" in said(answer)
        assert answer[-1].tag == "Hangup"
    finally:
        app.extensions["node"].close()


@pytest.mark.parametrize("path", ["/voice", "/voice/fallback", "/voice/t/k1/whisper", "/voice/t/k1/key"])
def test_a_leg_that_is_over_is_answered_with_nothing_to_do(client, node, path):
    answer = document(post(client, path, fields(CallStatus="completed", ParentCallSid=CALL)))
    assert [child.tag for child in answer] == ["Hangup"]
    assert node.store.chain(CALL) == []


def test_the_workers_import_neither_the_carriers_client_nor_what_only_menus_need(root):
    code = "import sys, webhooks.app; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    heavy = {"twilio", "dbos", "pydantic", "yaml", "alembic", "babel", "ivr.menu.compile", "playwright"}
    assert heavy & set(done.stdout.split()) == set()


def test_gunicorn_starts_what_the_environment_says(settings, node, monkeypatch):
    monkeypatch.setenv("IVR_DATA", str(settings.data))
    monkeypatch.setenv("PUBLIC_URL", PUBLIC_URL)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    monkeypatch.setenv("IVR_SECRET_KEYS", KEYS)
    module, _, name = gunicorn.wsgi_app.partition(":")
    app = getattr(importlib.import_module(module), name)
    try:
        assert app.test_client().get("/health").status_code == 200
    finally:
        app.extensions["node"].close()
        sys.modules.pop(module)


NASTY = ("<Dial>+1900</Dial>", "&evil;", "\x00\x1b", "]]>", '"><Hangup/>', "\ud7ff\ufffe")


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("name", ["From", "To", "CallerName", "FromCity", "SpeechResult", "ForwardedFrom", "Caller"])
def test_no_field_of_a_caller_becomes_markup(client, name, nasty):
    answer = post(client, "/voice", fields() | {name: nasty})
    assert nasty.encode() not in answer.data
    assert {element.tag for element in document(answer).iter()} <= {"Response", "Gather", "Say", "Play", "Hangup"}


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("what", ["step", "recorded", "dialed", "next"])
def test_nothing_keyed_or_recorded_becomes_markup(client, what, nasty):
    path = way(called(client)).replace("/step", f"/{what}")
    names = ("Digits", "RecordingSid", "RecordingUrl", "RecordingDuration", "DialCallStatus", "DialBridged")
    answer = post(client, path, fields(**dict.fromkeys(names, nasty)))
    assert nasty.encode() not in answer.data
    document(answer)
