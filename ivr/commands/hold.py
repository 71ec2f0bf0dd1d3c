"""`ivr hold`: what may be neither purged nor erased."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import click

from ivr.archive.opening import open_archive
from ivr.archive.times import show_time
from ivr.commands.users import opened
from ivr.errors import IvrError
from ivr.keeping.reach import subject_of
from ivr.store.holds import Hold


@click.command(epilog='Example: ivr hold C10021 --reason "court of Aarhus, 24-117"')
@click.argument("subject", metavar="[CALL|CASE]", required=False)
@click.option("--reason", default="", help="Why, for whoever is told that it cannot be erased.")
@click.option("--lift", is_flag=True, help="Lift the hold.")
@click.option("--json", "as_json", is_flag=True, help="Of the list: one JSON object per hold and line.")
def command(subject: str | None, reason: str, lift: bool, as_json: bool) -> None:
    """Keep a call or a case from purge and erasure, lift that, or list what is kept so.

    A hold on a call keeps its cases, one on a case keeps its calls. You stand as its owner.
    """
    with opened() as at:
        if subject is None:
            tell(at.store.holds.all(), as_json=as_json)
            return
        with open_archive() as archive:
            kind, name = subject_of(archive.archive, subject)
        if lift:
            click.echo("lifted" if at.store.holds.lift(name, at.by) else "no hold stands")
            return
        if not reason.strip():
            raise IvrError("a hold needs a reason", hint='--reason "court of Aarhus, 24-117"')
        put = at.store.holds.put(Hold(name, kind, reason.strip(), at.by, time.time()))
        click.echo(f"{kind} {name} is held" if put else f"{kind} {name} was held already, and stays so as it was")


def tell(holds: list[Hold], *, as_json: bool) -> None:
    """List holds."""
    for hold in holds:
        line = f"{hold.subject}  {hold.kind}  {hold.owner}, {show_time(hold.at)}: {hold.reason}"
        click.echo(json.dumps(asdict(hold), ensure_ascii=False) if as_json else line)
    if not holds and not as_json:
        click.echo("nothing is held")
