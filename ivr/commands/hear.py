"""`ivr hear`: what a caller hears at another time, and why."""

from __future__ import annotations

import json
import os

import click

from ivr.commands.call import show
from ivr.hearing import play, reasons
from ivr.rehearsal import VERSION, chosen_version, played
from ivr.settings import read_settings
from ivr.simulator.call import Call, Plan
from ivr.simulator.scenario import WITHHELD, Scenario
from ivr.stage import Installed
from ivr.store import Store


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
