"""Every request that we send to TaskRouter, and every answer of the double, against the vendor's own description."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

import jsonschema
import pytest

from ivr.worker.task_sweep import TaskSweep
from tests.simulator.test_rest import strict

REMEMBERED = {"PageSize", "Page", "PageToken"}


class Judge:
    """Holds each exchange against the description, by its path."""

    def __init__(self, described: dict) -> None:
        self.described = described
        self.paths = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in described["paths"]]
        self.seen: set[tuple[str, str]] = set()

    def __call__(self, method: str, target: str, body: bytes, reply) -> None:
        parts = urlsplit(target)
        if not parts.path.startswith("/v1/"):
            return
        path = next(path for pattern, path in self.paths if pattern.fullmatch(parts.path))
        told = self.described["paths"][path][method.lower()]
        self.seen.add((method, path))
        self._query(told, dict(parse_qsl(parts.query)))
        if method == "POST":
            self._form(told, dict(parse_qsl(body.decode(), keep_blank_values=True)))
        answers = told["responses"]
        schema = answers[str(reply.status)]["content"]["application/json"]["schema"]
        jsonschema.validate(json.loads(reply.body), strict(schema, self.described))

    def _query(self, told: dict, given: dict) -> None:
        known = {each["name"] for each in told.get("parameters", []) if each["in"] == "query"}
        assert set(given) <= known | REMEMBERED, f"{set(given) - known} is no parameter"

    def _form(self, told: dict, given: dict) -> None:
        schema = told["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        assert set(schema.get("required", ())) <= set(given)
        typed = {name: self._typed(schema["properties"][name], value) for name, value in given.items()}
        jsonschema.validate(typed, strict(schema, self.described) | {"additionalProperties": False})

    def _typed(self, schema: dict, value: str) -> object:
        kind = strict(schema, self.described).get("type")
        if kind == "boolean":
            assert value.lower() in {"true", "false"}
            return value.lower() == "true"
        return int(value) if kind == "integer" else value


@pytest.mark.shared
def test_what_we_send_and_what_the_double_answers_is_as_the_vendor_describes_it(at_work, witnesses, shared):
    judge = Judge(json.loads((shared / "openapi/twilio_taskrouter_v1.json").read_text()))
    faults: list[Exception] = []

    def witness(*exchange) -> None:
        try:
            judge(*exchange)
        except (AssertionError, StopIteration, KeyError, jsonschema.ValidationError) as fault:  # told in the test
            faults.append(fault)

    witnesses.append(witness)
    at_work.ready("Priya", "Sam")
    at_work.connect()
    at_work.call("1")
    at_work.offered("passes")
    at_work.tick()
    reservation = at_work.reserved()
    at_work.router.accept(reservation.sid)
    at_work.router.wrap_up(reservation)
    at_work.tick()
    at_work.call("1")
    sweep = at_work.tasking._sweep
    assert isinstance(sweep, TaskSweep)
    sweep.run(at_work.clock + 60)
    assert faults == []
    space = "/v1/Workspaces/{WorkspaceSid}"
    inside = {f"{space}/{kind}" for kind in ("Activities", "TaskQueues", "Workflows", "Workers")}
    assert judge.seen >= {
        ("GET", "/v1/Workspaces"),
        ("POST", "/v1/Workspaces"),
        ("POST", "/v1/Workspaces/{Sid}"),
        *((method, path) for method in ("GET", "POST") for path in inside),
        ("POST", f"{space}/Workers/{{Sid}}"),
        ("POST", f"{space}/Tasks/{{TaskSid}}/Reservations/{{Sid}}"),
        ("POST", f"{space}/Tasks/{{Sid}}"),
        ("GET", f"{space}/Tasks"),
    }
