"""Which kinds of data there are, why each is kept, and until when."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.content import RECORDINGS, Content, Retention

DAY, HOUR = 86400.0, 3600.0
CALL = 4 * HOUR  # the carrier ends a call then


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data."""

    id: str
    what: str
    why: str
    key: tuple[str, ...]  # where its time stands in config.yaml; () where it has none


KINDS = (
    Kind(
        "calls",
        "what was said and pressed in calls, both numbers, agents' notes of them",
        "to tell a caller, or a court, what happened; to try a new menu on past calls",
        ("retention", "calls"),
    ),
    Kind(
        "recordings",
        "recordings of callers and talks, here and at the carrier",
        "to hear what was left",
        ("recording", "keep"),
    ),
    Kind(
        "transcripts", "the words of recordings, as written down", "to find a recording", ("retention", "transcripts")
    ),
    Kind("cases", "what cases are about, once they are settled", "to prove what was promised", ("retention", "cases")),
    Kind("messages", "conversations by SMS and e-mail, with their files", "to answer them", ("retention", "messages")),
    Kind("surveys", "who answered a survey; the numbers stay", "to follow an answer up", ("retention", "surveys")),
    Kind("call_backs", "whom we promised to call back, once that is over", "to call back", ("retention", "call_backs")),
    Kind("callers", "name, e-mail, lists and tags of a number", "to greet and to route", ("retention", "callers")),
    Kind(
        "agents", "which agent was rung and took which call", "to plan, and to answer for it", ("retention", "agents")
    ),
    Kind("exports", "files that somebody had written for download", "to be fetched", ("retention", "exports")),
    Kind("audit", "who did what: staff, never callers", "each row holds the hash of the one before", ()),
    Kind("figures", "that there was a call, its steps, times and end: of nobody", "every count hangs on it", ()),
)


def days(content: Content | None, kind: str) -> int | None:
    """Say how many days a kind is kept; None for good."""
    if kind == "recordings":
        return content.keep_recordings if content else RECORDINGS
    kept = content.retention if content else Retention()
    found: int | None = getattr(kept, kind, None)
    return found


def longest(content: Content | None) -> float:
    """Say how long the records of a call are needed whatever else is set: the longest call plus an hour, in seconds."""
    limits = content.tree.limits if content else None
    return max(CALL, float(limits.call + limits.talk) if limits else 0.0) + HOUR


def before(content: Content | None, kind: str, now: float) -> float:
    """Say what is past its time: all of the kind that is older than this."""
    kept = days(content, kind)
    assert kept is not None, f"{kind} is kept for good"  # noqa: S101 - KINDS says which
    if kind == "surveys":  # figures are counted from them as long as their call can be read
        kept = max(kept, days(content, "calls") or 0)
    return now - max(kept * DAY, longest(content))
