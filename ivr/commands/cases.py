"""`ivr cases`: what callers left, listed, shown, moved on and merged."""

from __future__ import annotations

import getpass
import json
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Column, Table

from ivr.archive.as_data import case_data, case_file
from ivr.archive.opening import Opened, open_archive
from ivr.archive.promises import Promised, promise_data, promise_told, promised
from ivr.archive.times import show_time
from ivr.cases import OpenCase, opened
from ivr.cases.work import PRIORITIES, Asked, Work
from ivr.commands.export import export
from ivr.exporting.formats import FORMATS
from ivr.exporting.wish import wish_for_cases
from ivr.plainly import plainly
from ivr.screen import screen
from ivr.store import Store
from ivr.store.case_filter import Filter
from ivr.store.case_words import NEVER, STATUSES, UNSETTLED
from ivr.store.cases import Case, Change

NONE = "no case fits; what a pretended call would have opened stands in `ivr story`"
NOBODY = "nobody"
TOLD_APART = ("numbers", "history", "conversation", "call_backs")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object per case and line.")


NARROWED = (
    click.option("--status", type=click.Choice([*STATUSES, "to-do"]), help="Cases in this status; to-do: not done."),
    click.option("--late", is_flag=True, help="Cases whose answer is late, the longest late first."),
    click.option("--owner", help=f"Cases of this person; {NOBODY} for those that nobody has."),
    click.option("--team", default="", help="Cases of this team."),
    click.option("--kind", default="", help="Cases of this kind."),
)  # how a list of cases is narrowed


