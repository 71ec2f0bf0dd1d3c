"""The rosters at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rig.server import ACCOUNT, KEYS, TOKEN
from rig.tables import with_tables

from ivr.__main__ import ivr_words
from ivr.commands.prepare import seed
from ivr.errors import IvrError
from ivr.settings import read_settings
from ivr.store import Store

SEED = """\
seed:
  people:
    - name: Priya
      teams: [meters]
      phone: "+15005550103"
      languages: [en-US]
      skills: [gas]
      shift: "Mo-Fr 08:00-16:00"
    - {name: Sam, teams: [meters], phone: "+15005550104"}
    - {name: Kim, role: admin}
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    config = tmp_path / "config.yaml"
    config.write_text(SEED)
    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    for name, value in (names | {"IVR_SECRET_KEYS": KEYS, "IVR_CONFIG": str(config)}).items():
        monkeypatch.setenv(name, value)
    made = Store("", tmp_path)
    with_tables(made)
    seed(read_settings(), made)
    yield made
    made.close()


def run(*words: str):
    return CliRunner().invoke(ivr_words, ("agents", *words))


def listed():
    return {row["name"]: row for row in map(json.loads, run("list", "--json").output.splitlines())}


def test_the_seed_puts_people_with_a_team_and_a_phone_on_the_rosters(store):
    assert set(listed()) == {"Priya", "Sam"}
    priya = listed()["Priya"]
    assert (priya["skills"], priya["languages"], priya["shift"]) == (["gas"], ["en-US"], "Mo-Fr 08:00-16:00")
    assert (priya["phone"], priya["state"]) == ("+15005550103", "not_ready")


def test_somebody_is_ready_and_not_ready_with_a_reason(store):
    assert run("ready", "Priya").output == "Priya is ready\n"
    assert listed()["Priya"]["state"] == "ready"
    run("not-ready", "Priya", "--reason", "lunch")
    assert (listed()["Priya"]["state"], listed()["Priya"]["reason"]) == ("not_ready", "lunch")
    assert "not ready: lunch" in run("list").output


def test_what_is_not_named_stays_when_somebody_is_enrolled_again(store):
    run("enrol", "Priya", "--phone", "client:priya")
    run("enrol", "Priya", "--skills", "gas, electricity")
    priya = listed()["Priya"]
    assert (priya["phone"], priya["skills"], priya["shift"]) == (
        "client:priya",
        ["gas", "electricity"],
        "Mo-Fr 08:00-16:00",
    )


def test_a_person_without_a_phone_may_be_enrolled_and_is_told_so(store):
    assert "has no phone" in run("enrol", "Kim").output


@pytest.mark.parametrize(
    "words", [("enrol", "Priya", "--shift", "sometimes"), ("enrol", "Priya", "--phone", "12"), ("ready", "Bo")]
)
def test_what_cannot_be_is_refused(store, words):
    assert isinstance(run(*words).exception, IvrError)
