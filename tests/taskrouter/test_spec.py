"""Every request that we send to TaskRouter, and every answer of the double, against the vendor's own description."""

from __future__ import annotations

import pytest
from rig.judge import Judge

from ivr.worker.task_sweep import TaskSweep


@pytest.mark.shared
def test_what_we_send_and_what_the_double_answers_is_as_the_vendor_describes_it(at_work, witnesses, shared):
    judge = Judge(shared / "openapi/twilio_taskrouter_v1.json")
    witnesses.append(judge)
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
    assert judge.faults == []
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
