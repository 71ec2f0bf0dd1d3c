"""`ivr erase`: a person goes, by proved calls and cases."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from ivr.archive.opening import open_archive
from ivr.archive.times import show_time
from ivr.commands.users import Opened, opened
from ivr.depot.choosing import depot_of
from ivr.errors import IvrError
from ivr.keeping.certificate import WORDS, certificate, in_words, verify
from ivr.keeping.erase import Eraser
from ivr.keeping.places import Places
from ivr.keeping.reach import Reach, reach


@click.command(epilog="Example: ivr erase C10021 --dry-run")
@click.argument("subjects", metavar="[CALL|CASE]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would go, and touch nothing.")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
@click.option("--keep-number", is_flag=True, help="Leave what is kept of the number itself: others may share it.")
@click.option("--certificate", "name", metavar="ERASURE", help="Print the certificate of an earlier erasure.")
@click.option(
    "--verify", "proof", type=click.Path(exists=True, path_type=Path), help="Check a certificate (JSON) of ours."
)
@click.option("--list", "listing", is_flag=True, help="List erasures, the latest first.")
@click.option("--json", "as_json", is_flag=True, help="JSON in place of words.")
def command(subjects: tuple[str, ...], proof: Path | None, *, as_json: bool, **asked: object) -> None:
    """Erase a person for good: these calls and cases with all that belongs to them, here and at the carrier.

    A number alone proves nothing, since phones are shared: name a call or a case that is proved to be theirs. A call
    that goes on is erased when it has ended. What it leaves is a certificate.
    """
    with opened() as at:
        if proof:
            check(at, proof)
        elif asked["listing"]:
            tell_all(at)
        elif asked["name"]:
            tell(certificate(at.store, at.keyring, str(asked["name"])), as_json=as_json)
        elif subjects:
            erase(at, subjects, asked, as_json=as_json)
        else:
            raise IvrError("nothing is named", hint="ivr erase C10021, or a call by its CallSid; --help says more")


def erase(at: Opened, subjects: tuple[str, ...], asked: dict[str, object], *, as_json: bool) -> None:
    """Show what goes, ask once more, and do it."""
    places = Places(at.settings.data, depot_of(at.settings))
    with open_archive() as archive:
        found = reach(archive.archive, places, subjects, caller=not asked["keep_number"])
    if asked["dry_run"] or not as_json:
        tell_reach(found, as_json=as_json)
    for hold in found.holds:
        raise IvrError(hold.refusal(), hint=f"ivr hold {hold.subject} --lift, once its reason is over")
    if asked["dry_run"]:
        return
    if not asked["yes"]:
        click.confirm("Erase this for good? Nobody can bring it back", abort=True, err=True)
    eraser, now = Eraser(at.store, at.keyring, places), time.time()
    made = eraser.carry_out(eraser.ask(found, at.by, now), now)
    tell(certificate(at.store, at.keyring, made.id), as_json=as_json)


def tell_reach(found: Reach, *, as_json: bool) -> None:
    """Say what goes."""
    if as_json:
        told: dict[str, object] = {"calls": found.calls, "cases": found.numbers, "going_on": found.going_on}
        told |= {"others": found.others}
        told |= {"holds": [hold.subject for hold in found.holds], "counts": found.counts}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo("This goes:")
    for kind, count in found.counts.items():
        if count:
            click.echo(f"  {count} {WORDS.get(kind, kind)}")
    click.echo(f"  calls: {', '.join(found.calls) or 'none'}")
    click.echo(f"  cases: {', '.join(found.numbers) or 'none'}")
    for call in found.going_on:
        click.echo(f"  {call} goes on: it is erased when it has ended")
    if found.others:
        click.echo(f"Further calls from the number, which stay unless you name them: {', '.join(found.others)}")


def tell(told: dict[str, object], *, as_json: bool) -> None:
    """Print a certificate."""
    click.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else "\n".join(in_words(told)))


def tell_all(at: Opened) -> None:
    """List erasures."""
    waiting = {copy.erasure for copy in at.store.deletions.waiting()}
    for one in at.store.erasures.latest(1000):
        state = "waits for a call's end, or a hold's" if one.done_at is None else "done"
        more = ", the carrier still has copies" if one.id in waiting else ""
        click.echo(f"{one.id}  {show_time(one.at)}  {one.who}  {state}{more}")


def check(at: Opened, path: Path) -> None:
    """Check a certificate."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise IvrError(f"{path} is no JSON: {error}", hint="write it with --json") from error
    verify(at.keyring, told)
    click.echo(f"the certificate of erasure {told['erasure']} is ours and unchanged")
