"""The account's TaskRouter, by the carrier's REST side: what stands in it is listed, made and changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twilio.rest import Client

from ivr.carrier.calls import AtAddress
from ivr.carrier.telling import told
from ivr.settings import Settings

ACTIVITIES, QUEUES, WORKFLOWS, WORKERS = "activities", "task_queues", "workflows", "workers"
UNDECIDED = "pending,reserved,assigned,wrapping"  # states of tasks that are not over
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that stands in TaskRouter."""

    sid: str
    name: str
    fields: Mapping[str, Any]  # in the words of the carrier's library


class TaskRouter:
    """Every method raises CarrierAway when the carrier does not answer, NotAccepted when it refuses."""

    def __init__(self, settings: Settings) -> None:
        """Ask the carrier of these settings."""
        http = AtAddress(settings.api_url)
        client = Client(settings.account_sid, settings.auth_token, http_client=http)
        self._workspaces = client.taskrouter.v1.workspaces

    def workspaces(self) -> list[Standing]:
        """List the account's."""
        with told("TaskRouter does not list its workspaces"):
            return [_standing(one) for one in self._workspaces.list(page_size=PAGE)]

    def make_workspace(self, fields: Mapping[str, Any]) -> Standing:
        """Make one."""
        with told("TaskRouter does not make a workspace"):
            return _standing(self._workspaces.create(**fields))

    def change_workspace(self, workspace: str, fields: Mapping[str, Any]) -> None:
        """Change one."""
        with told("TaskRouter does not change the workspace"):
            self._workspaces(workspace).update(**fields)

    def standing(self, workspace: str, kind: str) -> list[Standing]:
        """List what stands in a workspace."""
        with told(f"TaskRouter does not list its {kind}"):
            return [_standing(one) for one in getattr(self._workspaces(workspace), kind).list(page_size=PAGE)]

    def make(self, workspace: str, kind: str, fields: Mapping[str, Any]) -> Standing:
        """Make something in a workspace."""
        with told(f"TaskRouter does not make {fields.get('friendly_name', kind)!r}"):
            return _standing(getattr(self._workspaces(workspace), kind).create(**fields))

    def change(self, workspace: str, kind: str, sid: str, fields: Mapping[str, Any]) -> None:
        """Change something in a workspace."""
        with told(f"TaskRouter does not change {sid}"):
            getattr(self._workspaces(workspace), kind)(sid).update(**fields)

    def move(self, workspace: str, worker: str, activity: str) -> None:
        """Say what a worker does; a reservation that is pending meanwhile is rejected."""
        fields = {"activity_sid": activity, "reject_pending_reservations": True}
        self.change(workspace, WORKERS, worker, fields)

    def calls(self, workspace: str) -> set[str]:
        """Name the calls (CallSid) whose tasks are not over."""
        with told("TaskRouter does not list its tasks"):
            tasks = self._workspaces(workspace).tasks.list(assignment_status=[UNDECIDED], page_size=PAGE)
        return {str(_attributes(one.attributes).get("call_sid", "")) for one in tasks}

    def activities(self, workspace: str) -> dict[str, str]:
        """Say what each worker does, by ids."""
        return {one.sid: str(one.fields.get("activity_sid") or "") for one in self.standing(workspace, WORKERS)}

    def reject(self, workspace: str, task: str, reservation: str, activity: str) -> None:
        """Give a task back; the worker does something else from now on."""
        with told("TaskRouter does not reject a reservation"):
            mine = self._workspaces(workspace).tasks(task).reservations(reservation)
            mine.update(reservation_status="rejected", worker_activity_sid=activity)

    def complete(self, workspace: str, task: str) -> None:
        """Say that a task is done."""
        with told("TaskRouter does not complete a task"):
            self._workspaces(workspace).tasks(task).update(assignment_status="completed", reason="the talk is over")


def _standing(one: Any) -> Standing:
    return Standing(str(one.sid), str(one.friendly_name), vars(one))


def _attributes(text: str | None) -> dict[str, Any]:
    try:
        read = json.loads(text or "{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
