"""`ivr agents`: the rosters of teams that queue, and who is ready to be offered a call."""

from __future__ import annotations

import getpass
import json
import time
from dataclasses import asdict, replace

import click
from rich.table import Table

from ivr.archive.times import show_time
from ivr.commands.flag import opened
from ivr.errors import IvrError
from ivr.roles import as_words
from ivr.rosters import as_reachable, as_shift, as_skills
from ivr.screen import screen
from ivr.store import Store
from ivr.tickets import NOT_READY, READY, Agent


@click.group()
def command() -> None:
    """Say who takes calls of teams that queue, what they can do, and whether they are ready now.

    A person comes from `ivr users` or from `seed:` of config.yaml, with teams, languages and a phone.

    Example: ivr agents ready Priya
    """


@command.command("list", epilog="Example: ivr agents list --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per agent and line.")
def list_agents(as_json: bool) -> None:
    """List everybody on the rosters, and how many callers wait for each team."""
    with opened() as store:
        agents, waiting = store.agents.all(), store.tickets.waiting()
    if as_json:
        for agent in agents:
            click.echo(json.dumps(asdict(agent), ensure_ascii=False))
        return
    table = Table("Name", "Teams", "State", "Since", "Skills", "Languages", "Phone", "Shift", box=None, pad_edge=False)
    for agent in agents:
        state = agent.state.replace("_", " ") + (f": {agent.reason}" if agent.reason else "")
        lists = (", ".join(agent.skills), ", ".join(agent.languages) or "every")
        known = (agent.name, ", ".join(agent.teams), state, show_time(agent.since))
        table.add_row(*known, *lists, agent.phone, agent.shift)
    screen().print(table if agents else "nobody is on the rosters yet")
    for team, count in sorted(waiting.items()):
        click.echo(f"{count} waiting for {team}")


@command.command(epilog='Example: ivr agents enrol Priya --skills "gas, meters" --shift "Mo-Fr 08:00-16:00"')
@click.argument("name")
@click.option("--skills", help="What they can do, as the teams' skills are named; written with commas.")
@click.option("--phone", help="Another phone than their own: +45…, client:anna or sip:bo@example.org.")
@click.option("--shift", help='When they work, as opening hours are written: "Mo-Fr 08:00-16:00"; "" is always.')
def enrol(name: str, skills: str | None, phone: str | None, shift: str | None) -> None:
    """Put a person on the rosters, or change what is known of them; what is not named stays."""
    with opened() as store:
        person = store.people.named(name)
        known = store.agents.find(person.id) or Agent(person.id, person.teams, "", since=time.time())
        own = replace(known, phone="" if known.phone == person.phone else known.phone)
        changed = replace(
            own,
            skills=own.skills if skills is None else as_skills(as_words(skills)),
            phone=own.phone if phone is None else as_reachable(phone),
            shift=own.shift if shift is None else as_shift(shift),
        )
        store.agents.enrol(changed, getpass.getuser())
        if not (changed.phone or person.phone):
            click.echo(f"{name} has no phone, and is offered nothing until one is known")
    click.echo(f"{name} is on the rosters")


@command.command(epilog="Example: ivr agents leave Priya")
@click.argument("name")
def leave(name: str) -> None:
    """Take somebody off the rosters; what is known of them as a person stays."""
    with opened() as store:
        person = store.people.named(name)
        if not store.agents.leave(person.id, getpass.getuser()):
            raise IvrError(f"{name} is on no roster, or in a call", hint="ivr agents list says which")
    click.echo(f"{name} is on no roster any more")


@command.command(epilog="Example: ivr agents ready Priya")
@click.argument("name")
def ready(name: str) -> None:
    """Offer calls to somebody from now on."""
    with opened() as store:
        say(store, name, READY, "")
    click.echo(f"{name} is ready")


@command.command("not-ready", epilog="Example: ivr agents not-ready Priya --reason lunch")
@click.argument("name")
@click.option("--reason", default="", help="Why, in a word: it stands beside the name.")
def not_ready(name: str, reason: str) -> None:
    """Offer somebody no calls until they are ready again."""
    with opened() as store:
        say(store, name, NOT_READY, reason)
    click.echo(f"{name} is not ready")


def say(store: Store, name: str, state: str, reason: str) -> None:
    """Change somebody's state; IvrError where they are in a call."""
    person, now = store.people.named(name), time.time()
    if store.agents.find(person.id) is None:
        store.agents.enrol(Agent(person.id, person.teams, "", since=now), getpass.getuser())
    if not store.agents.say(person.id, state, reason, now):
        raise IvrError(f"{name} is in a call", hint="try again when it is over")
