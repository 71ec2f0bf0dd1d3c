"""A call's story in plain lines: at the command line, and for the person whose call it was."""

from __future__ import annotations

from ivr.archive.aftermath import became, carrier_said, seconds_of, to_do
from ivr.archive.noting import noted
from ivr.archive.promises import attempts_told, promise_told
from ivr.archive.story import Scene, Story
from ivr.archive.talking import said_of
from ivr.archive.times import show_span, show_time
from ivr.archive.wording import wanted
from ivr.archive.wrap_ups import wrote
from ivr.plainly import plainly


def lines_of(told: Story, zone: str) -> list[str]:
    """Tell a call; times are shown in this zone (IANA)."""
    seen = told.call
    caller = (seen.caller or "a withheld number") if seen.readable else "a number that is not readable here"
    lines = [
        f"{seen.call}  {show_time(seen.began, zone)}  line {seen.line}  from {caller}"
        + ("  (pretended)" if seen.pretend else ""),
        f"version {seen.version[:12]}  " + (seen.outcome if seen.ended else "going on"),
    ]
    began = told.scenes[0].at if told.scenes else seen.began
    version = seen.version
    for scene in told.scenes:
        lines += ["", *([f"from here on version {scene.version[:12]}"] if scene.version != version else [])]
        lines += _scene(scene, began)
        version = scene.version
    lines += _after(told, zone)
    return [plainly(line) for line in lines]


def _scene(scene: Scene, began: float) -> list[str]:
    lost = "" if scene.heard else "  (not heard: the answer was lost)"
    who = f"on leg {scene.leg}: " if scene.leg else ""
    lines = [f"{show_span(scene.at - began):>6}  {who}{scene.did} -> {scene.place}  [{scene.took / 1000:.1f} ms]{lost}"]
    lines += [f"          {noted(event)}" for event in scene.events]
    lines += [f"          wanted: {wanted(effect)}" for effect in scene.wanted]
    lines += [f'          "{word}"' for word in scene.words]
    return lines


def _after(told: Story, zone: str) -> list[str]:
    lines = [""] if any((told.talks, told.notes, told.cases, told.recordings, told.effects, told.wrap_ups)) else []
    lines += [f"in the talk, {show_time(one.at, zone)}: {said_of(one)}" for one in told.talks]
    for note in told.notes:
        leg = "" if note.leg == note.call else f" ({note.leg})"
        lines.append(f"the carrier, {show_time(note.at, zone)}: {carrier_said(note)}{leg}")
    for one in told.cases:
        about = f", {one.said.about}" if one.said and one.said.about else ""
        same = f", the same as {one.case.alias_of}" if one.case.alias_of else ""
        lines.append(f"case {one.case.number}: {one.case.kind}{about}{same}, {one.case.status}")
    seconds = seconds_of(told)
    for recording in told.recordings:
        where = recording.path or recording.reason or "not fetched yet"
        what = "recording of a talk" if recording.sid in told.taped else "recording"
        lines.append(f"{what} {recording.sid}: {recording.state}, {seconds[recording.sid]} s, {where}")
        lines += [f'  in words: "{told.written[recording.sid]}"'] if recording.sid in told.written else []
    for promise in told.call_backs:
        lines.append(f"call back {promise_told(promise)}")
        told_of = zip(promise.attempts, attempts_told(promise), strict=True)
        lines += [f"  {show_time(attempt.at, zone)}: {said}" for attempt, said in told_of]
    for wrap_up in told.wrap_ups:
        draft = "" if wrap_up.row.saved_at else " (a draft)"
        lines += [f"{wrap_up.name}{draft}: {text}" for text in wrote(wrap_up)]
    left = (effect for effect in told.effects if effect.state != "sent")
    lines += [f"to {to_do(one)}: {became(one)}" for one in left]
    return lines
