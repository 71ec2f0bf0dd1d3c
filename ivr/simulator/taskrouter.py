"""TaskRouter as the carrier plays it: tasks of callers who wait, workers, reservations, callbacks and instructions.

It moves when it is told to (`run`): what the real one does at once is done in an order that a test can follow.
Source: the carrier's pages on TaskRouter's call flow, assignment callbacks and events.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.simulator.carrier import Carrier, Line, Request, new_sid
from ivr.simulator.expressions import BadExpression, holds
from ivr.simulator.faults import Fault, FetchFailed, Refused
from ivr.simulator.ledger import Member, Placed
from ivr.simulator.web import Answer

ASSIGNMENT = 5.0  # seconds in which the callback is answered
EVERY_EVENT = ("initiated", "ringing", "answered", "completed")
OPEN = ("pending", "reserved", "assigned", "wrapping")
Item = dict[str, Any]  # a resource in the words of the REST side


@dataclass(slots=True)
class Reservation:
    """One worker held for one task."""

    task: Task
    worker: Item
    sid: str = field(default_factory=lambda: new_sid("WR"))
    status: str = "pending"
    instruction: Mapping[str, Any] = field(default_factory=dict)  # what we were answered; {} for nothing yet
    took: float = 0.0  # seconds of the assignment callback


@dataclass(slots=True)
class Task:
    """One caller, as TaskRouter sees them."""

    workflow: Item
    queue: Item
    attributes: dict[str, Any]
    priority: int
    timeout: int
    member: Member
    number: int
    sid: str = field(default_factory=lambda: new_sid("WT"))
    status: str = "pending"
    reason: str = ""
    reservations: list[Reservation] = field(default_factory=list)

    @property
    def held(self) -> Reservation | None:
        """Give the reservation at hand."""
        found = self.reservations[-1] if self.reservations else None
        return found if found and found.status in {"pending", "accepted"} else None


@dataclass(slots=True)
class Workspace:
    """One workspace and all that stands in it."""

    item: Item
    activities: dict[str, Item] = field(default_factory=dict)
    workers: dict[str, Item] = field(default_factory=dict)
    queues: dict[str, Item] = field(default_factory=dict)
    workflows: dict[str, Item] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)

    def reservations(self) -> Iterator[Reservation]:
        """Give all there ever were."""
        return (each for task in self.tasks.values() for each in task.reservations)


class TaskRouter:
    """The account's workspaces. Calls and the REST side write to it from their threads, one after the other."""

    def __init__(self, carrier: Carrier) -> None:
        """Begin without a workspace."""
        self.carrier = carrier
        self.workspaces: dict[str, Workspace] = {}
        self.faults: list[Fault] = []
        self.held: list[Request] = []  # events that the carrier holds back
        self._numbers = itertools.count()
        self._moved: dict[str, int] = {}  # worker -> when it last came free

    # A caller comes and goes -------------------------------------------------------------------

    def enqueue(
        self, workflow: str, text: str, ranks: tuple[int, int], caller: tuple[Member, Mapping[str, str]]
    ) -> Task:
        """Make a caller's task; `ranks` are priority and timeout, `caller` the queue's member and the call's fields."""
        member, fields = caller
        workspace = next((each for each in self.workspaces.values() if workflow in each.workflows), None)
        if workspace is None:
            raise Refused(14220, f"there is no workflow {workflow}")
        attributes = json.loads(text) | {
            "call_sid": fields["CallSid"],
            "account_sid": self.carrier.account,
            "from": fields["From"],
            "to": fields["To"],
            "caller": fields["From"],
            "called": fields["To"],
            "direction": fields["Direction"],
            "call_status": fields["CallStatus"],
            "api_version": "2010-04-01",
        }
        flow = workspace.workflows[workflow]
        queue = self._queue_of(workspace, flow, attributes)
        if queue is None:
            raise Refused(14222, "no filter of the workflow takes this task")
        task = Task(flow, queue, attributes, *ranks, member, next(self._numbers))
        workspace.tasks[task.sid] = task
        self._tell(workspace, "task.created", task)
        return task

    def leave(self, task: Task, reason: str) -> None:
        """Cancel the task of a caller who is out of the queue without having talked."""
        if task.status not in {"pending", "reserved"}:
            return
        workspace = self._of(task)
        reservation = task.held
        if reservation is not None and reservation.status == "pending":
            reservation.status = "canceled"
            self._tell(workspace, "reservation.canceled", task, reservation)
        task.status, task.reason = "canceled", reason
        self._tell(workspace, "task.canceled", task)

    # Workers are reserved ----------------------------------------------------------------------

    def run(self) -> list[Reservation]:
        """Reserve a worker for every task that finds one, and ask what to do; says what was reserved."""
        made = []
        for workspace in self.workspaces.values():
            waiting = [task for task in workspace.tasks.values() if task.status == "pending"]
            for task in sorted(waiting, key=lambda each: (-each.priority, each.number)):
                worker = self._worker_for(workspace, task)
                if worker is not None:
                    made.append(self._reserve(workspace, task, worker))
        return made

    def _worker_for(self, workspace: Workspace, task: Task) -> Item | None:
        """Choose who fits and has been free the longest."""
        busy = {each.worker["sid"] for each in workspace.reservations() if each.status in {"pending", "accepted"}}
        fitting = [
            worker
            for worker in workspace.workers.values()
            if worker["available"]
            and worker["sid"] not in busy
            and self._fits(workspace, task, json.loads(worker["attributes"]))
        ]
        return min(fitting, key=lambda worker: self._moved.get(worker["sid"], 0), default=None)

    def _fits(self, workspace: Workspace, task: Task, worker: Item) -> bool:
        target = _target(task.workflow, task.attributes)
        of_queue = holds(workspace.queues[task.queue["sid"]]["target_workers"], worker)
        asked = target.get("expression", "") if target else ""
        return of_queue and (not asked or holds(asked, {"task": task.attributes, "worker": worker}))

    def _queue_of(self, workspace: Workspace, flow: Item, attributes: Item) -> Item | None:
        try:
            target = _target(flow, attributes)
        except BadExpression as error:
            raise Refused(14222, str(error)) from error
        return workspace.queues.get(target["queue"]) if target else None

    def _reserve(self, workspace: Workspace, task: Task, worker: Item) -> Reservation:
        reservation = Reservation(task, worker)
        task.reservations.append(reservation)
        task.status = "reserved"
        self._tell(workspace, "reservation.created", task, reservation)
        self.ask(reservation)
        return reservation

    def ask(self, reservation: Reservation) -> None:
        """Ask what to do, at the fallback where the first address fails, and do it; twice is asked twice."""
        flow = reservation.task.workflow
        fields = self._fields(self._of(reservation.task), reservation.task, reservation)
        for address in (flow["assignment_callback_url"], flow["fallback_assignment_callback_url"]):
            began = time.monotonic()
            answer = self._answer(str(address), fields) if address else None
            reservation.took = time.monotonic() - began
            if answer is not None:
                reservation.instruction = json.loads(answer.body) if answer.body else {}
                self._obey(reservation)
                return

    def _answer(self, address: str, fields: tuple[tuple[str, str], ...]) -> Answer | None:
        """Ask one address; None where the answer is none that the carrier takes."""
        line = Line.of(self.carrier)
        try:
            began = time.monotonic()
            answer, _ = line.ask(Request(address, fields))
            late = time.monotonic() - began > ASSIGNMENT
            if answer.status != 200 or answer.type.partition(";")[0] != "application/json" or late:
                self.faults.append(Refused(40000, f"{answer.status} {answer.type!r} is no answer to an assignment"))
                return None
        except FetchFailed as failed:
            self.faults.append(failed)
            return None
        finally:
            line.web.close()
        return answer

    def _obey(self, reservation: Reservation) -> None:
        told = reservation.instruction
        match told.get("instruction"):
            case None:
                return
            case "reject":
                self.reject(reservation, told.get("activity_sid", ""))
            case "call":
                self._call(reservation, told)
            case "conference":
                _needs(told, "from", 40138)
            case other:
                self.faults.append(Refused(40157, f"this double obeys no {other!r}"))

    def _call(self, reservation: Reservation, told: Mapping[str, Any]) -> None:
        _needs(told, "from", 40140)
        _needs(told, "url", 40141)
        to = told.get("to") or json.loads(reservation.worker["attributes"]).get("contact_uri", "")
        if str(to).startswith("client:"):
            raise Refused(40157, "a browser is joined by `conference`")
        placed = Placed(new_sid("CA"), told["from"], to, told["url"], told.get("status_callback_url", ""), EVERY_EVENT)
        with self.carrier.ledger.lock:
            self.carrier.ledger.placed.append(placed)

    # Reservations end --------------------------------------------------------------------------

    def reject(self, reservation: Reservation, activity: str) -> None:
        """Give the task back; a worker whose activity stays available gets it again at once."""
        self._end(reservation, "rejected", activity)

    def time_out(self, reservation: Reservation) -> None:
        """Let nobody decide: the worker is put where the workspace says."""
        self._end(reservation, "timeout", str(self._of(reservation.task).item["timeout_activity_sid"] or ""))

    def accept(self, sid: str) -> Reservation:
        """Let an agent's Dial take a caller; Refused where the reservation is not pending any more."""
        found = next(
            (each for space in self.workspaces.values() for each in space.reservations() if each.sid == sid), None
        )
        if found is None or found.status != "pending":
            raise Refused(14217, f"the reservation {sid} cannot be accepted any more")
        found.status, found.task.status = "accepted", "assigned"
        self._tell(self._of(found.task), "reservation.accepted", found.task, found)
        return found

    def complete(self, reservation: Reservation, activity: str = "") -> None:
        """End a talk: the task is done, the worker does what was said of after the talk."""
        if reservation.status != "accepted":
            return
        workspace = self._of(reservation.task)
        reservation.status = reservation.task.status = "completed"
        self._tell(workspace, "reservation.completed", reservation.task, reservation)
        self._tell(workspace, "task.completed", reservation.task)
        self._moved[reservation.worker["sid"]] = next(self._numbers)
        after = activity or reservation.instruction.get("post_work_activity_sid", "")
        if after:
            self.move(workspace, reservation.worker, after)

    def wrap_up(self, reservation: Reservation) -> None:
        """End a talk of which the carrier wants to hear from us that all is done."""
        workspace = self._of(reservation.task)
        reservation.status = reservation.task.status = "wrapping"
        self._tell(workspace, "reservation.wrapup", reservation.task, reservation)
        self._tell(workspace, "task.wrapup", reservation.task)

    def move(self, workspace: Workspace, worker: Item, activity: str) -> None:
        """Change what a worker does."""
        if activity not in workspace.activities:
            raise Refused(40100, f"there is no activity {activity!r}")
        before = worker["activity_sid"]
        now = workspace.activities[activity]
        worker |= {"activity_sid": activity, "activity_name": now["friendly_name"], "available": now["available"]}
        if before and before != activity:
            self._event(workspace, "worker.activity.update", (*_worker(worker), ("PreviousActivitySid", before)))

    def _end(self, reservation: Reservation, status: str, activity: str) -> None:
        workspace, task = self._of(reservation.task), reservation.task
        if reservation.status != "pending":
            raise Refused(20001, f"the reservation is {reservation.status}")
        reservation.status, task.status = status, "pending"
        self._moved[reservation.worker["sid"]] = next(self._numbers)
        self._tell(workspace, f"reservation.{status}", task, reservation)
        if activity:
            self.move(workspace, reservation.worker, activity)

    # What is told ------------------------------------------------------------------------------

    def _of(self, task: Task) -> Workspace:
        return next(each for each in self.workspaces.values() if task.sid in each.tasks)

    def _tell(self, workspace: Workspace, kind: str, task: Task, reservation: Reservation | None = None) -> None:
        self._event(workspace, kind, self._fields(workspace, task, reservation))

    def _event(self, workspace: Workspace, kind: str, fields: tuple[tuple[str, str], ...]) -> None:
        """Send an event that the workspace's filter lets through, or hold it back where the carrier does."""
        item = workspace.item
        if not item["event_callback_url"] or kind not in str(item["events_filter"] or kind).split(","):
            return
        told = dict(fields) | {"EventType": kind, "EventDescription": kind, "WorkspaceName": item["friendly_name"]}
        ask = Request(str(item["event_callback_url"]), tuple(told.items()))
        if self.carrier.holds_callbacks:
            self.held.append(ask)
        else:
            self.send(ask)

    def send(self, ask: Request) -> None:
        """Send one event; its answer counts for nothing."""
        line = Line.of(self.carrier)
        fault = line.tell(ask)
        line.web.close()
        if fault is not None:
            self.faults.append(fault)

    def _fields(self, workspace: Workspace, task: Task, reservation: Reservation | None) -> tuple[tuple[str, str], ...]:
        fields = (
            ("Timestamp", str(round(time.time()))),
            ("AccountSid", self.carrier.account),
            ("WorkspaceSid", workspace.item["sid"]),
            ("WorkflowSid", task.workflow["sid"]),
            ("TaskQueueSid", task.queue["sid"]),
            ("TaskSid", task.sid),
            ("TaskAttributes", json.dumps(task.attributes)),
            ("TaskAge", "0"),
            ("TaskPriority", str(task.priority)),
            ("TaskAssignmentStatus", task.status),
            ("TaskCanceledReason", task.reason),
        )
        if reservation is None:
            return (*fields, ("ResourceType", "task"), ("ResourceSid", task.sid))
        held = (("ReservationSid", reservation.sid), ("ResourceType", "reservation"), ("ResourceSid", reservation.sid))
        return (*fields, *held, *_worker(reservation.worker))


def _target(flow: Item, attributes: Item) -> Item | None:
    """Find the first target of the first filter that takes a task."""
    routing = json.loads(flow["configuration"])["task_routing"]
    for each in routing.get("filters", []):
        if holds(each["expression"], attributes):
            target: Item = each["targets"][0]
            return target
    default: Item | None = routing.get("default_filter")
    return default


def _worker(worker: Item) -> tuple[tuple[str, str], ...]:
    return (
        ("WorkerSid", worker["sid"]),
        ("WorkerName", worker["friendly_name"]),
        ("WorkerAttributes", worker["attributes"]),
        ("WorkerActivitySid", worker["activity_sid"]),
        ("WorkerActivityName", worker["activity_name"]),
    )


def _needs(told: Mapping[str, Any], name: str, code: int) -> None:
    if not told.get(name):
        raise Refused(code, f"the instruction has no {name!r}")
