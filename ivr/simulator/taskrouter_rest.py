"""TaskRouter's REST side, as far as we ask it: workspaces and what stands in them are listed, made and changed.

What a request may hold is the table ``KINDS``, taken from the vendor's description; a field that is not there is
refused, where the real carrier would pass over it in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.simulator.carrier import Carrier, new_sid
from ivr.simulator.dial import EPOCH
from ivr.simulator.expressions import BadExpression, holds
from ivr.simulator.faults import Refused
from ivr.simulator.replies import Reply, as_json, error
from ivr.simulator.taskrouter import OPEN, Item, Reservation, Task, TaskRouter, Workspace

ROOT = "/v1/Workspaces"
HOST = "https://taskrouter.twilio.com"
_PATH = re.compile(rf"{ROOT}(?:/(WS[0-9a-f]{{32}})(?:/(\w+)(?:/(\w+)(?:/(Reservations)/(\w+))?)?)?)?", re.ASCII)
_STAMP = EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ")
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource: how its ids begin, its list's name, what may be written, and what a new one has."""

    mark: str
    plural: str
    holder: str  # of `Workspace`
    needed: tuple[str, ...]
    created: tuple[str, ...]  # fields beside the needed ones when it is made
    changed: tuple[str, ...]
    new: Mapping[str, object]


KINDS: Mapping[str, Kind] = {
    "Activities": Kind(
        "WA", "activities", "activities", ("FriendlyName",), ("Available",), ("FriendlyName",), {"available": False}
    ),
    "Workers": Kind(
        "WK",
        "workers",
        "workers",
        ("FriendlyName",),
        ("ActivitySid", "Attributes"),
        ("FriendlyName", "ActivitySid", "Attributes", "RejectPendingReservations"),
        {"activity_sid": None, "activity_name": None, "attributes": "{}", "available": False},
    ),
    "TaskQueues": Kind(
        "WQ",
        "task_queues",
        "queues",
        ("FriendlyName",),
        ("TargetWorkers", "MaxReservedWorkers", "TaskOrder", "ReservationActivitySid", "AssignmentActivitySid"),
        (
            *("FriendlyName", "TargetWorkers", "MaxReservedWorkers"),
            *("TaskOrder", "ReservationActivitySid", "AssignmentActivitySid"),
        ),
        {"target_workers": "1==1", "max_reserved_workers": 1, "task_order": "FIFO"},
    ),
    "Workflows": Kind(
        "WW",
        "workflows",
        "workflows",
        ("FriendlyName", "Configuration"),
        ("AssignmentCallbackUrl", "FallbackAssignmentCallbackUrl", "TaskReservationTimeout"),
        (
            *("FriendlyName", "Configuration", "AssignmentCallbackUrl", "FallbackAssignmentCallbackUrl"),
            *("TaskReservationTimeout", "ReEvaluateTasks"),
        ),
        {
            "assignment_callback_url": None,
            "fallback_assignment_callback_url": None,
            "document_content_type": "application/json",
            "task_reservation_timeout": 120,
        },
    ),
}
_WORKSPACE = Kind(
    "WS",
    "workspaces",
    "",
    ("FriendlyName",),
    ("EventCallbackUrl", "EventsFilter", "MultiTaskEnabled", "Template", "PrioritizeQueueOrder"),
    (
        *("FriendlyName", "EventCallbackUrl", "EventsFilter", "MultiTaskEnabled"),
        *("DefaultActivitySid", "TimeoutActivitySid", "PrioritizeQueueOrder"),
    ),
    {
        "default_activity_name": None,
        "default_activity_sid": None,
        "event_callback_url": None,
        "events_filter": None,
        "multi_task_enabled": True,
        "timeout_activity_name": None,
        "timeout_activity_sid": None,
        "prioritize_queue_order": "FIFO",
    },
)
_OWN = {  # what a new workspace has of itself
    "Offline": False,
    "Available": True,
    "Unavailable": False,
}


def answer(carrier: Carrier, what: tuple[str, str], query: Form, form: Sequence[tuple[str, str]]) -> Reply:
    """Answer one request; `what` is method and path."""
    ledger = carrier.ledger
    method, path = what
    if ledger.away and method != "GET":
        ledger.away -= 1
        return error(500, 20500, "Internal server error")
    router = ledger.router
    match = _PATH.fullmatch(path)
    if router is None or match is None:
        return error(404, 20404, f"The requested resource {path} was not found")
    try:
        return _found(router, match, (method, query, dict(form)))
    except Refused as refused:
        return error(400, refused.code, refused.why)


