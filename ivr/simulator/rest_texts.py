"""Text messages of the carrier's REST side: sent, refused, lost on the way back, listed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.simulator.carrier import Carrier, new_sid
from ivr.simulator.ledger import TextEntry
from ivr.simulator.replies import LOST, Reply, as_json, date, error, page

MESSAGES = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Messages\.json", re.ASCII)
MEDIA = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})(/Messages/\w+/Media/\w+)", re.ASCII)
FILES = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})(/Messages/(\w+)/Media)\.json", re.ASCII)
LONGEST = 1600
NUMBER = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def send_text(carrier: Carrier, given: Mapping[str, str]) -> Reply:
    """Take one message; where the ledger says so it is taken and the answer is lost."""
    to, body = given.get("To", ""), given.get("Body", "")
    sender = given.get("From") or given.get("MessagingServiceSid", "")
    wrong = [
        code
        for code, broken in (
            (21604, not to),
            (21603, not sender),
            (21602, not body),
            (21617, len(body) > LONGEST),
            (21211, not NUMBER.fullmatch(to)),
        )
        if broken
    ]
    ledger = carrier.ledger
    if wrong or to in ledger.refused:
        code = wrong[0] if wrong else ledger.refused[to]
        return error(400, code, f"The message to {to} was refused")
    entry = TextEntry(new_sid("SM"), sender, to, body, report=given.get("StatusCallback", ""))
    with ledger.lock:
        ledger.texts.append(entry)
        lost = ledger.mute > 0
        ledger.mute -= lost
    return Reply(LOST, "", b"") if lost else as_json(_text(carrier, entry), 201)


def list_texts(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """List messages; a filter by day lets all of them pass, since the double's have no day."""
    entries = [
        entry
        for entry in carrier.ledger.texts
        if query.get("To", entry.to) == entry.to and query.get("From", entry.sender) == entry.sender
    ]
    return page("messages", [_text(carrier, entry) for entry in entries], match[0], query)


def give_media(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """Give what came along with a message."""
    del query
    found = carrier.ledger.media.get(match[2])
    return Reply(200, *found) if found else error(404, 20404, f"{match[2]} was not found")


def list_media(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """List what came along with a message."""
    here = f"/2010-04-01/Accounts/{carrier.account}"
    found = [
        {
            "sid": path.rpartition("/")[2], "account_sid": carrier.account, "parent_sid": match[3],
            "content_type": kind, "date_created": date(0), "date_updated": date(0), "uri": f"{here}{path}.json",
        }
        for path, (kind, _) in carrier.ledger.media.items()
        if path.startswith(f"{match[2]}/")
    ]  # fmt: skip
    return page("media_list", found, match[0], query)


def _text(carrier: Carrier, entry: TextEntry) -> dict[str, object]:
    here = f"/2010-04-01/Accounts/{carrier.account}/Messages/{entry.sid}"
    service = entry.sender.startswith("MG")
    files = sum(path.startswith(f"/Messages/{entry.sid}/") for path in carrier.ledger.media)
    return {
        "sid": entry.sid, "account_sid": carrier.account, "api_version": "2010-04-01", "body": entry.body,
        "direction": entry.direction, "from": None if service else entry.sender, "to": entry.to,
        "messaging_service_sid": entry.sender if service else None, "status": entry.status,
        "error_code": entry.error, "error_message": None, "num_media": str(files), "num_segments": "1",
        "price": None, "price_unit": "USD",
        "date_created": date(entry.at), "date_sent": date(entry.at), "date_updated": date(entry.at),
        "uri": f"{here}.json", "subresource_uris": {"media": f"{here}/Media.json"},
    }  # fmt: skip
