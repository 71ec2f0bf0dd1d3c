"""TaskRouter: the assignment that is answered within five seconds, and the events that move nothing of a call."""

from __future__ import annotations

import json
from typing import Any

import structlog

from ivr.retries import RETRIES
from ivr.switchboard.happening import EventRoom, Happened
from ivr.switchboard.tasking import BROWSER, Asked, Reject, Summon, TaskRoom
from ivr.tickets import RINGS
from webhooks.door import NOTED, Hook, Refused, Reply, as_json
from webhooks.form import Form
from webhooks.notes import sid
from webhooks.tasks import TICKET

log = structlog.get_logger()


class Tasks:
    """The routes of TaskRouter."""

    def __init__(self, room: TaskRoom, events: EventRoom, public_url: str) -> None:
        """Answer with addresses under the public URL."""
        self._room = room
        self._events = events
        self._base = public_url

    def assignment(self, hook: Hook) -> Reply:
        """Say what becomes of a reservation: the agent is called, or not to be had."""
        form = hook.form
        task = attributes(form)
        asked = Asked(
            call=_text(task, "call_sid"),
            ticket=_text(task, TICKET),
            task=sid(form, "TaskSid"),
            reservation=sid(form, "ReservationSid"),
            worker=sid(form, "WorkerSid"),
        )
        match self._room.assign(asked, hook.at):
            case Summon() as summon:
                return as_json(self._summons(summon))
            case Reject(activity):
                log.info("reservation_rejected", call=asked.call, worker=asked.worker)
                return as_json({"instruction": "reject", "activity_sid": activity})
        return as_json(None)

    def events(self, hook: Hook) -> Reply:
        """Take in what happened to a reservation, a task or a worker."""
        form = hook.form
        task = attributes(form)
        event = Happened(
            kind=form.get("EventType"),
            call=_text(task, "call_sid"),
            ticket=_text(task, TICKET),
            task=form.get("TaskSid"),
            reservation=form.get("ReservationSid"),
            worker=form.get("WorkerSid"),
            activity=form.get("WorkerActivitySid"),
            why=form.get("TaskCanceledReason"),
        )
        self._events.hear(event, hook.at)
        return NOTED

    def _summons(self, summon: Summon) -> dict[str, object]:
        """Call a phone, which hears our whisper first; a browser's click has taken the call, and joins at once."""
        own = f"{self._base}/voice/o/{summon.leg}"
        if summon.phone.startswith(BROWSER):
            # No voicemail stands behind a browser: the carrier may join whoever answers.
            return {
                "instruction": "conference",
                "from": summon.shown,
                "to": summon.phone,
                "timeout": RINGS,
                "post_work_activity_sid": summon.after,
                "end_conference_on_exit": True,
                "end_conference_on_customer_exit": True,
                # Who joined, and where: with it the two can be moved, held and listened to as any others.
                "conference_status_callback": f"{own}/joined{RETRIES}",
                "conference_status_callback_event": "join",
            }
        return {
            "instruction": "call",
            "from": summon.shown,
            "to": summon.phone,
            "url": f"{own}/offer{RETRIES}",
            "status_callback_url": f"{own}/status{RETRIES}",
            "timeout": RINGS,
            "accept": False,
        }


def attributes(form: Form) -> dict[str, Any]:
    """Read a task's attributes; {} where the form has none.

    Raises Refused.
    """
    text = form.get("TaskAttributes")
    try:
        read = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise Refused("400 Bad Request", "attributes that are no JSON") from error
    return read if isinstance(read, dict) else {}


def _text(task: dict[str, Any], name: str) -> str:
    value = task.get(name)
    return value if isinstance(value, str) and value.isascii() else ""
