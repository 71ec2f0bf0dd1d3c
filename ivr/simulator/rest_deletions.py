"""What the REST side deletes of what it holds: calls that are over, recordings, written words, messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ivr.simulator.carrier import Carrier
from ivr.simulator.replies import Reply, date, error, page

_ACCOUNT = r"/2010-04-01/Accounts/(AC[0-9a-f]{32})"
TRANSCRIPTIONS = re.compile(rf"{_ACCOUNT}/Recordings/(\w+)/Transcriptions\.json", re.ASCII)
LIVE = frozenset({"queued", "ringing", "in-progress"})


def delete_copy(carrier: Carrier, path: str) -> Reply | None:
    """Delete one thing; None where the path is of another kind."""
    for pattern, drop in _WAYS:
        match = pattern.fullmatch(path)
        if match is not None:
            with carrier.ledger.lock:
                return drop(carrier, match[2])
    return None


def list_transcriptions(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """List what was written down of a recording."""
    items: list[dict[str, object]] = [
        {"sid": sid, "recording_sid": of, "status": "completed", "date_created": date(0)}
        for sid, of in carrier.ledger.transcriptions.items()
        if of == match[2]
    ]
    return page("transcriptions", items, match[0], query)


def _call(carrier: Carrier, sid: str) -> Reply:
    entry = carrier.ledger.calls.get(sid)
    if entry is not None and entry.status in LIVE:
        return error(400, 20009, "Call is in-progress and cannot be deleted")
    return _gone(carrier.ledger.calls.pop(sid, None) is not None, sid)


def _recording(carrier: Carrier, sid: str) -> Reply:
    return _gone(carrier.ledger.recordings.pop(sid, None) is not None, sid)


def _transcription(carrier: Carrier, sid: str) -> Reply:
    return _gone(carrier.ledger.transcriptions.pop(sid, None) is not None, sid)


def _message(carrier: Carrier, sid: str) -> Reply:
    texts = carrier.ledger.texts
    found = [entry for entry in texts if entry.sid == sid]
    texts[:] = [entry for entry in texts if entry.sid != sid]
    return _gone(bool(found), sid)


def _gone(was_there: bool, sid: str) -> Reply:
    return Reply(204, "application/json", b"") if was_there else error(404, 20404, f"{sid} was not found")


_WAYS: tuple[tuple[re.Pattern[str], Callable[[Carrier, str], Reply]], ...] = (
    (re.compile(rf"{_ACCOUNT}/Calls/(\w+)\.json", re.ASCII), _call),
    (re.compile(rf"{_ACCOUNT}/Recordings/(\w+)\.json", re.ASCII), _recording),
    (re.compile(rf"{_ACCOUNT}(?:/Recordings/\w+)?/Transcriptions/(\w+)\.json", re.ASCII), _transcription),
    (re.compile(rf"{_ACCOUNT}/Messages/(\w+)\.json", re.ASCII), _message),
)
