"""`ivr worker --refused`: what the database refused is tried once more, and nothing else is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from rig.server import ACCOUNT, KEYS, TOKEN
from rig.tables import with_tables
from samples import first

from ivr.commands.worker import command
from ivr.spool.frames import write_rows
from ivr.store import Store
from ivr.store.rows import rows_of


def test_what_was_refused_is_taken_in_by_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    for name, value in (names | {"IVR_SECRET_KEYS": KEYS}).items():
        monkeypatch.setenv(name, value)
    store = Store("", tmp_path)
    with_tables(store)
    refused = tmp_path / "spool" / "refused"
    refused.mkdir(parents=True)
    (refused / "01").write_bytes(write_rows(rows_of(first(1))))
    try:
        done = CliRunner().invoke(command, ["--refused"], catch_exceptions=False)
        assert done.output == f"1 taken in, 0 left in {refused}\n"
        assert store.call("CA1") is not None
    finally:
        store.close()
