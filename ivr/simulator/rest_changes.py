"""What can be changed by REST: calls are placed and ended, texts sent, queues listed, looked into and deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ivr.simulator.acts import AgentHangsUp, Moved
from ivr.simulator.carrier import Carrier, new_sid
from ivr.simulator.ledger import CallEntry, Placed, Queue
from ivr.simulator.replies import LOST, Reply, as_json, call_json, date, error, page
from ivr.simulator.rest_deletions import delete_copy
from ivr.simulator.rest_numbers import change_number
from ivr.simulator.rest_rooms import change_room
from ivr.simulator.rest_tapes import change_tape
from ivr.simulator.rest_texts import MESSAGES, send_text

_ACCOUNT = r"/2010-04-01/Accounts/(AC[0-9a-f]{32})"
CALLS = re.compile(rf"{_ACCOUNT}/Calls\.json", re.ASCII)
CALL = re.compile(rf"{_ACCOUNT}/Calls/(\w+)\.json", re.ASCII)
QUEUES = re.compile(rf"{_ACCOUNT}/Queues\.json", re.ASCII)
QUEUE = re.compile(rf"{_ACCOUNT}/Queues/(\w+)\.json", re.ASCII)
MEMBERS = re.compile(rf"{_ACCOUNT}/Queues/(\w+)/Members\.json", re.ASCII)
LIVE = frozenset({"queued", "ringing", "in-progress"})


def change(carrier: Carrier, path: str, method: str, form: Sequence[tuple[str, str]]) -> Reply:
    """Place or end a call, send a text, or delete a queue."""
    ledger = carrier.ledger
    if ledger.away:
        ledger.away -= 1
        return error(500, 20500, "Internal server error")
    if method == "POST" and CALLS.fullmatch(path):
        return _place(carrier, form)
    if method == "POST" and MESSAGES.fullmatch(path):
        return send_text(carrier, dict(form))
    call, queue = CALL.fullmatch(path), QUEUE.fullmatch(path)
    if method == "POST" and call:
        return _end(carrier, call[2], dict(form))
    if method == "DELETE" and (gone := _delete(carrier, queue[2]) if queue else delete_copy(carrier, path)):
        return gone
    missing = error(404, 20404, f"The requested resource {path} was not found")
    changed = change_number(carrier, path, dict(form)) if method == "POST" else None
    changed = changed or change_tape(carrier, path, method, dict(form))
    return changed or change_room(carrier, path, method, dict(form)) or missing


def _place(carrier: Carrier, form: Sequence[tuple[str, str]]) -> Reply:
    given = dict(form)
    missing = [name for name in ("To", "From", "Url") if not given.get(name)]
    if missing:
        code = {"To": 21201, "From": 21603, "Url": 21205}[missing[0]]
        return error(400, code, f"{missing[0]} is required")
    if given["To"] in carrier.ledger.refused:
        return error(400, carrier.ledger.refused[given["To"]], f"The call to {given['To']} was refused")
    events = tuple(value for name, value in form if name == "StatusCallbackEvent") or ("completed",)
    sid = new_sid("CA")
    placed = Placed(sid, given["From"], given["To"], given["Url"], given.get("StatusCallback", ""), events)
    entry = CallEntry(sid, placed.caller, placed.called, "outbound-api", status="queued")
    carrier.ledger.note_call(entry)
    with carrier.ledger.lock:
        carrier.ledger.placed.append(placed)
        lost = carrier.ledger.deaf > 0
        carrier.ledger.deaf -= lost
    return Reply(LOST, "", b"") if lost else as_json(call_json(carrier, entry), 201)


def _end(carrier: Carrier, sid: str, given: Mapping[str, str]) -> Reply:
    entry = carrier.ledger.calls.get(sid)
    if entry is None:
        return error(404, 20404, f"The call {sid} was not found")
    if entry.status not in LIVE:
        return error(400, 21220, "Call is not in-progress. Cannot redirect.")
    act = carrier.ledger.acting.get(sid)
    if given.get("Url"):
        if act is None:
            return error(400, 21220, "Call is not in-progress. Cannot redirect.")
        act(Moved(given["Url"]))
        return as_json(call_json(carrier, entry))
    if given.get("Status") not in {"completed", "canceled"}:
        return error(400, 20001, "this double ends calls and moves them, and changes nothing else of them")
    if act is not None and entry.direction != "inbound":
        act(AgentHangsUp())
    if entry.status in LIVE:
        entry.status = "canceled" if entry.status == "queued" else "completed"
    return as_json(call_json(carrier, entry))


def _delete(carrier: Carrier, sid: str) -> Reply:
    with carrier.ledger.lock:
        found = next((queue for queue in carrier.ledger.queues.values() if queue.sid == sid), None)
        if found is None:
            return error(404, 20404, f"The queue {sid} was not found")
        if found.members:
            return error(400, 22003, "Queue not empty")
        del carrier.ledger.queues[found.name]
    return Reply(204, "application/json", b"")


def list_queues(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """List the account's queues."""
    items = [_queue(carrier, queue) for queue in carrier.ledger.queues.values()]
    return page("queues", items, match[0], query)


def list_members(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """List who waits in a queue."""
    found = next((queue for queue in carrier.ledger.queues.values() if queue.sid == match[2]), None)
    if found is None:
        return error(404, 20404, f"The queue {match[2]} was not found")
    here = f"/2010-04-01/Accounts/{carrier.account}/Queues/{found.sid}/Members"
    items: list[dict[str, object]] = [
        {
            "call_sid": member.call,
            "date_enqueued": date(member.since),
            "position": place,
            "queue_sid": found.sid,
            "uri": f"{here}/{member.call}.json",
            "wait_time": 0,
        }
        for place, member in enumerate(found.members, 1)
    ]
    return page("queue_members", items, match[0], query)


def _queue(carrier: Carrier, queue: Queue) -> dict[str, object]:
    here = f"/2010-04-01/Accounts/{carrier.account}/Queues/{queue.sid}"
    return {
        "sid": queue.sid, "account_sid": carrier.account, "friendly_name": queue.name, "max_size": 1000,
        "current_size": len(queue.members), "average_wait_time": 0, "date_created": date(0), "date_updated": date(0),
        "uri": f"{here}.json", "subresource_uris": {"members": f"{here}/Members.json"},
    }  # fmt: skip
