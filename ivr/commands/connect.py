"""`ivr connect`: makes what the carrier must hold of ours."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from urllib.parse import urlsplit

import click

from ivr.carrier.numbers import Numbers
from ivr.carrier.taskrouter import TaskRouter
from ivr.commands.draw import working_copy
from ivr.connecting import wanted
from ivr.connecting.numbers import ABSENT, LED, addresses, lead_numbers
from ivr.connecting.plan import KEEP, LEAVE, Aim, Plan, Step
from ivr.content import Content
from ivr.errors import IvrError, SettingError
from ivr.settings import AT_HOME, CARRIER, Settings, read_settings
from ivr.store import Store
from ivr.tickets import Routing

SAID = {
    "create": "create",
    "update": "change",
    "keep": "is as wanted",
    "leave": "not ours, left alone",
    "retire": "on no roster any more, gets no calls",
    "absent": "is no number of this account: buy it there, or correct config.yaml",
    "led": "is led elsewhere at the carrier, take that away in its console",
}  # what is done -> its words
UNDONE = {ABSENT, LED}  # what only people can do


@click.command(epilog="Example: ivr connect --yes. Exit code 0: done, or nothing to do; 3: something only you can do.")
@click.option("--taskrouter", is_flag=True, help="The carrier's TaskRouter in place of the numbers.")
@click.option("--workspace", default="", help="Name or id of the workspace; the company's name unless you say.")
@click.option("--yes", is_flag=True, help="Carry the plan out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(taskrouter: bool, workspace: str, yes: bool, as_json: bool) -> None:
    """Bring the carrier to what config.yaml and the environment say: first the plan, with --yes the deed.

    Each line's number is told where its calls, their end, its messages and its fallback go, with retries; numbers of
    no line are left. With --taskrouter, for teams by: taskrouter, the workspace with its activities, task queues,
    workflow and workers is made or changed. The same again changes nothing. Run it again after a change of PUBLIC_URL,
    FALLBACK_URL, lines, teams or steps' skills; people on the rosters are brought there by the job process.
    """
    settings = read_settings()
    reachable(settings)
    content = working_copy(settings.config, settings.menus)
    if taskrouter:
        steps = routed(settings, content, workspace, apply=yes)
    else:
        steps = lead_numbers(Numbers(settings), content.tree, addresses(settings), apply=yes)
    tell(steps, carried_out=yes, as_json=as_json)
    if any(step.does in UNDONE for step in steps):
        raise SystemExit(3)


def reachable(settings: Settings) -> None:
    """Refuse where no carrier is, or where it could not reach us."""
    if settings.local_account:
        raise SettingError(
            "no carrier stands behind this machine's own account",
            hint="set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of your account",
        )
    if settings.api_url == CARRIER and urlsplit(settings.public_url).hostname in AT_HOME:
        hint = "set PUBLIC_URL to the address under which the carrier reaches this machine"
        raise SettingError(f"the carrier cannot reach {settings.public_url}", hint=hint)


def routed(settings: Settings, content: Content, workspace: str, *, apply: bool) -> list[Step]:
    """Connect TaskRouter."""
    if not wanted.routed_teams(content.tree):
        raise IvrError("no team of config.yaml is by: taskrouter", hint="write 'by: taskrouter' in a team")
    store = Store(settings.database_url, settings.data)
    try:
        return connect(settings, store, content, workspace=workspace, apply=apply)
    finally:
        store.close()


def connect(settings: Settings, store: Store, content: Content, *, workspace: str = "", apply: bool) -> list[Step]:
    """Work the plan out, and carry it out where that is wanted; the ids are kept, so that calls find their way."""
    tree = content.tree
    name = workspace or (tree.company or "Hotline")[: wanted.LONGEST]
    plan = Plan(TaskRouter(settings), Aim(tree, store.agents.all(), settings.public_url, name), apply)
    routing: Routing = plan.run()
    if apply:
        store.routing.connect(routing, getpass.getuser())
    return plan.steps


def tell(steps: list[Step], *, carried_out: bool, as_json: bool) -> None:
    """Say what is to be done, or was."""
    if as_json:
        click.echo(json.dumps({"carried_out": carried_out, "steps": [asdict(step) for step in steps]}))
        return
    for step in steps:
        fields = f" ({', '.join(step.fields)})" if step.fields else ""
        click.echo(f"{step.kind} {step.name}: {SAID[step.does]}{fields}")
    count = sum(step.does not in {KEEP, LEAVE, *UNDONE} for step in steps)
    if count:
        click.echo(
            f"done: {count} changed" if carried_out else f"{count} to change; nothing is done yet: --yes does it"
        )
    elif not any(step.does in UNDONE for step in steps):
        click.echo("all was as wanted" if carried_out else "all is as wanted")
