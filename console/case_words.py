"""Cases in the words of the pages: who owes what, when an answer is due, what was done, what became of a message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.store.case_words import CLOSED, NEVER, NEW, OPEN, SETTLED, SOLVED, WAITING
from ivr.store.cases import Case, Change
from ivr.store.messages import Message

Said = tuple[str, str]  # words, and the shape that says so
# status -> who owes the next step
STATUS: Mapping[str, Said] = {
    NEW: ("new", "info"),
    OPEN: ("we owe an answer", "warn"),
    WAITING: ("the caller owes an answer", "info"),
    SOLVED: ("solved", "ok"),
    CLOSED: ("closed", "off"),
}
WAYS: Mapping[str, str] = {"sms": "SMS", "email": "e-mail", "note": "note, colleagues only"}
# state of a message of ours -> what became of it
STATES: Mapping[str, Said] = {
    "waiting": ("waits to be sent", "info"),
    "sending": ("is being sent", "info"),
    "sent": ("sent", "ok"),
    "delivered": ("delivered", "ok"),
    "failed": ("not sent", "bad"),
    "unknown": ("cannot tell whether it was sent", "warn"),
}
DID: Mapping[str, str] = {
    "late": "was late: more urgent from then on",
    "not solved": "the caller says that it was not solved",
    "reply": "the caller has answered",
    "merged": "became a name of",
    "took in": "took in the double",
}
HOUR, DAY = 3600, 86400


def due_of(case: Case, zone: str, now: float) -> Said:
    """Say when an answer is due, or by how much it is late."""
    if case.status in SETTLED or case.due_at >= NEVER:
        return ("", "") if case.status in SETTLED else ("no due time", "off")
    if case.late(now):
        return f"late by {span(now - case.due_at)}", "bad"
    if case.status == WAITING:
        return "", ""
    here = ZoneInfo(zone)
    due, today = datetime.fromtimestamp(case.due_at, here), datetime.fromtimestamp(now, here).date()
    if due.date() == today:
        return f"due today {due:%H:%M}", "warn"
    if due.date() == today + timedelta(days=1):
        return f"due tomorrow {due:%H:%M}", ""
    return f"due {due:%a} {due.day} {due:%b %H:%M}", ""


def span(seconds: float) -> str:
    """Write how long, in the two largest units."""
    minutes = max(0, int(seconds // 60))
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} {'day' if days == 1 else 'days'}"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def told(change: Change) -> str:
    """Tell one entry of a case's history."""
    parts = [DID[change.did]] if change.did in DID else []
    for name, two in change.detail.items():
        before, after = (STATUS[each][0] if name == "status" and each in STATUS else each for each in two)
        if name == "case":
            parts = [f"{' '.join(parts)} {after}"]
        else:
            parts.append(f"{name}: {before or 'none'} → {after or 'none'}")
    return "; ".join(parts)


def became(message: Message) -> Said:
    """Say what became of a message of ours, and why; nothing of what came in or is a note."""
    words, shape = STATES.get(message.state, ("", ""))
    return (f"{words}: {message.reason}" if words and message.reason else words), shape
