"""`ivr call-backs`: whom we have promised to call, and how that stands."""

from __future__ import annotations

import getpass
import json
import time

import click
from rich.table import Table

from ivr.archive.opening import Opened, open_archive
from ivr.archive.promises import Promised, promise_data, promised
from ivr.archive.times import show_time
from ivr.errors import IvrError
from ivr.screen import screen
from ivr.store.call_backs import STATES

SHOWN = 8  # digits of an id that tell one promise from another


@click.group()
def command() -> None:
    """List the calls that we have promised to callers, and take one back.

    Example: ivr call-backs list
    """


@command.command("list", epilog="Example: ivr call-backs list --all --json")
@click.option("--all", "every", is_flag=True, help="Those that are over as well.")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--limit", default=100, type=click.IntRange(1, 10_000), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per promise and line.")
def list_promises(every: bool, state: str | None, limit: int, as_json: bool) -> None:
    """List promises with their first time, reason and state; those that are open, the earliest first."""
    with open_archive() as place:
        store, keyring = place.archive.store, place.archive.keyring
        rows = store.call_backs.latest(limit) if every or state else store.call_backs.open()[:limit]
        found = [promised(row, store, keyring) for row in rows if state in {None, row.state}]
        names = {person.id: person.name for person in store.people.all()}
        if as_json:
            for one in found:
                click.echo(json.dumps(promise_data(one), ensure_ascii=False))
        else:
            _show(found, names)


@command.command(epilog="Example: ivr call-backs cancel 5f2c81aa")
@click.argument("promise")
def cancel(promise: str) -> None:
    """Take a PROMISE back, named by its id or the beginning of it; nobody is called for it any more."""
    with open_archive() as place:
        effect = _named(place, promise)
        if not place.archive.store.call_backs.cancel(effect, getpass.getuser(), time.time()):
            raise IvrError("it is over already, or the caller is being called now", hint="ivr call-backs list --all")
    click.echo("cancelled")


def _named(place: Opened, beginning: str) -> bytes:
    """Find a promise by the beginning of its id."""
    rows = place.archive.store.call_backs.latest(10_000)
    found = [row.effect for row in rows if beginning and row.effect.hex().startswith(beginning.lower())]
    if len(found) != 1:
        said = f"no promise begins with {beginning}" if not found else f"{len(found)} promises begin with {beginning}"
        raise IvrError(said, hint="ivr call-backs list --all prints their ids")
    return found[0]


def _show(found: list[Promised], names: dict[str, str]) -> None:
    table = Table("Id", "First", "Number", "Team", "Case", "Tries", "State", "By", "Why", box=None, pad_edge=False)
    for one in found:
        by = names.get(one.attempts[-1].person, "") if one.attempts else ""
        table.add_row(
            one.row.effect.hex()[:SHOWN],
            show_time(one.row.first_at, one.row.zone),
            one.number or "not readable",
            one.row.team,
            one.row.case,
            str(one.row.attempts),
            one.stands,
            by,
            one.reason,
        )
    screen().print(table if found else "nobody waits to be called back")
