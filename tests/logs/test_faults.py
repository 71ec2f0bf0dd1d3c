"""Faults are told by a line, and a line that concerns a call names it, with the turn where one is known."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
import structlog
from rig.server import KEYS, TOKEN, Server, serving
from structlog.testing import capture_logs

from bench.form import next_path
from ivr.logs import HERE, concerning, configure_logs
from ivr.node import Node
from ivr.spool import FILE
from tests.kernel.hotline import hotline
from tests.webhooks.signing import signature

CALL = f"CA{1:032x}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("faults"), (hotline(),)) as made:
        yield made


def post(server: Server, path: str, **more: str) -> tuple[int, bytes]:
    fields = {"CallSid": CALL, "From": "+15005550101", "To": "+18005550100", "CallStatus": "in-progress"} | more
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(path, fields, TOKEN, server.url),
    }
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("POST", path, urlencode(fields), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def lines(server: Server) -> list[dict]:
    return [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "this did not come"
        time.sleep(0.05)


def test_a_strange_token_is_told_with_its_call(server: Server) -> None:
    assert post(server, "/voice/t/nonsense/step", Digits="1")[0] == 400
    told = [line for line in lines(server) if line["event"] == "token_refused"]
    assert [line["call"] for line in told] == [CALL]
    assert "5550101" not in server.log()


def test_what_is_kept_nowhere_is_told_with_call_and_turn(tmp_path: Path) -> None:
    """The spool is damaged, and the database goes."""
    with serving(tmp_path, (hotline(),)) as server:
        status, answer = post(server, "/voice")
        assert status == 200
        (tmp_path / "spool" / FILE).write_bytes(b"?" * (1 << 20))
        (tmp_path / "ivr.db").unlink()
        (tmp_path / "ivr.db").mkdir()  # nobody opens that
        for path in tmp_path.glob("ivr.db-*"):
            path.unlink()
        server.kill()
        server.start()
        path = next_path(answer)
        assert path
        assert post(server, path, Digits="2")[0] == 200, "the call goes on"
        told = {line["event"]: line for line in lines(server)}
    assert {"spool_not_there", "not_renewed", "nothing_durable", "turn_not_kept"} <= told.keys()
    for event in ("nothing_durable", "turn_not_kept"):
        assert told[event]["call"] == CALL
        assert len(told[event]["turn"]) == 32
    assert "call" not in told["not_renewed"], "that concerns none"


def test_a_worker_that_is_killed_is_told(server: Server) -> None:
    (worker,) = server.worker_pids
    os.kill(worker, signal.SIGKILL)
    until(lambda: any(line["event"] == "worker_gone" for line in lines(server)))
    (told,) = (line for line in lines(server) if line["event"] == "worker_gone")
    assert (told["group"], told["worker"], told["level"]) == ("voice", worker, "warning")


def test_a_clock_that_is_set_is_told(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    node = Node(replace(server.settings, data=tmp_path, spool=tmp_path / "spool"))
    real = time.time
    try:
        with capture_logs() as told:
            node._watch_the_clock()
            monkeypatch.setattr("ivr.node.time.time", lambda: real() + 3600)
            node._watch_the_clock()
            node._watch_the_clock()
        assert [(line["event"], round(line["seconds"])) for line in told] == [("clock_jumped", 3600)]
    finally:
        node.close()


def test_lines_name_the_call_by_themselves_and_only_while_it_is_at_hand() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    configure_logs(stream)
    try:
        log = structlog.get_logger()
        with concerning(""):  # a test before this one may have been at a call
            with concerning("CA1", b"\1\2"):
                log.info("of_this_call")
                log.info("of_another", call="CA2")
                logging.getLogger("library").warning("said something")
                with concerning("CA3"):
                    log.info("of_a_third")
                log.info("of_this_again")
            assert (HERE.call, HERE.turn) == ("", b"")
            log.info("of_none")
    finally:
        root.handlers, root.level = before, level
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line.get("call"), line.get("turn")) for line in told] == [
        ("CA1", "0102"),
        ("CA2", None),
        ("CA1", "0102"),
        ("CA3", None),
        ("CA1", "0102"),
        (None, None),
    ]


def test_no_line_of_the_server_holds_a_secret(server: Server) -> None:
    assert TOKEN not in server.log()
    assert KEYS.partition(":")[2] not in server.log()
