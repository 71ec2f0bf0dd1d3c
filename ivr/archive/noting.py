"""What is noted of a turn, in the words that people read: what was decided, and by which condition."""

from __future__ import annotations

from dataclasses import asdict

from ivr.engine import events as of
from ivr.engine.tree import Decide, Tree

# event -> how it is told; the names are those of its fields
TOLD: dict[type, str] = {
    of.Began: "came in on line {line}",
    of.Entered: "came to {step}",
    of.KeyRejected: "at {step} nothing answers to what was pressed ({count} {keys})",
    of.Answered: "gave {name} at {step}",
    of.Left: "left {step} by “{exit}”, on to {target}",
    of.LanguageChanged: "goes on in {language}",
    of.ConsentSpoken: "was told that what is said next is recorded",
    of.ConsentGiven: "agreed to be recorded",
    of.ConsentRefused: "did not agree to be recorded",
    of.MessageLeft: "left {name} of {seconds} s at {step}",
    of.CaseOpened: "case {number} ({kind}) was promised at {step}",
    of.Declined: "would rather not be asked at {step}",
    of.CallBackPromised: "team {team} is to call back from {first} on",
    of.Queued: "waits for team {team}",
    of.Passed: "whoever of team {team} answered did not take the call",
    of.Talked: "talked with team {team} for {seconds} s",
    of.Ordered: "had {what} done at {step}",
    of.LimitReached: "the limit of {limit} was reached",
    of.Moved: "taken off a version that was withdrawn, where it stood at {step}",
    of.Ignored: "changed nothing",
    of.Rated: "answered {question} with {value} at {step}",
    of.Inquired: "what {step} asked outside: {outcome}",
}
ENDED = {"hung_up": "we hung up", "left": "the caller hung up", "limit": "a limit ended it", "refused": "not answered"}
WAITED = {"answered": "was taken", "hung_up": "hung up", "patience": "had waited long enough", "key": "pressed a key"}


def noted(event: of.Event, tree: Tree | None = None) -> str:  # noqa: PLR0911 - one line per kind of event
    """Say an event; with the tree of its version, by which condition a way was taken."""
    match event:
        case of.Decided():
            return decided(event, tree)
        case of.Chose(step, key):
            return f"chose {key} at {step}" if key else f"stayed on the line at {step}, which is a choice"
        case of.Understood(step, keys, confidence):
            meant = f"words that meant {keys}" if keys else "words that meant none of the choices"
            return f"said {meant} at {step} ({confidence:.0%} sure)"
        case of.StayedSilent(step, times):
            return f"silent at {step}, for the {nth(times)} time"
        case of.Announced(_, count):
            return f"heard {some(count, 'announcement')} first"
        case of.MessageOrdered(step, by, team):
            return f"{by} is to be sent by {step}" + (f", for team {team}" if team else "")
        case of.Rang(_, team, count):
            return f"{some(count, 'phone')} of team {team} rang"
        case of.WaitEnded(_, team, how, seconds):
            return f"waited for team {team} for {seconds} s and {WAITED.get(how, how)}"
        case of.Ended(step, how):
            return f"over at {step}: {ENDED.get(how, how)}" if step else f"over: {ENDED.get(how, how)}"
    known = asdict(event)
    return TOLD[type(event)].format(**known, keys="key" if known.get("count") == 1 else "keys")


def decided(event: of.Decided, tree: Tree | None) -> str:
    """Say which way was taken, and why, where that can be told."""
    step = tree.steps.get(event.step) if tree else None
    branches = step.branches if isinstance(step, Decide) else ()
    if not event.branch:
        none = f"none of its {len(branches)} conditions held" if len(branches) > 1 else "its condition did not hold"
        return f"{event.step} led to {event.target}: {none if branches else 'else'}"
    if event.branch <= len(branches):
        return f"{event.step} led to {event.target}: {branches[event.branch - 1].condition}"
    return f"{event.step} led to {event.target}, by its {nth(event.branch)} condition"


def some(count: int, what: str) -> str:
    """Count things."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def nth(number: int) -> str:
    """Write a place in a row."""
    tail = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in {11, 12, 13} else 0, "th")
    return f"{number}{tail}"