def narrowed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that narrow a list of cases."""
    for option in reversed(NARROWED):
        command = option(command)
    return command


class Words(click.Group):
    """Lists where no word of ours is said: `ivr cases --late`, `ivr cases C10021`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the word `list` where it was left out."""
        said = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if said else ["list", *args])


@click.group(cls=Words)
def command() -> None:
    """List cases, show one, move it on, make two into one. How they are found: `ivr cases list --help`.

    Example: ivr cases --late
    """


@command.command("list", epilog="Example: ivr cases --json --limit 10")
@click.argument("number", required=False)
@narrowed
@click.option("--limit", default=50, type=click.IntRange(1, 10_000), show_default=True)
@AS_JSON
def list_cases(number: str | None, limit: int, as_json: bool, **asked: Any) -> None:
    """List cases, the latest first, or show the one with this NUMBER."""
    with open_archive() as place:
        store = place.archive.store
        found = _found(store, number, limit, **asked)
        cases = [opened(case, store, place.archive.keyring) for case in found if case]
        names = {person.id: person.name for person in store.people.all()}
        promises = {one.case.number: _promises(place, [one.case.number]) for one in cases}
    if as_json:
        for one in cases:
            told = [promise_data(each) for each in promises[one.case.number]]
            click.echo(json.dumps(case_data(one, names) | {"call_backs": told}, ensure_ascii=False))
    else:
        _show(cases, names)
        for case_number, made in promises.items():
            for each in made:
                click.echo(f"{case_number}: call back {promise_told(each)}")
    if number and not cases:
        raise SystemExit(1)


@command.command("export", epilog="Example: ivr cases export --status to-do cases.csv")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), help="Else by the ending of the file's name.")
@click.option("--words", default="", help="Cases with these words, in what the caller left or what was written since.")
@narrowed
@click.option("--quiet", is_flag=True, help="Show no progress.")
def export_cases(path: Path, form: str | None, words: str, quiet: bool, **asked: Any) -> None:
    """Write cases to a file: CSV for spreadsheets, JSON lines, or Parquet; other names of a case are left out."""
    with open_archive() as place:
        export(place, wish_for_cases(_filter(place.archive.store, **asked), words, ""), path, form, quiet=quiet)


@command.command(epilog="Example: ivr cases show C10021")
@click.argument("number")
@AS_JSON
def show(number: str, as_json: bool) -> None:
    """Show a case with all that was said and done: NUMBER is any number of it."""
    with open_archive() as place:
        case = _work(place).found(number)
        known = case_file(place.archive, case)
        promises = _promises(place, known["numbers"])
    if as_json:
        click.echo(json.dumps(known, ensure_ascii=False))
        return
    for name, value in known.items():
        if name not in TOLD_APART and value not in (None, "", [], {}):
            click.echo(f"{name.replace('_', ' ')}: {plainly(_plain(name, value))}")
    click.echo("".join(f"also {other}\n" for other in known["numbers"][1:]), nl=False)
    for piece in known["conversation"]:
        who = piece["author"] or {"in": "the caller"}.get(piece["direction"], "the hotline")
        head = f"{show_time(piece['at'])} {who} by {piece['channel']} ({piece['state']})"
        click.echo(f"{head}: {plainly(piece['said']) if piece['said'] is not None else 'not readable'}")
    for each in promises:
        click.echo(f"call back {promise_told(each)}")
    for change in (Change(**each) for each in known["history"]):
        click.echo(f"{show_time(change.at)} {change.who or 'the hotline'}: {_told(change)}")


@command.command(epilog="Example: ivr cases move C10021 --status waiting --owner Priya")
@click.argument("number")
@click.option("--status", type=click.Choice(STATUSES), help="The status that it is in from now on.")
@click.option("--owner", help=f"Who works on it; {NOBODY} for nobody.")
@click.option("--team", help="The team that works on it.")
@click.option("--priority", type=click.IntRange(PRIORITIES[0], PRIORITIES[-1]), help="1 is the most urgent.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the caller has an answer.")
def move(number: str, status: str | None, owner: str | None, due: datetime | None, **more: Any) -> None:
    """Move a case on, or give it to somebody; what is not named stays."""
    with open_archive() as place:
        work = _work(place)
        case = work.found(number)
        person = "" if owner == NOBODY else place.archive.store.people.named(owner).id if owner else None
        asked = Asked(status=status, owner=person, due=due.date() if due else None, **more)
        done = work.change(case, asked, getpass.getuser(), time.time())
        owned = work.name_of(done.owner) or NOBODY
    said = "is as it was" if done == case else f"is {done.status}, priority {done.priority}, of {owned}"
    click.echo(f"{done.number} {said}")


@command.command(epilog="Example: ivr cases merge C10039 C10021")
@click.argument("double")
@click.argument("into")
def merge(double: str, into: str) -> None:
    """Make the number of a DOUBLE another name of the case INTO, for staff and for callers."""
    with open_archive() as place:
        work = _work(place)
        case = work.merge(double, work.found(into), getpass.getuser(), time.time())
    click.echo(f"{double} is another name of {case.number} now")


def _promises(place: Opened, numbers: Sequence[str]) -> list[Promised]:
    store = place.archive.store
    rows = (row for number in numbers for row in store.call_backs.of_case(number))
    return [promised(row, store, place.archive.keyring) for row in rows]


def _work(place: Opened) -> Work:
    return Work(place.archive.store, place.library)


def _found(store: Store, number: str | None, limit: int, **asked: Any) -> Sequence[Case | None]:
    if number:
        return [store.cases.find(number)]
    if not any(asked.values()):
        return store.cases.latest(limit)
    return store.cases.search(_filter(store, **asked), limit)


def _filter(store: Store, **asked: Any) -> Filter:
    """Read how the list was narrowed."""
    owner = (
        None if asked["owner"] is None else "" if asked["owner"] == NOBODY else store.people.named(asked["owner"]).id
    )
    statuses = UNSETTLED if asked["status"] == "to-do" else (asked["status"],) if asked["status"] else ()
    late_at = time.time() if asked["late"] else None
    return Filter(statuses, asked["team"], asked["kind"], owner, late_at, by_due=late_at is not None)


def _plain(name: str, value: Any) -> str:
    if name in {"at", "due_at"}:
        return show_time(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {each}" for key, each in value.items())
    return ", ".join(value) if isinstance(value, list | tuple) else {True: "yes", False: "no"}.get(value, str(value))


def _told(change: Change) -> str:
    parts = [f"{name} {before or 'none'} -> {after or 'none'}" for name, (before, after) in change.detail.items()]
    return ": ".join([change.did, ", ".join(parts)] if parts else [change.did])


def _show(cases: list[OpenCase], names: dict[str, str]) -> None:
    table = Table(
        "Opened",
        "Number",
        "Kind",
        "About",
        "Team",
        "Owner",
        "Status",
        "Due",
        Column("Call", no_wrap=True, min_width=34),
        box=None,
        pad_edge=False,
    )
    now = time.time()
    for one in cases:
        case = one.case
        status = f"the same as {case.alias_of}" if case.alias_of else case.status
        about = one.said.about if one.said else "not readable"
        due = "" if case.due_at >= NEVER else ("late: " if case.late(now) else "") + show_time(case.due_at)
        owner = names.get(case.owner, "")
        row = (show_time(case.at), case.number, case.kind, about, case.team, owner, status, due, case.call)
        table.add_row(*row)
    screen().print(table if cases else NONE)