def _found(router: TaskRouter, match: re.Match[str], ask: tuple[str, Form, Form]) -> Reply:
    """Answer for one address; `ask` is method, query and form."""
    sid, kind, one, below, last = match.groups()
    method, query, given = ask
    if sid is None:
        return _all_workspaces(router, query) if method == "GET" else _make_workspace(router, given)
    workspace = router.workspaces.get(sid)
    if workspace is None:
        return error(404, 20404, f"The workspace {sid} was not found")
    if kind is None:
        return _one(workspace.item, _WORKSPACE, given, _Change(workspace, router), method)
    if kind == "Tasks":
        return _tasks(router, workspace, (one, below, last), ask)
    return _inside(router, workspace, (kind, one), ask)


@dataclass(frozen=True, slots=True)
class _Change:
    """Where a change is made."""

    workspace: Workspace
    router: TaskRouter


def _inside(
    router: TaskRouter, workspace: Workspace, what: tuple[str, str | None], ask: tuple[str, Form, Form]
) -> Reply:
    """List, make or change what stands in a workspace."""
    name, one = what
    method, query, given = ask
    kind = KINDS.get(name)
    if kind is None:
        return error(404, 20404, f"there is no {name}")
    held: dict[str, Item] = getattr(workspace, kind.holder)
    if one is not None:
        item = held.get(one)
        if item is None:
            return error(404, 20404, f"{one} was not found")
        return _one(item, kind, given, _Change(workspace, router), method)
    if method == "GET":
        return _page(kind, list(held.values()), f"{ROOT}/{workspace.item['sid']}/{name}", query)
    if any(item["friendly_name"] == given.get("FriendlyName") for item in held.values()):
        return error(400, 20001, f"{given.get('FriendlyName')!r} is there already")
    made = _new(router, kind, given, f"{workspace.item['url']}/{name}") | {"workspace_sid": workspace.item["sid"]}
    held[made["sid"]] = made
    if name == "Workers":
        made["date_status_changed"] = _STAMP
        router.move(workspace, made, given.get("ActivitySid") or str(workspace.item["default_activity_sid"]))
    if name == "TaskQueues":
        made |= {"reservation_activity_sid": None, "reservation_activity_name": None}
        made |= {"assignment_activity_sid": None, "assignment_activity_name": None}
    return as_json(made, 201)


def _one(item: Item, kind: Kind, given: Form, change: _Change, method: str) -> Reply:
    """Show a resource, or change it."""
    if method != "POST":
        return as_json(item)
    _judge(given, kind.changed)
    rest = {name: value for name, value in given.items() if name not in {"ActivitySid", "RejectPendingReservations"}}
    item |= {_snake(name): _value(name, value) for name, value in rest.items() if name != "ReEvaluateTasks"}
    if given.get("ActivitySid"):
        held = [each for each in change.workspace.reservations() if each.worker is item and each.status == "pending"]
        now = change.workspace.activities.get(given["ActivitySid"], {})
        if held and not now.get("available") and given.get("RejectPendingReservations") != "true":
            return error(400, 20001, "the worker has pending reservations")
        change.router.move(change.workspace, item, given["ActivitySid"])
    return as_json(item)


def _make_workspace(router: TaskRouter, given: Form) -> Reply:
    made = _new(router, _WORKSPACE, given, f"{HOST}{ROOT}")
    workspace = Workspace(made)
    router.workspaces[made["sid"]] = workspace
    for name, available in _OWN.items():
        fields = {"FriendlyName": name, "Available": str(available).lower()}
        one = _new(router, KINDS["Activities"], fields, f"{made['url']}/Activities") | {"workspace_sid": made["sid"]}
        workspace.activities[one["sid"]] = one
    offline = next(iter(workspace.activities.values()))
    for name in ("default", "timeout"):
        made |= {f"{name}_activity_sid": offline["sid"], f"{name}_activity_name": offline["friendly_name"]}
    return as_json(made, 201)


def _all_workspaces(router: TaskRouter, query: Form) -> Reply:
    return _page(_WORKSPACE, [each.item for each in router.workspaces.values()], ROOT, query)


def _new(router: TaskRouter, kind: Kind, given: Form, place: str) -> Item:
    """Make a resource of the fields that were given."""
    _judge(given, (*kind.needed, *kind.created))
    missing = [name for name in kind.needed if not given.get(name)]
    if missing:
        raise Refused(20001, f"{missing[0]} is missing")
    sid = new_sid(kind.mark)
    made: Item = {"sid": sid, "account_sid": router.carrier.account, "date_created": _STAMP, "date_updated": _STAMP}
    made |= dict(kind.new) | {"url": f"{place}/{sid}", "links": {}}
    written = {name: value for name, value in given.items() if name not in {"Template", "ActivitySid"}}
    return made | {_snake(name): _value(name, value) for name, value in written.items()}


