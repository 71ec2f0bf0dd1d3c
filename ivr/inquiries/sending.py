"""What a step sends outside, filled in.

Values travel in the query of a look-up and in the JSON body of a submit. What holds a secret, a caller's or one of
ours, travels as a header, whose name is its key: never in the address, which machines on the way write down.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from ivr.engine.inquiries import CREDENTIAL
from ivr.engine.moment import Moment, draft_of
from ivr.engine.tree import Outward, Slot, Template, Value
from ivr.inquiries.addresses import NotAsked
from ivr.inquiries.exchange import Request
from ivr.question import Question

_HEADER = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,1000}[\x21-\x7e])?", re.ASCII)
_LONGEST = 2_000  # characters of an address


@dataclass(frozen=True, slots=True)
class Filling:
    """Fills one step's templates for one call."""

    moment: Moment
    credentials: Mapping[str, str]

    def value(self, template: Template) -> Value:
        """Fill a value: another name's as it is, or a text."""
        if len(template) == 1 and isinstance(template[0], Slot):
            slot = template[0]
            value = self._known(slot)
            return slot.otherwise if value is None else value
        return self.text(template)

    def text(self, template: Template) -> str:
        """Fill a text; a secret is filled in here and nowhere else."""
        return "".join(part if isinstance(part, str) else self._written(part) for part in template)

    def _known(self, slot: Slot) -> Value:
        if slot.name.startswith(CREDENTIAL):
            name = slot.name.removeprefix(CREDENTIAL)
            if name not in self.credentials:
                raise NotAsked(f"the credential {name!r} is not in the environment")
            return self.credentials[name]
        return self.moment.know(slot.name)

    def _written(self, slot: Slot) -> str:
        value = self._known(slot)
        return (slot.otherwise or "") if value is None else word(value)

    def address(self, template: Template) -> str:
        """Fill an address; a value is one segment or one word of a query, and cannot lead to another place."""
        parts = []
        for part in template:
            if isinstance(part, str):
                parts.append(part)
                continue
            if is_secret((part,), self.moment.tree.secrets):
                raise NotAsked(f"{part.name} is secret, and machines on the way write addresses down")
            text = self._written(part)
            if not text or text in {".", ".."}:
                raise NotAsked(f"{part.name} has no value that can stand in an address")
            parts.append(quote(text, safe=""))
        return "".join(parts)


def is_secret(template: Template, secrets: frozenset[str]) -> bool:
    """Tell whether a template holds a secret."""
    names = (part.name for part in template if isinstance(part, Slot))
    return any(name in secrets or name.startswith(CREDENTIAL) for name in names)


def filling(question: Question, credentials: Mapping[str, str]) -> Filling:
    """Fill for the call that asks."""
    moment = Moment(question.content.tree, draft_of(question.state), question.at, question.facts)
    return Filling(moment, credentials)


def request_of(node: Outward, filled: Filling, method: str) -> Request:
    """Write the request of a step. NotAsked where it cannot be written."""
    secrets = filled.moment.tree.secrets
    parts = urlsplit(filled.address(node.url))
    values: dict[str, Value] = {}
    headers: dict[str, str] = {}
    for name, template in node.sent.items():
        if is_secret(template, secrets):
            headers[name.replace("_", "-")] = _header(name, filled.text(template))
        else:
            values[name] = filled.value(template)
    query = [parts.query] if parts.query else []
    if method == "GET":
        query += [urlencode({name: word(value) for name, value in values.items() if value is not None})]
    path = f"{parts.path or '/'}{'?' if any(query) else ''}{'&'.join(filter(None, query))}"
    if len(path) > _LONGEST:
        raise NotAsked("the address is too long")
    secure = parts.scheme == "https"
    body = b"" if method == "GET" else json.dumps(values, ensure_ascii=False).encode("utf-8", "replace")
    return Request(method, parts.hostname or "", parts.port or (443 if secure else 80), secure, path, headers, body)


def word(value: Value) -> str:
    """Write a value as other systems read it; a choice is its value, never its words."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _header(name: str, text: str) -> str:
    """Take a text that can stand in a header."""
    if _HEADER.fullmatch(text) is None:
        raise NotAsked(f"the value of {name} cannot stand in a header")
    return text
