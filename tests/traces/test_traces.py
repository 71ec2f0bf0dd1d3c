"""One call is one trace, from the ring to the agent, over every process; nothing is loaded where nobody traces."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from otlp_receiver import Span, receiving
from rig.server import ACCOUNT, ROOT, TOKEN
from rig.worker import working

from ivr import traces
from ivr.errors import SettingError
from ivr.logs import HERE
from ivr.simulator.acts import Agent
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.rest import RestSide
from ivr.store import Store
from ivr.traces import Traces, root_of, trace_of
from tests.kernel.hotline import AGENTS, hotline


def test_a_call_is_one_trace_over_legs_workers_and_the_job_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Carrier(ACCOUNT, TOKEN)
    with receiving() as receiver, RestSide(made) as side:
        monkeypatch.setenv("TRACES_URL", receiver.url)
        with working(tmp_path, hotline(), side, "") as server:
            carrier = Carrier(ACCOUNT, TOKEN, status=f"{server.url}/voice/status", ledger=made.ledger)
            agents = {AGENTS[0]: Agent("takes", talks=30.0)}
            call = Call(carrier, Plan(url=f"{server.url}/voice", agents=agents))
            call.advance()
            call.press("1")
            call.press("4022")
            call.speak(8)
            assert call.over
            limit = time.monotonic() + 60
            wanted = {"call", "recording", "effect CreateCase", "effect KeepRecording"}
            while not wanted <= {span.name for span in receiver.spans} and time.monotonic() < limit:
                time.sleep(0.1)
            store = Store(server.settings.database_url, server.data)
            turns = {turn.id.hex() for turn in store.chain(call.sid)}
            row = store.calls.find(call.sid)
            store.close()
    spans = receiver.spans
    assert {span.trace for span in spans} == {trace_of(call.sid)}
    assert wanted | {"called", "step", "recorded", "dialed", "whisper", "key", "end"} <= {span.name for span in spans}
    assert {span.service for span in spans} == {"ivr-voice", "ivr-jobs"}
    (whole,) = (span for span in spans if span.name == "call")
    assert (whole.span, whole.parent) == (root_of(call.sid), 0)
    assert row
    assert whole.said["ivr.outcome"] == row.outcome == "talked"
    assert {span.parent for span in spans if span is not whole} == {whole.span}
    assert len({span.span for span in spans}) == len(spans)
    assert all(is_told(span, turns) for span in spans), "each turn that a span names stands in the call's records"
    (leg,) = {span.said["ivr.leg"] for span in spans if span.name in {"whisper", "key"}}
    assert leg != call.sid
    sent = b"".join(receiver.raw)
    assert not any(secret.encode() in sent for secret in (*AGENTS, "4022", "+1800555", TOKEN))


def is_told(span: Span, turns: set[str]) -> bool:
    """Whether a span names its call, and no turn that is not there."""
    return bool(span.said["ivr.call"]) and str(span.said.get("ivr.turn", "")) in turns | {""}


def test_every_node_makes_the_same_ids_of_a_call() -> None:
    ask = "from ivr.traces import *; print(trace_of('CA1'), root_of('CA1'))"
    told = {
        subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert told == {f"{trace_of('CA1')} {root_of('CA1')}\n"}
    assert trace_of("CA1") != trace_of("CA2")
    assert 0 < trace_of("CA1") < 1 << 128
    assert 0 < root_of("CA1") < 1 << 64


def test_where_nobody_traces_nothing_is_loaded_and_lines_name_the_call_all_the_same() -> None:
    ask = "import sys, webhooks.app; print([name for name in sys.modules if name.startswith('opentelemetry')])"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    off = Traces()
    off.begin("", "voice")
    assert not off.on
    off.request("step", time.time_ns(), 200)
    off.whole("CA1", 1.0, 2.0, {})
    with off.doing("effect", "CA1", b"\1"):
        assert (HERE.call, HERE.turn) == ("CA1", b"\1")
    assert HERE.call == ""


def test_a_receiver_without_the_library_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    traces.refuse_without_library("http://127.0.0.1:4318/v1/traces")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    traces.refuse_without_library("")
    with pytest.raises(SettingError, match="TRACES_URL") as refused:
        traces.refuse_without_library("http://127.0.0.1:4318/v1/traces")
    assert "pip install" in str(refused.value.hint)
