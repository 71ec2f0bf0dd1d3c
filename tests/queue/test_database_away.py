"""A real PostgreSQL is stopped under a caller who waits: the caller waits on, and no place is lost."""

from __future__ import annotations

import tempfile
import time
import uuid
from pathlib import Path

from rig.postgres import Postgres
from waiting_hotline import PHONES, office

from ivr.simulator.carrier import Request


def test_a_caller_who_waits_keeps_the_place_while_the_database_is_away(tmp_path):
    # pytest's folders are root's alone, and the server runs as another user there.
    own = Postgres(Path(tempfile.gettempdir()) / f"ivr-postgres-{uuid.uuid4().hex[:16]}")
    with own.database() as url, office(tmp_path, url) as at_work:
        at_work.ready("Priya")
        call = at_work.call("1")
        before = at_work.tickets[0].joined_at
        asked = Request(call.awaiting.action, (*call.leg.fields(), ("Digits", "9"), ("QueueTime", "1")))
        with own.stopped():
            for _ in range(2):
                assert call.leg.line.document(asked, "waiting").verbs[-1].name == "Redirect", "the caller waits on"
        assert call.leg.line.document(asked, "waiting").verbs[-1].name == "Redirect"
        time.sleep(1.0)  # until the server has looked at who is there again
        assert [(ticket.state, ticket.joined_at) for ticket in at_work.tickets] == [("waiting", before)]
        assert at_work.offered().placed.called == PHONES["Priya"]
        assert at_work.states == ["talking"]
        at_work.end()
