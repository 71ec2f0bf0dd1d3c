"""Recordings of whole calls by REST: begun, paused, stopped; each ends with its leg, and tells so."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.simulator.carrier import Carrier, Line, Request, new_sid
from ivr.simulator.ledger import RecordingEntry
from ivr.simulator.replies import LOST, Reply, as_json, date, error

_ACCOUNT = r"/2010-04-01/Accounts/(AC[0-9a-f]{32})"
TAPES = re.compile(rf"{_ACCOUNT}/Calls/(\w+)/Recordings\.json", re.ASCII)
TAPE = re.compile(rf"{_ACCOUNT}/Calls/(\w+)/Recordings/(\w+)\.json", re.ASCII)
TAPING = frozenset({"in-progress", "paused", "stopped"})
GIVEN = frozenset({"RecordingChannels", "RecordingStatusCallback", "RecordingStatusCallbackEvent"})
SOURCE = "StartCallRecordingAPI"
SECONDS = 10  # that each of them plays: the caller's clock is not at hand here


def change_tape(carrier: Carrier, path: str, method: str, given: Mapping[str, str]) -> Reply | None:
    """Begin or change a recording; None where the path is of something else."""
    all_, one = TAPES.fullmatch(path), TAPE.fullmatch(path)
    if method != "POST" or not (all_ or one):
        return None
    return _begin(carrier, all_[2], given) if all_ else _change(carrier, one[3] if one else "", given)


def _begin(carrier: Carrier, call: str, given: Mapping[str, str]) -> Reply:
    ledger, leg = carrier.ledger, carrier.ledger.calls.get(call)
    if leg is None:
        return error(404, 20404, f"The call {call} was not found")
    if leg.ended is not None or leg.status not in {"ringing", "in-progress"}:
        return error(400, 21220, "Requested resource is not eligible for recording")
    if not given.keys() <= GIVEN or given.get("RecordingChannels", "mono") not in {"mono", "dual"}:
        return error(400, 20001, "this double does not know what is asked for")
    entry = ledger.note_recording(new_sid("RE"), call, SECONDS)
    entry.taping, entry.source, entry.report = "in-progress", SOURCE, given.get("RecordingStatusCallback", "")
    entry.channels = 2 if given.get("RecordingChannels") == "dual" else 1
    entry.events = tuple(given.get("RecordingStatusCallbackEvent", "completed").split())
    if ledger.taped_unheard:
        ledger.taped_unheard -= 1
        return Reply(LOST, "", b"")
    return as_json(_shown(carrier, entry), 201)


def _change(carrier: Carrier, sid: str, given: Mapping[str, str]) -> Reply:
    tape = carrier.ledger.recordings.get(sid)
    if tape is None or not tape.taping:
        return error(404, 20404, f"The recording {sid} was not found, or is over")
    if given.get("Status") not in TAPING or given.get("PauseBehavior", "skip") not in {"skip", "silence"}:
        return error(400, 20001, "no such status of a recording")
    if given["Status"] != "stopped":
        tape.taping = given["Status"]
        return as_json(_shown(carrier, tape))
    shown = _shown(carrier, tape) | {"status": "stopped"}
    report = ended(carrier, tape)
    if report and not carrier.holds_callbacks:
        line = Line.of(carrier)
        line.tell(report)
        line.web.close()
    return as_json(shown)


def ended(carrier: Carrier, tape: RecordingEntry) -> Request | None:
    """End a recording; gives what the carrier tells of it."""
    tape.taping = ""
    status = "absent" if tape.absent else "completed"
    if not tape.report or status not in tape.events:
        return None
    fields = (
        ("AccountSid", carrier.account),
        ("CallSid", tape.call),
        ("RecordingSid", tape.sid),
        ("RecordingUrl", f"{carrier.api}/2010-04-01/Accounts/{carrier.account}/Recordings/{tape.sid}"),
        ("RecordingStatus", status),
        ("RecordingDuration", str(tape.seconds)),
        ("RecordingChannels", str(tape.channels)),
        ("RecordingSource", tape.source),
        ("RecordingTrack", "both"),
    )
    return Request(tape.report, fields)


def _shown(carrier: Carrier, tape: RecordingEntry) -> dict[str, object]:
    here = f"/2010-04-01/Accounts/{carrier.account}/Calls/{tape.call}/Recordings/{tape.sid}"
    return {
        "sid": tape.sid, "account_sid": carrier.account, "call_sid": tape.call, "conference_sid": None,
        "api_version": "2010-04-01", "date_created": date(0), "date_updated": date(0), "start_time": date(0),
        "duration": None, "channels": tape.channels, "source": SOURCE, "status": tape.taping or "stopped",
        "price": None, "price_unit": "USD", "error_code": None, "encryption_details": None, "track": "both",
        "uri": f"{here}.json",
    }  # fmt: skip