def _judge(given: Form, allowed: Sequence[str]) -> None:
    """Refuse a field that does not belong here, and a condition that cannot be read."""
    stray = [name for name in given if name not in allowed]
    if stray:
        raise Refused(20001, f"{stray[0]} has no place here")
    try:
        if "TargetWorkers" in given:
            holds(given["TargetWorkers"], {})
        for each in json.loads(given.get("Configuration", "{}")).get("task_routing", {}).get("filters", ()):
            holds(each["expression"], {})
            for target in each["targets"]:
                holds(target.get("expression", "1 == 1"), {})
        json.loads(given.get("Attributes", "{}"))
    except BadExpression as bad:
        raise Refused(40003, str(bad)) from bad
    except ValueError as bad:
        raise Refused(20001, f"no JSON: {bad}") from bad


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _value(name: str, value: str) -> object:
    if name in {"MaxReservedWorkers", "TaskReservationTimeout"}:
        return int(value)
    return value.lower() == "true" if name in {"Available", "MultiTaskEnabled"} else value


def _page(kind: Kind, items: Sequence[Item], path: str, query: Form) -> Reply:
    """Show one page of a list."""
    size, number = max(1, min(1000, int(query.get("PageSize", "50")))), int(query.get("Page", "0"))
    here = f"{HOST}{path}?PageSize={size}"
    more = (number + 1) * size < len(items)
    meta = {
        "page": number, "page_size": size, "key": kind.plural, "url": f"{here}&Page={number}",
        "first_page_url": f"{here}&Page=0", "previous_page_url": f"{here}&Page={number - 1}" if number else None,
        "next_page_url": f"{here}&Page={number + 1}" if more else None,
    }  # fmt: skip
    return as_json({kind.plural: list(items[number * size : (number + 1) * size]), "meta": meta})


# Tasks and reservations ---------------------------------------------------------------------------

_TASKS = Kind("WT", "tasks", "tasks", (), (), ("AssignmentStatus", "Reason"), {})


def _tasks(
    router: TaskRouter,
    workspace: Workspace,
    what: tuple[str | None, str | None, str | None],
    ask: tuple[str, Form, Form],
) -> Reply:
    """List tasks, complete one, or decide one of its reservations."""
    one, below, last = what
    method, query, given = ask
    if one is None:
        states = query.get("AssignmentStatus", ",".join(OPEN)).split(",")
        found = [task for task in workspace.tasks.values() if task.status in states]
        return _page(_TASKS, [_task(workspace, task) for task in found], f"{ROOT}/{workspace.item['sid']}/Tasks", query)
    task = workspace.tasks.get(one)
    held = next((each for each in task.reservations if each.sid == last), None) if task else None
    if task is None or (below and held is None):
        return error(404, 20404, f"{last or one} was not found")
    if method == "POST" and held is not None:
        _judge(given, ("ReservationStatus", "WorkerActivitySid"))
        if given.get("ReservationStatus") != "rejected":
            raise Refused(20001, "this double lets reservations be rejected by REST, and nothing else")
        router.reject(held, given.get("WorkerActivitySid", ""))
    elif method == "POST":
        _judge(given, _TASKS.changed)
        _finish(task, given.get("AssignmentStatus", ""))
    return as_json(_reservation(workspace, held) if held else _task(workspace, task))


def _finish(task: Task, status: str) -> None:
    if status != "completed" or task.status not in {"assigned", "wrapping"}:
        raise Refused(20001, f"a task that is {task.status} cannot be {status}")
    task.status = "completed"
    for each in task.reservations:
        if each.status in {"accepted", "wrapping"}:
            each.status = "completed"


def _task(workspace: Workspace, task: Task) -> Item:
    return {
        "account_sid": None, "age": 0, "assignment_status": task.status, "attributes": json.dumps(task.attributes),
        "addons": None, "date_created": _STAMP, "date_updated": _STAMP, "task_queue_entered_date": _STAMP,
        "priority": task.priority, "reason": task.reason, "sid": task.sid, "task_queue_sid": task.queue["sid"],
        "task_queue_friendly_name": task.queue["friendly_name"], "task_channel_sid": None,
        "task_channel_unique_name": "voice", "timeout": task.timeout, "workflow_sid": task.workflow["sid"],
        "workflow_friendly_name": task.workflow["friendly_name"], "workspace_sid": workspace.item["sid"],
        "url": f"{workspace.item['url']}/Tasks/{task.sid}", "links": {}, "virtual_start_time": _STAMP,
        "ignore_capacity": False, "routing_target": None,
    }  # fmt: skip


def _reservation(workspace: Workspace, held: Reservation) -> Item:
    return {
        "account_sid": None, "date_created": _STAMP, "date_updated": _STAMP, "reservation_status": held.status,
        "sid": held.sid, "task_sid": held.task.sid, "worker_name": held.worker["friendly_name"],
        "worker_sid": held.worker["sid"], "workspace_sid": workspace.item["sid"],
        "url": f"{workspace.item['url']}/Tasks/{held.task.sid}/Reservations/{held.sid}", "links": {},
    }  # fmt: skip
