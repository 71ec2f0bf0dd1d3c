"""`ivr block`: numbers that nobody answers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from ivr.blocking import EVER, BlockList
from ivr.commands.flag import ending, with_owner
from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.onair import read_end
from ivr.settings import read_settings
from ivr.store import Store

FOR_EVER = "for ever"


@click.group()
def command() -> None:
    """Block numbers: their calls are rejected before they are answered, which costs nothing.

    Example: ivr block add +14155550123 --reason "a machine that calls every minute" --until "30 days"
    """


@command.command("add", epilog='Example: ivr block add +14155550123 --reason "sells something" --until "30 days"')
@click.argument("number")
@click.option("--reason", required=True, help="Why nobody answers it.")
@click.option("--until", default=FOR_EVER, show_default=True, help="When it ends: 2026-12-24T18:00Z, 2 h, 30 days.")
@with_owner
def add(number: str, reason: str, until: str, owner: str) -> None:
    """Block a number, written with its country; `withheld` stands for everybody who shows none."""
    end = EVER if until == FOR_EVER else read_end(until, time.time(), "UTC")
    with opened() as blocks:
        made = blocks.add(number, reason, owner, end)
    click.echo(f"{made.number} is not answered {lasting(made.until)}")


@command.command("remove", epilog="Example: ivr block remove +14155550123")
@click.argument("number")
@with_owner
def remove(number: str, owner: str) -> None:
    """Answer a number again."""
    with opened() as blocks:
        removed = blocks.remove(number, owner)
    click.echo(f"{number} is answered again" if removed else f"{number} was not blocked")


@command.command("list", epilog="Example: ivr block list --json")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON; `until` is null where there is no end.")
def list_blocks(as_json: bool) -> None:
    """List the numbers that are not answered, the latest first."""
    with opened() as blocks:
        found = blocks.all()
    if as_json:
        told = [asdict(one) | {"until": None if one.until >= EVER else one.until} for one in found]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for one in found:
        number, reason = one.number or "not readable", one.reason or "not readable"
        click.echo(f"{number}  {lasting(one.until)}  {one.owner}  {reason}")
    if not found:
        click.echo("no number is blocked")


@command.command("show", epilog="Example: ivr block show +14155550123")
@click.argument("number")
def show(number: str) -> None:
    """Say whether a number is blocked, and why."""
    with opened() as blocks:
        found = blocks.look_up(number)
    if found is None:
        raise IvrError(f"{number} is not blocked")
    click.echo(f"{found.number} is not answered {lasting(found.until)}: {found.reason} ({found.owner})")


def lasting(until: float) -> str:
    """Say until when."""
    return FOR_EVER if until >= EVER else ending(until)


@contextmanager
def opened() -> Iterator[BlockList]:
    """Open the block list for one command."""
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        yield BlockList(store, Keyring(settings.secret_keys))
    finally:
        store.close()
