"""Requests to the carrier and its double's answers, held against the vendor's own description."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema

from ivr.simulator.replies import Reply
from tests.simulator.test_rest import strict

REMEMBERED = {"PageSize", "Page", "PageToken"}  # in the addresses of further pages
ERRORS = 400  # statuses from here on have a form of their own, which is described nowhere
WRONG = (AssertionError, StopIteration, KeyError, jsonschema.ValidationError)


class Judge:
    """Holds each exchange of one of the vendor's interfaces against its description, by its path."""

    def __init__(self, description: Path) -> None:
        """Read a description; `seen` are the requests that were judged, `faults` what was wrong with them."""
        self.described = json.loads(description.read_text())
        self.paths = [(_pattern(path), path) for path in self.described["paths"]]
        self.root = re.match(r"/[^/]+/", self.paths[0][1])
        self.seen: set[tuple[str, str]] = set()
        self.faults: list[str] = []

    def __call__(self, method: str, target: str, body: bytes, reply: Reply) -> None:
        """Judge one exchange; what is wrong is told by the test, not to the carrier's double."""
        if self.root is None or not target.startswith(self.root[0]):
            return
        try:
            self._judge(method, target, body, reply)
        except WRONG as fault:
            self.faults.append(f"{method} {target}: {type(fault).__name__} {str(fault)[:300]}")

    def _judge(self, method: str, target: str, body: bytes, reply: Reply) -> None:
        parts = urlsplit(target)
        path, named = next(
            (path, found) for pattern, path in self.paths if (found := pattern.fullmatch(parts.path)) is not None
        )
        told = self.described["paths"][path][method.lower()]
        self.seen.add((method, path))
        self._valid(_parameters(told, "path"), named.groupdict())
        self._query(told, dict(parse_qsl(parts.query)))
        if method == "POST":
            self._form(told, parse_qsl(body.decode(), keep_blank_values=True))
        if reply.status < ERRORS and reply.body:
            schema = told["responses"][str(reply.status)]["content"]["application/json"]["schema"]
            jsonschema.validate(json.loads(reply.body), strict(schema, self.described))

    def _query(self, told: dict[str, Any], given: dict[str, str]) -> None:
        known = _parameters(told, "query")
        assert set(given) <= known.keys() | REMEMBERED, f"{set(given) - known.keys()} is no parameter"
        self._valid(known, given)

    def _valid(self, known: dict[str, Any], given: dict[str, str]) -> None:
        for name, value in given.items():
            if name in known:
                jsonschema.validate(self._typed(known[name], value), strict(known[name], self.described))

    def _form(self, told: dict[str, Any], given: list[tuple[str, str]]) -> None:
        schema = told["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        assert set(schema.get("required", ())) <= {name for name, _ in given}
        typed: dict[str, Any] = {}
        for name, value in given:
            kind = strict(schema["properties"][name], self.described)
            if kind.get("type") == "array":
                typed.setdefault(name, []).append(self._typed(kind["items"], value))
            else:
                assert name not in typed, f"{name} is given twice"
                typed[name] = self._typed(kind, value)
        jsonschema.validate(typed, strict(schema, self.described) | {"additionalProperties": False})

    def _typed(self, schema: dict[str, Any], value: str) -> object:
        kind = strict(schema, self.described).get("type")
        if kind == "array":  # in an address: one value, or several with commas
            return value.split(",")
        if kind == "boolean":
            assert value.lower() in {"true", "false"}
            return value.lower() == "true"
        return int(value) if kind == "integer" else value


def _parameters(told: dict[str, Any], where: str) -> dict[str, Any]:
    return {each["name"]: each["schema"] for each in told.get("parameters", []) if each["in"] == where}


def _pattern(path: str) -> re.Pattern[str]:
    """Make a pattern of a path of the description, a group for each of its parameters."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
