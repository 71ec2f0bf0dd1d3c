"""What callers and strangers write, every field by every payload: wherever it comes out it is text and no more."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import time
import xml.etree.ElementTree as ET
from base64 import b64encode
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from arro3.io import read_parquet
from click.testing import CliRunner
from kernel.boards import SECRET
from kernel.hotline import hotline
from kernel.two_calls import CALL

from ivr.blocking import BlockList
from ivr.callers import Callers, Kept
from ivr.commands.cases import command as cases_command
from ivr.commands.story import command as story_command
from ivr.depot import MESSAGES
from ivr.depot.folders import Folders
from ivr.engine.verbs import Hang, Listen, Speak
from ivr.exporting.columns import Column
from ivr.exporting.formats import FORMATS
from ivr.facts.numbers import NumberBlocks
from ivr.hooks import body_of
from ivr.keys import Keyring
from ivr.logs import formatter
from ivr.mail.composing import File, Letter, composed
from ivr.mail.reading import read
from ivr.messages import EMAIL, SMS, Conversation, Draft
from ivr.messages.incoming import Incoming, Mailroom, numbers_of
from ivr.store.access import SCOPES
from ivr.store.hooks import CALL_ENDED, CASE_OPENED, Delivery
from ivr.store.messages import OUT
from ivr.switchboard.transcribing import Transcribing, WrittenDown
from webhooks.form import Form
from webhooks.inbound import called, keyed
from webhooks.twiml import MAIN, Addresses, answered, document

PAYLOADS = {
    "xml": "</Say><Dial>+19005550100</Dial><zqtag/><!--",
    "ssml": '<break time="10s"/><audio src="https://zq.example/x.mp3"/><zqtag/>',
    "html": '"><zqtag onzq=1><img src=zq onerror=zq()><script>zq()</script>',
    "attribute": "' onmouseover='zq()' x='",
    "address": "javascript:zq()",
    "formula": '=HYPERLINK("https://zq.example";"x")',
    "formula after spaces": "  @SUM(1+9)*cmd|' /C calc'!A0",
    "header": "x\r\nBcc: zq@zq.example\r\nX-Zq: 1\r\n\r\n<zqtag>",
    "colours": "\x1b[2J\x1b]0;zq\x07\x1b[31mred\x9b31m",
    "log line": 'x\n{"event": "zq", "level": "error"}',
    "bidi": "\u202egpj.exe\u2066zq\u2069 \u200b\u200d\ufeff",
    "control": "a\x00b\x08c\x7fd\x85e\u2028f\ufffe",
    "lone surrogate": "a\ud800b",
    "json": '"}, {"zq": true, "x": "',
    "sql": "'; DROP TABLE calls; --",
    "template": "{about}{{ config }}{% for x in y %}${7*7}",
    "long": "zq " * 3000,
}
FIELDS = ("name", "note", "sms", "subject", "letter", "file", "sender", "transcript", "reason")


def mark(field: str, payload: str) -> str:
    """What tells one field's payload from all others, and stands before it."""
    return f"mark{FIELDS.index(field)}x{list(PAYLOADS).index(payload)}y"


