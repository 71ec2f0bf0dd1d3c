"""The static fallback: read as strictly as the carrier's manual, served by a plain host of files, and played."""

from __future__ import annotations

import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest
from publishing.conftest import CONFIG, files_of

from ivr.menu.compile import compile_hotline
from ivr.publishing.fallback import MESSAGE, START, THANKS, WHISPER, fallback
from ivr.publishing.publish import Author, publish
from ivr.simulator import twiml
from ivr.simulator.acts import Agent
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier

AGENTS = ("+15005550108", "+15005550109")


def content(**changes):
    files = files_of()
    text = files["config.yaml"].decode() + changes.pop("more", "")
    for old, new in changes.items():
        text = text.replace(getattr(CONFIG, old, old), new)
    made = compile_hotline(files | {"config.yaml": text.encode()})
    assert made.content is not None, made.problems
    return made.content


@pytest.fixture
def host(tmp_path, store):
    """A host of files, as dumb as they come, of what a publish wrote."""
    files = files_of()
    files["config.yaml"] += f"always_on: {list(AGENTS)}\n".replace("'", '"').encode()
    publish(files, Author("Priya", ""), store, tmp_path)
    asked = []

    class Files(SimpleHTTPRequestHandler):
        extensions_map: ClassVar = {".xml": "text/xml"}

        def do_POST(self):  # the number's first two addresses; a real number is told to GET its fallback
            self.do_GET()

        def log_message(self, form, *values):
            asked.append(str(values[0]).split("?")[0])

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=tmp_path / "fallback"))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{START}", asked
    server.shutdown()
    server.server_close()


def ring(url, **agents):
    carrier = Carrier("AC" + "0" * 32, "secret", fallback=url)
    call = Call(carrier, Plan(url.replace(START, "nothing.xml"), **agents))
    call.advance()
    return call


def test_the_four_files_hold_to_the_manual():
    for more in ("", 'always_on: ["+15005550109"]\n'):
        documents = fallback(content(more=more))
        assert sorted(documents) == sorted([START, WHISPER, MESSAGE, THANKS])
        for name, text in documents.items():
            assert twiml.read(text, "text/xml", "whisper" if name in {WHISPER, THANKS} else "main")
            assert twiml.read(text, "text/xml")


def test_what_a_company_is_called_breaks_no_document():
    made = content(**{"company: Aurora Energy": 'company: "A & B <Energy>"'})
    assert twiml.read(fallback(made)[START], "text/xml")[0].text.startswith("A & B <Energy>.")


def test_who_presses_a_key_has_the_caller(host):
    url, asked = host
    call = ring(url, agents={AGENTS[0]: Agent("busy"), AGENTS[1]: Agent("takes", talks=30.0, keys="5")})
    assert "connecting you" in " ".join(call.heard_by())
    assert any("Press any key" in text for text in call.heard_by(AGENTS[1]))
    assert call.awaiting.kind == "voice"  # the agent hung up: whoever has more to say may leave it
    call.hang_up()
    rest = [f"GET /{name}" for name in (WHISPER, THANKS, MESSAGE)]
    assert [line for line in asked if line.startswith("GET")] == rest


def test_where_nobody_answers_a_message_is_taken(host):
    url, _ = host
    call = ring(url, everyone=Agent("no_answer"))
    assert call.awaiting.kind == "voice"
    call.speak(8)
    assert call.over
    assert call.heard_by()[-1] == "Thank you."
    assert "Your message will be recorded." in call.heard_by()[-2], "told before the tone"
    assert [fault.code for fault in call.faults] == [11200]  # the first address, which is what the fallback is for


def test_a_voicemail_is_never_joined(host):
    url, _ = host
    call = ring(url, everyone=Agent("voicemail"))
    assert call.awaiting.kind == "voice"
    call.hang_up()
