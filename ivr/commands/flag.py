"""`ivr flag`: what staff switch on for a while, such as a storm."""

from __future__ import annotations

import getpass
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from ivr.onair import FLAG, span_of
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.announcements import Announcement
from ivr.store.flags import Flag
from ivr.store.terms import DAY, LONGEST

T = TypeVar("T", Flag, Announcement)
OWNER = (
    "Who answers for this, here and in the audit trail; your login name unless you say another. "
    "(`ivr publish` asks for an --author: who wrote a version, which nobody owns.)"
)


@contextmanager
def opened() -> Iterator[Store]:
    """Open the store for one command."""
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        yield store
    finally:
        store.close()


def as_name(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Read a flag's name."""
    if not FLAG.fullmatch(value):
        raise click.BadParameter("a flag is named in small letters, such as storm or emergency.care")
    return value


def as_end(_context: click.Context, _option: click.Parameter, value: str) -> float:
    """Read an end as seconds since the epoch: a time with its zone, or how long from now."""
    now = time.time()
    span = span_of(value)
    end = _moment(value) if span is None else now + span
    if end <= now:
        raise click.BadParameter("this time is over")
    if end > now + LONGEST:
        raise click.BadParameter(f"nothing is switched on for more than {LONGEST // DAY} days")
    return end


def _moment(value: str) -> float:
    try:
        end = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter("write a time as 2026-12-24T18:00+01:00, or how long: 2 h, 3 days") from error
    if end.tzinfo is None:
        raise click.BadParameter("say the zone too, as in 2026-12-24T18:00+01:00")
    return end.timestamp()


def with_term(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--owner` and `--until` to a command."""
    until = f"When it ends by itself: 2026-12-24T18:00+01:00, or 2 h, 3 days; {LONGEST // DAY} days at most."
    return with_owner(click.option("--until", callback=as_end, required=True, help=until)(command))


def with_owner(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--owner` to a command."""
    return click.option("--owner", default=getpass.getuser, help=OWNER)(command)


def show(found: Sequence[T], as_json: bool, lines: Callable[[T], Iterable[str]], nothing: str) -> None:
    """List what is on."""
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo("\n".join(lines(one)))
    if not found:
        click.echo(nothing)


@click.group()
def command() -> None:
    """Switch flags on and off; menus read them as `flag.<name>`, within two seconds.

    The flag `emergency` closes every team, `emergency.<team>` one of them.
    """


@command.command(epilog="Example: ivr flag on storm --owner Priya --until 2026-12-24T18:00+01:00")
@click.argument("name", callback=as_name)
@with_term
def on(name: str, owner: str, until: float) -> None:
    """Switch a flag on until its end; one that is on takes the new owner and end."""
    with opened() as store:
        store.flags.on(Flag(name, owner, until, time.time()))
    click.echo(f"{name} is on {ending(until)}")


@command.command(epilog="Example: ivr flag off storm")
@click.argument("name", callback=as_name)
@with_owner
def off(name: str, owner: str) -> None:
    """Switch a flag off."""
    with opened() as store:
        was_on = store.flags.off(name, owner)
    click.echo(f"{name} is off" if was_on else f"{name} was not on")


@command.command("list", epilog="Example: ivr flag list --json")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_flags(as_json: bool) -> None:
    """List the flags that are on."""
    with opened() as store:
        flags = [flag for flag in store.flags.all() if flag.until > time.time()]
    show(flags, as_json, lambda flag: [f"{flag.name}  {ending(flag.until)}  {flag.owner}"], "no flag is on")


def ending(until: float) -> str:
    """Say when something ends."""
    return f"until {datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M}Z"
