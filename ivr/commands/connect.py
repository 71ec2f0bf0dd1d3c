"""`ivr connect`: makes what the carrier must hold of ours."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from urllib.parse import urlsplit

import click

from ivr.carrier.taskrouter import TaskRouter
from ivr.commands.draw import working_copy
from ivr.connecting import wanted
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
}  # what is done -> its words


@click.command(epilog="Example: ivr connect --taskrouter --yes")
@click.option("--taskrouter", is_flag=True, help="The carrier's TaskRouter, for teams by: taskrouter.")
@click.option("--workspace", default="", help="Name or id of the workspace; the company's name unless you say.")
@click.option("--yes", is_flag=True, help="Carry the plan out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(taskrouter: bool, workspace: str, yes: bool, as_json: bool) -> None:
    """Bring the carrier's TaskRouter to what config.yaml and the rosters say: first the plan, with --yes the deed.

    Workspace, activities, task queues, workflow and workers are made or changed; the same again changes nothing. What
    stands there and is not ours is left. Run it again after a change of teams, of steps' skills or PUBLIC_URL;
    people on the rosters are brought there by the job process.
    """
    if not taskrouter:
        raise click.UsageError("say what to connect: --taskrouter")
    settings = read_settings()
    if settings.local_account:
        raise SettingError(
            "no carrier stands behind this machine's own account",
            hint="set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of your account",
        )
    if settings.api_url == CARRIER and urlsplit(settings.public_url).hostname in AT_HOME:
        hint = "set PUBLIC_URL to the address under which the carrier reaches this machine"
        raise SettingError(f"the carrier cannot reach {settings.public_url}", hint=hint)
    content = working_copy(settings.config, settings.menus)
    if not wanted.routed_teams(content.tree):
        raise IvrError("no team of config.yaml is by: taskrouter", hint="write 'by: taskrouter' in a team")
    store = Store(settings.database_url, settings.data)
    try:
        steps = connect(settings, store, content, workspace=workspace, apply=yes)
    finally:
        store.close()
    tell(steps, carried_out=yes, as_json=as_json)


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
    count = sum(step.does not in {KEEP, LEAVE} for step in steps)
    if carried_out:
        click.echo(f"done: {count} changed" if count else "all was as wanted")
    else:
        click.echo(f"{count} to change; nothing is done yet: --yes does it" if count else "all is as wanted")
