"""`ivr hear`: what a caller hears at another time, and why."""

from __future__ import annotations

import json
import os
import time

import click

from ivr.commands.call import show
from ivr.content import Content
from ivr.facts.numbers import NumberBlocks
from ivr.facts.snapshot import snapshot_of
from ivr.facts.view import Asking, TurnFacts
from ivr.node import living_in
from ivr.rehearsal import VERSION, chosen_version, line_of, moment, played
from ivr.settings import Settings, read_settings
from ivr.simulator.acts import Keys, Silence
from ivr.simulator.call import Call, CannotNow, Plan
from ivr.simulator.scenario import WITHHELD, Scenario
from ivr.stage import Installed
from ivr.store import Store

SILENT = "-"


@click.command(epilog="Example: ivr hear --at '2026-12-24 17:58' --line care --from +4533123456 --keys '2 1'")
@click.option("--at", default="", help="Date and time in the line's zone: 2026-12-24 17:58; else now.")
@click.option("--line", default="", help="Which line is called; else the default one.")
@click.option("--from", "caller", default="+14155550123", help="The caller's number, or `withheld`.")
@click.option("--keys", default="", help="What the caller presses, document by document: '2 1'; - is silence.")
@click.option("--flag", "flags", multiple=True, help="A flag that is on for this call; may be given again.")
@click.option("--version", default="", help=VERSION)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(keys: str, as_json: bool, **wish: object) -> None:
    """Play the beginning of a call at any time, and tell what is open then, which flags are on and what is announced.

    The call goes through the real webhooks on a server of its own; it counts in no figure and rings nobody.
    """
    settings = read_settings()
    given = {name: str(value) for name, value in wish.items() if isinstance(value, str)}
    flags = tuple(map(str, wish["flags"])) if isinstance(wish["flags"], tuple) else ()
    store = Store(settings.database_url, settings.data)
    try:
        content = chosen_version(settings, store, given["version"])
        why = reasons(content, settings, store, given, flags)
    finally:
        store.close()
    caller = WITHHELD if given["caller"] == "withheld" else given["caller"]
    facts = {f"flag.{flag}": True for flag in flags}
    scenario = Scenario("", "", (), line=given["line"], caller=caller, moment=given["at"], facts=facts)
    with Installed(content.hash, "", dict(os.environ)) as stage:
        carrier, url = stage.begin(scenario)
        call = Call(carrier, Plan(url, caller, pretend=True))
        trouble = play(call, keys.split())
    if as_json:
        heard = [item.as_json() for item in call.items]
        click.echo(json.dumps({"version": content.hash, "why": why, "heard": heard, "trouble": trouble}, indent=1))
        return
    click.echo(played(content, given["version"]))
    for item in call.items:
        show(item)
    click.echo("\n".join(["", *(f"{name}: {told}" for name, told in why.items()), *([trouble] if trouble else [])]))


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
