"""`ivr users pin`: a PIN is made or taken, printed once, and taken away again."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from rig.tables import with_tables

from ivr.commands.users import command
from ivr.credentials import keep_local
from ivr.errors import IvrError
from ivr.store import Store
from ivr.store.people import Person
from ivr.store.pins import Try


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("IVR_DATA", str(tmp_path))
    for name in ("DATABASE_URL", "PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)
    keep_local(tmp_path, {})
    opened = Store("", tmp_path)
    with_tables(opened)
    opened.people.add(Person("Priya", "operator"), "Ida")
    yield opened
    opened.close()


def run(*words, typed=None):
    done = CliRunner().invoke(command, list(words), input=typed, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_pin_is_made_and_printed_once(store):
    number, pin = re.fullmatch(r"Priya: staff number (\d{4}), PIN (\d{6})\n", run("pin", "Priya")).groups()
    assert store.pins.admit(Try(number, pin, "staff", 1.0)).name == "Priya"


def test_a_pin_is_taken_without_being_shown(store):
    told = run("pin", "Priya", "--take", typed="493027\n493027\n")
    assert "493027" not in told
    assert store.pins.admit(Try(re.search(r"\d{4}", told)[0], "493027", "staff", 1.0)).name == "Priya"
    with pytest.raises(IvrError, match="first that anybody tries"):
        run("pin", "Priya", "--take", typed="123456\n123456\n")


def test_a_pin_is_taken_away(store):
    run("pin", "Priya")
    assert run("pin", "Priya", "--remove") == "Priya has no PIN any more\n"
    assert run("pin", "Priya", "--remove") == "Priya had no PIN\n"
