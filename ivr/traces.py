"""Traces by OpenTelemetry: one for each call, from the ring to the agent. Off unless TRACES_URL is set.

A call's trace id, and the id of the span that all others hang on, are made of its CallSid: so voice workers, the job
process and every other node join one trace and tell each other nothing. The span of the whole call is written by the
job process when the call has ended. Spans name calls, legs, turns and routes; nothing of what callers say or key.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from ivr.errors import SettingError
from ivr.logs import HERE, concerning

if TYPE_CHECKING:  # heavy, and absent where nobody traces
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.sdk.trace.id_generator import IdGenerator
    from opentelemetry.trace import Tracer

OFTEN = 1000  # milliseconds between two parcels of spans
NS = 10**9

Said = Mapping[str, str | int]


class _Wanted(threading.local):
    """The ids that the next span without a parent takes."""

    trace = 0
    span = 0


class Traces:
    """What one process traces; nothing until `begin`."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._tracer: Tracer | None = None
        self._wanted = _Wanted()

    @property
    def on(self) -> bool:
        """Whether this process traces."""
        return self._tracer is not None

    def begin(self, url: str, group: str, exporter: SpanExporter | None = None) -> None:
        """Send spans to this OTLP address from now on; "" is nowhere. Call it after any fork."""
        if not url:
            return
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider = TracerProvider(
            resource=Resource.create({"service.namespace": "ivr", "service.name": f"ivr-{group}"}),
            id_generator=_ids(self._wanted),
        )
        sender = exporter or OTLPSpanExporter(endpoint=url, timeout=5)
        provider.add_span_processor(BatchSpanProcessor(sender, schedule_delay_millis=OFTEN))
        self._tracer = provider.get_tracer("ivr")

    def request(self, route: str, began: int, status: int) -> None:
        """Write down a request that was answered just now, in the trace of the call that it concerned.

        `began` is nanoseconds since the epoch.
        """
        if self._tracer is None or not HERE.call:
            return
        from opentelemetry.trace import SpanKind, Status, StatusCode

        said: dict[str, str | int] = {"ivr.call": HERE.call, "http.route": route, "http.response.status_code": status}
        if HERE.turn:
            said["ivr.turn"] = HERE.turn.hex()
        if HERE.leg and HERE.leg != HERE.call:
            said["ivr.leg"] = HERE.leg
        span = self._tracer.start_span(
            route, context=_inside(HERE.call), kind=SpanKind.SERVER, attributes=said, start_time=began
        )
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end(time.time_ns())

    @contextmanager
    def doing(self, what: str, call: str, turn: bytes = b"", said: Said | None = None) -> Iterator[None]:
        """Do something for a call: lines name it, and its trace shows it."""
        with concerning(call, turn):
            if self._tracer is None or not call:
                yield
                return
            known = {"ivr.call": call} | ({"ivr.turn": turn.hex()} if turn else {}) | dict(said or {})
            with self._tracer.start_as_current_span(what, context=_inside(call), attributes=known):
                yield

    def whole(self, call: str, began: float, ended: float, said: Said) -> None:
        """Write down the span of a whole call, on which all its others hang; times are seconds since the epoch."""
        if self._tracer is None:
            return
        from opentelemetry.context import Context

        self._wanted.trace, self._wanted.span = trace_of(call), root_of(call)
        try:
            span = self._tracer.start_span(
                "call", context=Context(), attributes={"ivr.call": call, **said}, start_time=int(began * NS)
            )
        finally:
            self._wanted.trace = self._wanted.span = 0
        span.end(int(max(began, ended) * NS))


TRACES = Traces()  # this process's


def refuse_without_library(url: str) -> None:
    """Raise SettingError where traces are wanted and the library that sends them is not here."""
    if not url:
        return
    try:
        import opentelemetry.exporter.otlp.proto.http.trace_exporter  # noqa: F401 - to see whether it is there
    except ImportError as absent:
        raise SettingError(
            "TRACES_URL is set, and the library that sends traces is not installed",
            hint="pip install 'ivr-hotline[otel]', or take TRACES_URL away",
        ) from absent


def trace_of(call: str) -> int:
    """Make the id of a call's trace."""
    return int.from_bytes(sha256(f"trace {call}".encode()).digest()[:16])


def root_of(call: str) -> int:
    """Make the id of the span of a whole call."""
    return int.from_bytes(sha256(f"span {call}".encode()).digest()[:8])


def _inside(call: str) -> Context:
    """Say that a span belongs to a call."""
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    whole = SpanContext(trace_of(call), root_of(call), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(whole))


def _ids(wanted: _Wanted) -> IdGenerator:
    """Make ids: those that are wanted, else by chance."""
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Ids(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            return wanted.trace or super().generate_trace_id()

        def generate_span_id(self) -> int:
            return wanted.span or super().generate_span_id()

    return Ids()
