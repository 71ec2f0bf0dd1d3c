"""`ivr users`: who works with the hotline, and who may do what."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

import click
from rich.table import Table

from ivr.archive.times import show_time
from ivr.keys import Keyring
from ivr.people import changes
from ivr.people.codes import first_admin_code, invited
from ivr.people.state import state
from ivr.roles import ROLES, as_email, as_name, as_phone, as_role
from ivr.screen import screen
from ivr.settings import Settings, read_settings
from ivr.store import Store
from ivr.store.people import Person
from ivr.store.pins import new_pin

T = TypeVar("T")
ROLE = click.Choice(list(ROLES))


@dataclass(frozen=True, slots=True)
class Opened:
    """The store, the keys, and who is at the terminal."""

    settings: Settings
    store: Store
    keyring: Keyring
    by: str


@contextmanager
def opened() -> Iterator[Opened]:
    """Open everything for one command."""
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        yield Opened(settings, store, Keyring(settings.secret_keys), getpass.getuser())
    finally:
        store.close()


@click.group()
def command() -> None:
    """Manage the people who sign in to the pages: who they are, their roles, and how they get in.

    Example: ivr users add "Priya Nair" --role agent --email priya@aurora.example --team complaints
    """


@command.command("list", epilog="Example: ivr users list --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per person and line.")
def list_people(as_json: bool) -> None:
    """List everybody, and how far they are in signing in."""
    with opened() as at:
        proofs, waiting = at.store.accounts.proofs(), invited(at.store)
        rows = [asdict(one) | {"sign_in": state(one, proofs, waiting)} for one in at.store.people.all()]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    table = Table("Name", "Role", "E-mail", "Teams", "Phone", "Sign-in", "Seen", box=None, pad_edge=False)
    for row in rows:
        seen = show_time(row["seen_at"]) if row["seen_at"] else ""
        table.add_row(
            row["name"], row["role"], row["email"], ", ".join(row["teams"]), row["phone"], row["sign_in"], seen
        )
    screen().print(table if rows else "nobody yet")


def of_person(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that describe a person."""
    options: list[Callable[[Callable[..., Any]], Callable[..., Any]]] = [
        click.option("--email", callback=_read(as_email), help="What they sign in with."),
        click.option("--phone", callback=_read(as_phone), help="Their number, such as +15005550103."),
        click.option("--team", "teams", multiple=True, help="A team of theirs; may stand several times."),
        click.option("--language", "languages", multiple=True, help="A language of theirs, such as da-DK."),
    ]
    for option in options:
        function = option(function)
    return function


def _read(read: Callable[[str], T]) -> Callable[[click.Context, click.Parameter, str | None], T | None]:
    return lambda _context, _option, value: None if value is None else read(value)


@command.command(epilog='Example: ivr users add "Marta Ruiz" --role supervisor --email marta@aurora.example')
@click.argument("name", callback=_read(as_name))
@click.option("--role", type=ROLE, required=True)
@of_person
def add(name: str, role: str, **known: Any) -> None:
    """Add a person. With an e-mail address, a one-time code is printed by which they choose a password."""
    told = {key: value for key, value in known.items() if value}
    with opened() as at:
        made, code = changes.add(at.store, at.keyring, Person(name, as_role(role), **told), at.by)
        click.echo(f"{made.name} is {role}")
        if code:
            tell_code(at.settings, code)


@command.command(epilog='Example: ivr users invite "Priya Nair"')
@click.argument("name")
def invite(name: str) -> None:
    """Print a one-time code by which a person chooses a password: the first, or a new one for who forgot it."""
    with opened() as at:
        tell_code(at.settings, changes.invite(at.store, at.keyring, at.store.people.named(name), at.by))


@command.command(epilog='Example: ivr users role "Priya Nair" supervisor')
@click.argument("name")
@click.argument("role", type=ROLE)
def role(name: str, role: str) -> None:
    """Give a person another role; their sessions end."""
    with opened() as at:
        person = at.store.people.named(name)
        changes.change(at.store, replace(person, role=role), at.by)
        click.echo(f"{person.name} is {role}: {ROLES[role]}")


@command.command(epilog="Example: ivr users change Priya --phone +15005550103 --team complaints --team service")
@click.argument("name")
@of_person
def change(name: str, **known: Any) -> None:
    """Change what is known of a person; what is not named stays."""
    told = {key: value for key, value in known.items() if value not in {None, ()}}
    with opened() as at:
        person = at.store.people.named(name)
        changes.change(at.store, replace(person, **told), at.by)
        click.echo(f"{person.name}: {', '.join(told) or 'nothing'} changed")


@command.command(epilog='Example: ivr users disable "Leon Park"')
@click.argument("name")
def disable(name: str) -> None:
    """Let a person in no more; their sessions end, and what they did stays under their name."""
    with opened() as at:
        person = at.store.people.named(name)
        changes.disable(at.store, person, at.by)
        click.echo(f"{person.name} can no longer sign in")


@command.command(epilog='Example: ivr users enable "Leon Park"')
@click.argument("name")
def enable(name: str) -> None:
    """Let a person in again who was disabled."""
    with opened() as at:
        person = at.store.people.named(name)
        changes.change(at.store, replace(person, active=True), at.by)
        click.echo(f"{person.name} can sign in again")


@command.command("reset-second-factor", epilog='Example: ivr users reset-second-factor "Marta Ruiz"')
@click.argument("name")
def reset_second_factor(name: str) -> None:
    """Take the second factor and its recovery codes from a person who lost them; their sessions end."""
    with opened() as at:
        person = at.store.people.named(name)
        changes.take_second_factor(at.store, person, at.by)
        click.echo(f"{person.name} sets a new second factor up at the next sign-in")


@command.command(epilog="Example: ivr users pin Priya")
@click.argument("name")
@click.option("--take", is_flag=True, help="Ask for the PIN in place of making one.")
@click.option("--remove", is_flag=True, help="Take the PIN away.")
def pin(name: str, take: bool, remove: bool) -> None:
    """Give a person a PIN for the staff's own line; printed once, and kept nowhere in the clear."""
    with opened() as at:
        person = at.store.people.named(name)
        if remove:
            had = at.store.pins.take(person, at.by)
            click.echo(f"{person.name} has no PIN any more" if had else f"{person.name} had no PIN")
            return
        chosen = click.prompt("PIN", hide_input=True, confirmation_prompt=True) if take else new_pin()
        number = at.store.pins.give(person, chosen, at.by)
        click.echo(f"{person.name}: staff number {number}" + ("" if take else f", PIN {chosen}"))


@command.command("first-admin", epilog="Example: ivr users first-admin")
def first_admin() -> None:
    """Print a new code for the first admin, while there is no admin who can sign in."""
    with opened() as at:
        code = first_admin_code(at.store, at.keyring)
        if not code:
            click.echo("there is an admin who can sign in; `ivr users invite NAME` lets one in who forgot the password")
            raise SystemExit(1)
        tell_first_admin(at.settings, code)


def tell_code(settings: Settings, code: str) -> None:
    """Print an invitation."""
    click.echo(f"one-time code: {code}, good for 3 days, at {settings.console_url}/welcome")


def tell_first_admin(settings: Settings, code: str) -> None:
    """Print where the first admin is made, and by which code."""
    click.echo(f"nobody can sign in yet: make the first admin at {settings.console_url}/first-run")
    click.echo(f"  code: {code}   good once, for 30 minutes; `ivr users first-admin` prints another")
