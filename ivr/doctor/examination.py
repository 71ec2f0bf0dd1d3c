"""All checks, run beside each other within a time: one that hangs or breaks is told as such and holds up no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from queue import Empty, SimpleQueue

from ivr.content import Content
from ivr.doctor.finding import OK, WARNING, WRONG, Finding, Patient
from ivr.doctor.hotline import consent, menus, secrecy, teams, zones
from ivr.doctor.machine import database, disk, keys, mail, processes, schema, spool
from ivr.doctor.outside import account, address, clock, fallback, numbers, signature
from ivr.errors import IvrError
from ivr.publishing.library import Library
from ivr.settings import Settings
from ivr.store import Store

Check = Callable[[Patient], Iterator[Finding]]

# in the order in which they are shown
CHECKS: Mapping[str, Check] = {
    "keys": keys.check,
    "disk": disk.check,
    "spool": spool.check,
    "database": database.check,
    "schema": schema.check,
    "processes": processes.check,
    "address": address.check,
    "signature": signature.check,
    "clock": clock.check,
    "account": account.check,
    "numbers": numbers.check,
    "fallback": fallback.check,
    "menus": menus.check,
    "time zones": zones.check,
    "teams": teams.check,
    "consent": consent.check,
    "secret answers": secrecy.check,
    "mail": mail.check,
}
SECONDS = 30.0  # for all of them
REST = "look at what is said of the database, the address and the account"


def examine(settings: Settings, store: Store, seconds: float = SECONDS) -> list[Finding]:
    """Run every check; after `seconds` those that are not done are told as wrong."""
    end = time.monotonic() + seconds
    patient = Patient(settings, store, in_force(settings, store))
    done: SimpleQueue[tuple[str, list[Finding]]] = SimpleQueue()
    for name in CHECKS:  # daemons: one that hangs must not keep the command from ending
        threading.Thread(target=_run, args=(name, patient, done), daemon=True).start()
    found: dict[str, list[Finding]] = {}
    while len(found) < len(CHECKS):
        try:
            name, findings = done.get(timeout=max(0.0, end - time.monotonic()))
        except Empty:
            break
        found[name] = findings
    late = [Finding(WRONG, f"no answer within {seconds:.0f} seconds", "look at what it asks, and run it again")]
    return [replace(one, check=name) for name in CHECKS for one in found.get(name, late)]


def in_force(settings: Settings, store: Store) -> Content | None:
    """Give the version that the next call hears; None where there is none, or where it cannot be read."""
    try:
        active = store.versions.active() if store.revisions()[0] else None
        return Library(settings.data, store.versions).get(active) if active else None
    except (IvrError, OSError):  # the database is away, or the folder is not ours: checks of their own say so
        return None


def _run(name: str, patient: Patient, done: SimpleQueue[tuple[str, list[Finding]]]) -> None:
    """Run one check; what breaks it is what it found."""
    try:
        findings = list(CHECKS[name](patient))
    except IvrError as error:
        findings = [Finding(WRONG, str(error), error.hint or REST)]
    except Exception as error:  # noqa: BLE001 -- whatever breaks one check is shown, and the others are
        said = str(error).partition("\n")[0]
        findings = [Finding(WRONG, f"{type(error).__name__}: {said}", "where the tables are right, tell us")]
    done.put((name, findings))


def worst(findings: list[Finding]) -> str:
    """Give the worst state of all."""
    return max((one.state for one in findings), key=(OK, WARNING, WRONG).index, default=OK)
