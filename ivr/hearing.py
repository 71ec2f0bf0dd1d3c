"""What a caller hears at another time, and why: a call is played as far as keys lead it, what is in effect is told."""

from __future__ import annotations

import time

from ivr.content import Content
from ivr.facts.numbers import NumberBlocks
from ivr.facts.snapshot import snapshot_of
from ivr.facts.view import Asking, TurnFacts
from ivr.node import living_in
from ivr.rehearsal import line_of, moment
from ivr.settings import Settings
from ivr.simulator.acts import Keys, Silence
from ivr.simulator.call import Call, CannotNow
from ivr.store import Store

SILENT = "-"


def play(call: Call, keys: list[str]) -> str:
    """Press these keys one document after the other, hear the last to its end, hang up; say what could not be done."""
    call.advance()
    trouble = ""
    for key in keys:
        try:
            call.act(Silence() if key == SILENT else Keys(key))
        except CannotNow as error:
            trouble = f"{key!r} could not be pressed: {error}"
            break
    if not call.over:
        last = call.items[-1]
        if last.spoken:
            call.clock.now = max(call.clock.now, last.at + last.seconds)
        call.hang_up()
    return trouble


def reasons(
    content: Content, settings: Settings, store: Store, given: dict[str, str], flags: tuple[str, ...]
) -> dict[str, str]:
    """Say what is open then and why not, which flags are on, and what is announced."""
    line = line_of(content, given["line"])
    at = moment(given["at"], line, time.time())
    living = living_in(store)
    snapshot = snapshot_of(living, time.time())
    asking = Asking("", line.id, at, None, {f"flag.{flag}": True for flag in flags})
    facts = TurnFacts(content, snapshot, NumberBlocks(settings.data / "numbers", store.lease), asking)
    on = sorted({name for name in living.flags if snapshot.flag(name, at)} | set(flags))
    told = {"when": f"{facts['call.weekday']} {facts['call.date']} {facts['call.time']} in {line.zone}"}
    for name in content.schedules:
        room = "team" if name in content.tree.teams else "hours"
        told[f"{room} {name}"] = "open" if facts[f"{room}.{name}.open"] else str(facts[f"{room}.{name}.why_closed"])
    on_air = ", ".join(one.name + (" (emergency)" if one.emergency else "") for one in facts.on_air())
    return told | {"flags": ", ".join(on) or "none", "announcements": on_air or "none"}
