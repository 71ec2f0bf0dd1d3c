"""The database: there, recent enough, and syncing what it promises to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.doctor.finding import Finding, Patient, ok, warning, wrong

OLDEST = 130000  # PostgreSQL 13, the oldest that gets repairs
SYNCS = {
    "journal_mode": ("wal", "put the file on a disk of this machine: network folders cannot do it"),
    "synchronous": ("2", "this is ours to set: tell us"),
    "synchronous_commit": ("on", "take the setting for this user or database away (ALTER ROLE … RESET)"),
    "fsync": ("on", "set fsync = on in postgresql.conf: without it a power cut loses calls"),
    "full_page_writes": ("on", "set full_page_writes = on in postgresql.conf"),
}  # setting -> as it must be, and what to do
STRONGER = {"synchronous_commit": "remote_apply"}  # promises more than we ask for


def check(patient: Patient) -> Iterator[Finding]:
    """Read its settings as our own connections have them."""
    yield from judged(patient.store.posture.read())


def judged(posture: Mapping[str, str]) -> Iterator[Finding]:
    """Judge the settings that this kind of database has."""
    bad = False
    for name, (wanted, remedy) in SYNCS.items():
        if name in posture and posture[name] not in {wanted, STRONGER.get(name)}:
            bad = True
            yield wrong(f"{name} is {posture[name]}, not {wanted}", remedy)
    if int(posture.get("hosts", 1)) > 1 and not posture.get("synchronous_standby_names"):
        bad = True
        yield warning(
            "commits wait for no standby: what was acknowledged last is lost with the primary",
            "set synchronous_standby_names on the machine that takes writes, after every promotion too",
        )
    if int(posture.get("server_version_num", OLDEST)) < OLDEST:
        bad = True
        yield warning(f"PostgreSQL {posture['server_version']} gets no repairs any more", "upgrade it to 13 or later")
    if posture.get("others_read") == "yes":
        bad = True
        yield wrong("other users of this machine can read the database file", "chmod 600 it")
    if not bad:
        yield ok(f"{posture['kind']} {posture['server_version']} keeps what it commits")