class Page(HTMLParser):
    """A page as a browser takes it: what would run in it, and what is text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        if tag.startswith("zq") or tag in {"iframe", "object", "embed"} or (tag == "script" and "src" not in held):
            self.runs.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.runs.append(f"{tag} {name}={value}")
            self.said += f" {value}"

    def handle_data(self, data):
        self.said += data


def letter_of(field: str, payload: str) -> bytes:
    """A letter whose heads and body hold it, coded as mail programs code what is not plain."""
    text = (mark(field, payload) + PAYLOADS[payload]).encode("utf-8", "replace")
    coded = f"=?utf-8?b?{b64encode(text[:600]).decode()}?="
    heads = {"From": "a@theirs.example", "Subject": "A bill", "Message-ID": f"<{mark(field, payload)}@x>"}
    heads |= {"subject": {"Subject": coded}, "sender": {"From": f"{coded} <a@theirs.example>"}}.get(field, {})
    name = coded if field == "file" else "bill.txt"
    body = text if field == "letter" else b"Hello"
    lines = [f"{name}: {value}" for name, value in heads.items()]
    lines += ["MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"', "", "--b"]
    lines += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", ""]
    lines += [b64encode(body).decode(), "--b", "Content-Type: text/plain"]
    lines += [f'Content-Disposition: attachment; filename="{name}"', "", "x", "--b--", ""]
    return "\r\n".join(lines).encode()


@pytest.fixture
def full(casework, tmp_path):
    """The hotline of two calls, with every payload in every field that somebody outside can write."""
    store, clients = casework
    keyring = Keyring([SECRET])
    numbers = NumberBlocks(tmp_path / "numbers", store.lease)
    files = Folders({MESSAGES: tmp_path / MESSAGES})
    room = Mailroom(store, keyring, hotline, numbers_of(numbers.take, numbers.fill), files)
    words = Transcribing(store.call, store.transcripts.keep, keyring)
    talk, blocks, (case,) = Conversation(store, keyring), BlockList(store, keyring), store.cases.of_call(CALL)
    for place, (payload, text) in enumerate(PAYLOADS.items()):
        number = f"+1415555{place:04d}"
        shown = text.encode("utf-8", "replace").decode()[:80]
        Callers(store, keyring).keep(number, Kept(name=mark("name", payload)[:8] + shown[:16]))
        said = mark("note", payload) + text
        draft = Draft(case=case.number, channel="note", body=said, author="Priya", once=payload)
        talk.write(draft, time.time())
        come = Incoming(channel=SMS, once=f"SM{place}", address=number, ours="+1", body=mark("sms", payload) + text)
        room.receive(come)
        for field in ("subject", "letter", "file", "sender"):
            got = read(letter_of(field, payload), "a@theirs.example")
            heard = Incoming(
                channel=EMAIL,
                once=mark(field, payload),
                address=got.address,
                ours="o@ours.example",
                body=got.body,
                subject=got.subject,
                files=tuple(got.files),
            )
            room.receive(heard)
        told = mark("transcript", payload) + text
        words.hear(
            WrittenDown(CALL, "RE1" if payload == "colours" else f"RE{place + 2}", "completed", told, time.time())
        )
        blocks.add(number, mark("reason", payload) + " ".join(shown.split()), "Priya")
    return store, clients, case.number


def test_in_pages_it_is_text(full) -> None:
    store, clients, _ = full
    admin, heard = clients["admin"], ""
    paths = ["/calls", f"/calls/{CALL}", "/cases", "/settings/blocked", "/insight/costs", "/desk", "/audit", "/exports"]
    paths += [f"/cases/{one.number}" for one in store.cases.latest(500)]
    for path in paths:
        answer = admin.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        page = Page(answer.text)
        assert page.runs == [], path
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", answer.text), path
        heard += page.said
    for field in ("note", "sms", "subject", "letter", "reason"):  # what is left of a file's name may not say which
        for payload in PAYLOADS:
            assert mark(field, payload) in heard, (field, payload)  # it was there, and harmless


def test_in_the_api_it_is_a_text_of_json_that_no_browser_takes_for_a_page(full) -> None:
    store, clients, _ = full
    _, secret = store.tokens.make("the tests", [*SCOPES], 1, "tests", time.time())
    ask, heard = clients["admin"].application.test_client(), ""
    numbers = [f"/cases/{one.number}" for one in store.cases.latest(500)]
    for path in ("/calls", f"/calls/{CALL}", "/cases", "/blocked", "/insight", "/exports", *numbers):
        answer = ask.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}"})
        assert (answer.status_code, answer.mimetype) == (200, "application/json"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", answer.data)
        assert "zq" not in names_in(answer.json), path
        heard += " ".join(texts_in(answer.json))
    for field in ("transcript", "reason"):
        for payload in list(PAYLOADS)[2:]:
            assert mark(field, payload) in heard, (field, payload)


def names_in(told):
    """Every name of an object in it."""
    if isinstance(told, dict):
        return {*told, *(name for value in told.values() for name in names_in(value))}
    return {name for value in told for name in names_in(value)} if isinstance(told, list) else set()


def texts_in(told):
    """Every text in it."""
    if isinstance(told, dict | list):
        return [text for value in (told.values() if isinstance(told, dict) else told) for text in texts_in(value)]
    return [told] if isinstance(told, str) else []


def test_in_what_we_send_by_ourselves_it_does_not_stand(full) -> None:
    """Webhooks tell names and times; a reply quotes no more than a subject, in its head."""
    store, _, _ = full
    cases = [one.number for one in store.cases.latest(500)]
    told = [Delivery(id="1", hook="h", event=CASE_OPENED, subject=number, at=1.0) for number in cases]
    told += [Delivery(id="2", hook="h", event=CALL_ENDED, subject=CALL, at=1.0)]
    bodies = [body_of(delivery, store).decode() for delivery in told]
    assert {json.loads(body)["type"] for body in bodies} == {CASE_OPENED, CALL_ENDED}
    pieces = [piece for piece in Conversation(store, Keyring([SECRET])).of_case(*cases) if piece.said]
    replies = [piece.said for piece in pieces if piece.message.direction == OUT]
    assert {piece.message.channel for piece in pieces if piece.message.direction == OUT} == {SMS, EMAIL}
    for text in [*bodies, *(said.body for said in replies)]:
        assert "zq" not in text
        assert "mark" not in text


def test_in_files_it_is_one_cell(tmp_path) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in PAYLOADS.values()]
    columns = [Column("call", str, ""), Column("text", str, ""), Column("end", str, "")]
    rows = [[["c", text, "e"] for text in texts]]
    made = {form: io.BytesIO() for form in FORMATS}
    for form, (write, _, _) in FORMATS.items():
        write(columns, rows, made[form])
    cells = list(csv.reader(io.StringIO(made["csv"].getvalue().decode("utf-8-sig"), newline="")))
    assert {len(row) for row in cells} == {3}
    assert len(cells) == len(texts) + 1
    assert not any(re.match(r" *[=+\-@\t\r|%]", cell) for row in cells for cell in row)
    lines = made["json"].getvalue().decode().split("\n")
    assert [json.loads(line) for line in lines[:-1]] == [{"call": "c", "text": text, "end": "e"} for text in texts]
    table = read_parquet(io.BytesIO(made["parquet"].getvalue())).read_all()
    assert table.column("text").to_pylist() == texts


@pytest.mark.parametrize("payload", PAYLOADS)
def test_in_documents_for_the_carrier_it_is_spoken(payload: str) -> None:
    text = PAYLOADS[payload]
    spoken = Speak(text, "en-US", "Polly.Joanna-Neural")
    for written in (
        document((Listen((spoken,), 1, "", 5.0),), MAIN, Addresses("https://h", "t")),
        document((spoken, Hang()), MAIN, Addresses("https://h", "t")),
        answered(text),
    ):
        names = {one.tag for one in ET.fromstring(written).iter()}
        assert names <= {"Response", "Gather", "Say", "Hangup", "Message", "Body", "Redirect"}, names


@pytest.mark.parametrize("payload", PAYLOADS)
def test_in_letters_it_begins_no_head_and_no_part(payload: str) -> None:
    text = PAYLOADS[payload].encode("utf-8", "replace").decode()
    file = File(text, "text/plain", b"x")
    letter = Letter(
        to="a@theirs.example", own="o@ours.example", name=text, subject=text, body=text, id="<1@x>", files=(file,)
    )
    made = message_from_bytes(composed(letter), policy=policy.default)
    assert not {"bcc", "x-zq"} & {name.lower() for name in made.keys()}  # noqa: SIM118 - heads may stand twice
    assert len(made.get_all("To")) == len(made.get_all("Subject")) == 1
    assert [part.get_content_type() for part in made.walk()][1:] == ["text/plain", "text/plain"]
    assert "\n" not in made["Subject"]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("at_terminal", [False, True])
def test_in_the_log_it_is_one_line(payload: str, at_terminal: bool) -> None:
    stages = formatter([], at_terminal=at_terminal)
    record = logging.LogRecord("x", logging.INFO, "", 0, {"event": "said", "text": PAYLOADS[payload]}, (), None)
    record._name, record._logger = "x", None
    line = stages.format(record)
    assert "\n" not in line
    assert "\r" not in line
    assert "\x1b[2J" not in line
    if not at_terminal:
        assert json.loads(line)["event"] == "said"


def test_at_a_terminal_it_moves_and_colours_nothing(full) -> None:
    _, _, case = full
    for command, words, here in (
        (story_command, [CALL], mark("transcript", "colours")),
        (cases_command, ["show", case], mark("note", "colours")),
    ):
        shown = CliRunner().invoke(command, words, catch_exceptions=False, color=True).output
        assert here in shown
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_as_keys_words_or_a_number_it_is_silence_or_words_of_a_bound_length(payload: str) -> None:
    text = PAYLOADS[payload]
    form = Form({"Digits": text, "SpeechResult": "", "From": f"sip:{text}@x.example", "To": "+1"})
    assert type(keyed(form, 1.0)).__name__ == "Silent"
    said = keyed(Form({"SpeechResult": text, "Confidence": "0.9"}), 1.0)
    assert len(getattr(said, "text", "")) <= 500
    number = called(form, 1.0).number
    assert number is None or re.fullmatch(r"sip:[^\s<>\"&\x00-\x1f]+", number)


def test_the_whole_table_was_filled() -> None:
    assert len(FIELDS) * len(PAYLOADS) == 153
