"""The carrier's REST side, checked against the vendor's own description where that is at hand."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
import wave
from io import BytesIO

import jsonschema
import pytest

from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import CallEntry
from ivr.simulator.rest import RestSide
from tests.simulator.conftest import ACCOUNT, TOKEN

BASE = f"/2010-04-01/Accounts/{ACCOUNT}"
CALL = "CA" + "1" * 32
RECORDING = "RE" + "2" * 32


@pytest.fixture
def rest():
    carrier = Carrier(ACCOUNT, TOKEN)
    carrier.ledger.note_call(CallEntry(CALL, "+14155550123", "+18005550100", "inbound", status="completed", ended=61.0))
    carrier.ledger.note_recording(RECORDING, CALL, 3)
    with RestSide(carrier) as side:
        yield carrier, side


def get(side, path, token=TOKEN):
    request = urllib.request.Request(side.url + path)
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{ACCOUNT}:{token}".encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_a_recording_can_be_fetched_and_is_a_wav_of_its_length(rest):
    _, side = rest
    status, body = get(side, f"{BASE}/Recordings/{RECORDING}")
    with wave.open(BytesIO(body)) as sound:
        assert (status, sound.getnframes() / sound.getframerate(), sound.getnchannels()) == (200, 3, 1)


def test_a_recording_may_be_late_and_may_fail_before_it_is_there(rest):
    carrier, side = rest
    carrier.ledger.recordings[RECORDING].not_yet = 1
    carrier.ledger.recordings[RECORDING].broken = 1
    assert [get(side, f"{BASE}/Recordings/{RECORDING}.wav")[0] for _ in range(3)] == [500, 404, 200]


def test_an_absent_recording_is_never_there(rest):
    carrier, side = rest
    carrier.ledger.recordings[RECORDING].absent = True
    assert get(side, f"{BASE}/Recordings/{RECORDING}")[0] == 404


@pytest.mark.parametrize(
    ("path", "code"),
    [(f"{BASE}/Calls/CA{'9' * 32}.json", 20404), (f"/2010-04-01/Accounts/AC{'9' * 32}/Calls.json", 20404)],
)
def test_what_is_unknown_is_said_with_the_carriers_code(rest, path, code):
    status, body = get(rest[1], path)
    assert (status, json.loads(body)["code"]) == (404, code)


def test_a_wrong_token_is_refused(rest):
    status, body = get(rest[1], f"{BASE}/Calls.json", token="wrong")
    assert (status, json.loads(body)["code"]) == (401, 20003)


def test_lists_are_filtered_and_paged(rest):
    carrier, side = rest
    for number in range(3):
        carrier.ledger.note_call(CallEntry(f"CA{number:032}", "+14155550199", "+18005550100", "inbound"))
    page = json.loads(get(side, f"{BASE}/Calls.json?From=%2B14155550199&PageSize=2")[1])
    assert [call["from"] for call in page["calls"]] == ["+14155550199"] * 2
    rest_of_it = json.loads(get(side, page["next_page_uri"])[1])
    assert rest_of_it["page"] == 1


def strict(schema, whole):
    """Make an OpenAPI 3.0 schema one that jsonschema reads: `nullable`, references, formats left out."""
    if isinstance(schema, list):
        return [strict(part, whole) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found = whole
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return strict(found, whole)
    made = {name: strict(value, whole) for name, value in schema.items() if name not in {"format", "nullable"}}
    if schema.get("nullable") and isinstance(schema.get("type"), str):
        made["type"] = [schema["type"], "null"]
        if "enum" in made:
            made["enum"] = [*made["enum"], None]
    return made


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/Calls.json", "/Calls.json"),
        ("/Calls/{Sid}.json", f"/Calls/{CALL}.json"),
        ("/Recordings.json", "/Recordings.json"),
        ("/Recordings/{Sid}.json", f"/Recordings/{RECORDING}.json"),
        ("/Calls/{CallSid}/Recordings.json", f"/Calls/{CALL}/Recordings.json"),
    ],
)
def test_answers_look_as_the_vendor_describes_them(shared, rest, path, asked):
    described = json.loads((shared / "openapi/twilio_api_v2010.json").read_text())
    answer = described["paths"]["/2010-04-01/Accounts/{AccountSid}" + path]["get"]["responses"]["200"]
    schema = strict(answer["content"]["application/json"]["schema"], described)
    status, body = get(rest[1], BASE + asked)
    assert status == 200
    jsonschema.validate(json.loads(body), schema)
    one = json.loads(body)
    for name in ("calls", "recordings"):
        if name in one:
            assert set(one[name][0]) <= set(schema["properties"][name]["items"]["properties"])
