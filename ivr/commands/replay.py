"""`ivr replay`: prove that the records tell what happened."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from ivr.archive.proving import Proving
from ivr.errors import IvrError, UnknownCall
from ivr.keys import Keyring
from ivr.privacy import Erased
from ivr.publishing.library import Library
from ivr.records import CallRecord
from ivr.settings import Settings, read_settings
from ivr.store import Store
from ivr.store.calls import Search
from webhooks.noted import noted  # the one who speaks the carrier's language

PAGE = 500


@click.command(epilog="Example: ivr replay CA1234567890abcdef1234567890abcdef. Exit code 1: one differs or is missing.")
@click.argument("call", required=False)
def command(call: str | None) -> None:
    """Run a call's turns again, or every call's, and compare each with its record: state, words, document."""
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        failed = replay_all(store, settings, calls_of(store, call))
    finally:
        store.close()
    sys.exit(1 if failed else 0)


def replay_all(store: Store, settings: Settings, calls: Iterator[CallRecord]) -> int:
    """Replay calls; how many were not the same, not whole or could not be read."""
    library = Library(settings.data, store.versions)
    proving = Proving(store, Keyring(settings.secret_keys), library.get, noted)
    turns = good = erased = failed = 0
    for record in calls:
        try:
            turns += proving.prove(record)
            good += 1
        except Erased:
            erased += 1
        except IvrError as error:
            failed += 1
            click.echo(f"{record.call}: {error}", err=True)
    gone = f", {erased} were erased" if erased else ""
    click.echo(f"{good} calls with {turns} turns are the same, {failed} are not{gone}")
    return failed


def calls_of(store: Store, call: str | None) -> Iterator[CallRecord]:
    """Give one call, or all of them."""
    if call is None:
        yield from every_call(store)
        return
    record = store.call(call)
    if record is None:
        raise UnknownCall(f"no call {call} is known")
    yield record


def every_call(store: Store) -> Iterator[CallRecord]:
    """Go through all calls, the latest first."""
    after: tuple[float, str] | None = None
    while page := store.calls.search(Search(after=after), PAGE):
        yield from (row.record for row in page)
        after = (page[-1].record.at, page[-1].record.call)
