"""`ivr callers`: what is kept of a caller."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

import click

from ivr.callers import Callers, Kept
from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.settings import read_settings
from ivr.store import Store


@click.group()
def command() -> None:
    """Keep what menus know of a caller: name, lists, tags, and whether it is a very important one.

    Example: ivr callers set +14155550123 --name "Ada Byron" --vip --list friends
    """


@command.command("set")
@click.argument("number")
@click.option("--name", help='What texts say for {caller.name}; "" takes it out.')
@click.option("--email", help="Where `send` with `email: caller` goes.")
@click.option("--vip/--no-vip", default=None, help="The fact caller.vip.")
@click.option("--list", "lists", multiple=True, help="Put on a list, such as refused or spam.")
@click.option("--off", multiple=True, help="Take off a list, or take a tag away.")
@click.option("--tag", "tags", multiple=True, help="Give a tag.")
def set_caller(number: str, off: tuple[str, ...], **told: Any) -> None:
    """Change what is kept of a number; what is not named stays as it is.

    Example: ivr callers set +14155550123 --list refused --off friends
    """
    lists, tags = told.pop("lists"), told.pop("tags")
    given = {name: value for name, value in told.items() if value is not None}
    with _opened() as callers:
        before = callers.kept(_number(number))
        kept = replace(
            before,
            **given,
            lists=_changed(before.lists, lists, off),
            tags=_changed(before.tags, tags, off),
        )
        callers.keep(number, kept)
    click.echo(_told(kept))


@command.command("show")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with what is counted too.")
def show(number: str, as_json: bool) -> None:
    """Show what is known of a number.

    Example: ivr callers show +14155550123
    """
    with _opened() as callers:
        kept, facts = callers.kept(_number(number)), callers.look(number, time.time())
    if as_json:
        click.echo(json.dumps(asdict(kept) | {"facts": dict(facts)}, ensure_ascii=False))
    else:
        click.echo(f"{_told(kept)}; {facts['calls_this_week']} calls this week, {facts['open_cases']} open cases")


@command.command("forget")
@click.argument("number")
def forget(number: str) -> None:
    """Keep nothing of a number any more; its calls and cases stay.

    Example: ivr callers forget +14155550123
    """
    with _opened() as callers:
        click.echo("forgotten" if callers.forget(_number(number)) else "nothing was kept")


def _changed(before: tuple[str, ...], on: tuple[str, ...], off: tuple[str, ...]) -> tuple[str, ...]:
    for word in (*on, *off):
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", word):
            raise IvrError(f"{word!r} is not a name", hint="small letters, digits and underscores")
    return tuple(sorted({*before, *on} - set(off)))


def _number(number: str) -> str:
    if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        raise IvrError(f"{number!r} is no number", hint="write it with its country: +14155550123")
    return number


def _told(kept: Kept) -> str:
    parts = [kept.name or "no name", kept.email, "very important" if kept.vip else ""]
    parts += [
        f"on {', '.join(kept.lists)}" if kept.lists else "",
        f"tagged {', '.join(kept.tags)}" if kept.tags else "",
    ]
    return ", ".join(part for part in parts if part)


@contextmanager
def _opened() -> Iterator[Callers]:
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        yield Callers(store, Keyring(settings.secret_keys))
    finally:
        store.close()
