"""How the carrier's REST side answers: JSON, its errors, its pages, a call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime

from ivr.simulator.carrier import Carrier
from ivr.simulator.dial import EPOCH
from ivr.simulator.ledger import CallEntry

PAGE_SIZE = 50
LOST = 0  # status of an answer that never arrives: the connection ends


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the REST side."""

    status: int
    type: str
    body: bytes


def as_json(value: Mapping[str, object], status: int = 200) -> Reply:
    """Answer with JSON."""
    return Reply(status, "application/json", json.dumps(value).encode())


def error(status: int, code: int, message: str) -> Reply:
    """Answer with one of the carrier's errors."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return as_json({"code": code, "message": message, "more_info": more, "status": status}, status)


def date(seconds: float | None) -> str | None:
    """Write a virtual moment."""
    return None if seconds is None else format_datetime(EPOCH + timedelta(seconds=seconds))


def call_json(carrier: Carrier, entry: CallEntry) -> dict[str, object]:
    """Show a call."""
    here = f"/2010-04-01/Accounts/{carrier.account}/Calls/{entry.sid}"
    return {
        "sid": entry.sid, "account_sid": carrier.account, "parent_call_sid": entry.parent or None,
        "date_created": date(entry.began), "date_updated": date(entry.ended or entry.began),
        "to": entry.called, "to_formatted": entry.called, "from": entry.caller, "from_formatted": entry.caller,
        "phone_number_sid": None, "status": entry.status,
        "start_time": date(entry.began), "end_time": date(entry.ended),
        "duration": None if entry.ended is None else str(round(entry.ended - entry.began)),
        "price": None, "price_unit": "USD", "direction": entry.direction, "answered_by": None,
        "api_version": "2010-04-01", "forwarded_from": None, "caller_name": None, "group_sid": None,
        "queue_time": "0", "trunk_sid": None, "uri": f"{here}.json",
        "subresource_uris": {"recordings": f"{here}/Recordings.json"},
    }  # fmt: skip


def page(name: str, items: list[dict[str, object]], path: str, query: Mapping[str, str]) -> Reply:
    """Show one page of a list."""
    size = max(1, min(1000, int(query.get("PageSize", PAGE_SIZE))))
    number = int(query.get("Page", 0))
    last = max(0, -(-len(items) // size) - 1)

    def uri(page: int) -> str:
        return f"{path}?PageSize={size}&Page={page}"

    return as_json(
        {
            name: items[number * size : (number + 1) * size], "page": number, "page_size": size,
            "start": number * size, "end": max(0, min(len(items), (number + 1) * size) - 1), "uri": uri(number),
            "first_page_uri": uri(0), "next_page_uri": uri(number + 1) if number < last else None,
            "previous_page_uri": uri(number - 1) if number else None,
        }
    )  # fmt: skip
