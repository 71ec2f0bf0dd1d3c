"""The real voice server asks a real system: doubled, concurrent and repeated requests, and a kill in the middle."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from menu.hotlines import CONFIG, good
from rig.postgres import Postgres, postgres
from rig.server import ACCOUNT, TOKEN, serving

from bench.form import Signer, new_call, next_path, number_of
from ivr.archive.proving import Proving
from ivr.keys import Keyring
from ivr.publishing.library import Library
from ivr.store import Store
from webhooks.noted import noted

__all__ = ["postgres"]

MENU = """\
main:
  menu: Good day.
  keys: {{1: order -> order, 2: find -> find}}
  failed: over

order:
  submit: http://localhost:{port}/orders
  with: {{phone: "{{caller.number}}", authorization: "Bearer {{credential.crm}}"}}
  gives: {{number: digits up to 6}}
  words: One moment.
  timeout: 2 s
  unsure: doubtful
  refused: over
  failed: no_luck
  then: done

find:
  look_up: http://localhost:{port}/find
  gives: {{number: digits up to 6}}
  timeout: 2 s
  nothing: over
  failed: no_luck
  then: done

done:
  hang_up: Your number is {{number}}.

doubtful:
  hang_up: Nobody knows.

no_luck:
  hang_up: It failed.
"""
ENVIRON = {"IVR_PRIVATE_NETWORKS": "127.0.0.0/8,::1/128", "IVR_CREDENTIAL_CRM": "s3cret"}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    if request.param == "sqlite":
        yield ""
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as address:
        yield address


@pytest.fixture
def content(neighbour):
    return good(MENU.format(port=neighbour.port), config=CONFIG + f'hosts: ["localhost:{neighbour.port}"]\n')


@pytest.fixture
def server(tmp_path, content, url, neighbour):
    neighbour.answer = {"number": "4711"}
    with serving(tmp_path, (content,), database_url=url, workers=2, environ=ENVIRON) as running:
        yield running


class Caller:
    """One call of the carrier, on connections of its own."""

    def __init__(self, server):
        self.server, self.call = server, new_call()
        self.signer = Signer(server.url, TOKEN.encode(), ACCOUNT)

    def post(self, path, digits=None):
        """Send one request; its answer, or None where the server went away."""
        raw = self.signer.request(path, self.call, digits)
        head, _, body = raw.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=15)
        try:
            connection.request("POST", path, body, dict(lines))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def comes_to(self, key):
        """Press a key in the menu; the address at which the carrier comes back for the answer."""
        _, first = self.post("/voice")
        _, waiting = self.post(next_path(first), key)
        back = re.search(rb"<Redirect[^>]*>([^<#]+)", waiting)
        return urlsplit(back[1].decode()).path


def said(answer):
    return " ".join(re.findall(r"<Say[^>]*>([^<]*)", answer[1].decode()))


def replayed(server, call):
    store = Store(server.settings.database_url, server.data)
    try:
        library = Library(server.data, store.versions)
        return Proving(store, Keyring(server.settings.secret_keys), library.get, noted).prove(store.call(call))
    finally:
        store.close()


@pytest.mark.parametrize("key", ["1", "2"])
def test_a_caller_hears_what_the_system_answers(server, neighbour, key):
    caller = Caller(server)
    answer = caller.post(caller.comes_to(key))
    assert (answer[0], said(answer)) == (200, "Your number is 4 7 1 1.")
    assert replayed(server, caller.call) == 3
    assert "s3cret" not in server.log()
    assert number_of(caller.call)[1:] not in server.log()


def test_a_doubled_submit_is_sent_once_and_answered_with_the_same_bytes(server, neighbour):
    caller = Caller(server)
    back = caller.comes_to("1")
    answers = {caller.post(back) for _ in range(3)}
    assert len(answers) == 1
    assert len(neighbour.asked) == 1
    assert neighbour.asked[0].headers["authorization"] == "Bearer s3cret"
    assert neighbour.asked[0].headers["Idempotency-Key"].startswith(caller.call)


def test_copies_that_come_together_on_two_workers_send_once(server, neighbour):
    neighbour.open.clear()
    caller = Caller(server)
    back = caller.comes_to("1")
    with ThreadPoolExecutor(6) as pool:
        copies = [pool.submit(caller.post, back) for _ in range(6)]
        until = time.monotonic() + 10
        while not neighbour.asked and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.3)
        neighbour.open.set()
        answers = {copy.result() for copy in copies}
    assert len(neighbour.asked) == 1
    assert {said(answer) for answer in answers} == {"Your number is 4 7 1 1."}
    assert len(answers) == 1
    assert replayed(server, caller.call) == 3


def test_a_worker_that_is_killed_while_it_waits_never_sends_again(server, neighbour):
    neighbour.open.clear()
    caller = Caller(server)
    back = caller.comes_to("1")
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(caller.post, back)
        until = time.monotonic() + 10
        while not neighbour.asked and time.monotonic() < until:
            time.sleep(0.01)
        workers = server.worker_pids
        server.kill()  # the intent is written, the request is out, no record stands yet
        assert lost.result() is None
    neighbour.open.set()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < until:
        time.sleep(0.02)
    server.start()
    answers = {caller.post(back) for _ in range(2)}
    assert [said(answer) for answer in answers] == ["Nobody knows."]
    assert len(neighbour.asked) == 1
    assert replayed(server, caller.call) == 3


def test_slow_look_ups_do_not_keep_other_callers_waiting(server, neighbour):
    neighbour.open.clear()
    waiting = [Caller(server) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        out = [pool.submit(caller.post, caller.comes_to("2")) for caller in waiting]
        until = time.monotonic() + 10
        while len(neighbour.asked) < 4 and time.monotonic() < until:
            time.sleep(0.01)
        assert Caller(server).post("/voice")[0] == 200
        assert not any(each.done() for each in out)  # they were still waiting then
        neighbour.open.set()
        assert {call.result()[0] for call in out} == {200}


def test_a_server_names_the_secret_that_its_menus_send_and_it_does_not_hold(tmp_path, content, neighbour):
    with serving(tmp_path, (content,), environ={"IVR_PRIVATE_NETWORKS": "127.0.0.0/8,::1/128"}) as server:
        caller = Caller(server)
        assert said(caller.post(caller.comes_to("1"))) == "It failed."
        log = server.log()
    assert neighbour.asked == []
    assert "credential_missing" in log
    assert "IVR_CREDENTIAL_CRM" in log
