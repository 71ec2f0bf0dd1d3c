"""Menus, zones, teams and consent: each check seen right and wrong. And all of it together, as a command."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.commands.doctor import command
from ivr.doctor.examination import CHECKS, examine
from ivr.doctor.finding import Finding, Patient
from ivr.doctor.hotline import consent, menus, secrecy, teams, zones
from ivr.engine.tree import Ask, Record, Transfer
from ivr.store import Store
from ivr.store.people import Person
from ivr.tickets import Agent
from tests.doctor.conftest import Ward


def test_a_menu_is_in_force_and_the_files_are_good(ward: Ward, tmp_path: Path) -> None:
    assert [state for state, _ in ward.found(menus.check)] == ["ok", "ok"]
    broken = tmp_path / "config.yaml"
    broken.write_text("company: 3\nlines: no\n")
    assert ward.found(menus.check, config=broken)[1][0] == "warning"
    patient = ward.patient()
    assert patient.content
    secret = replace(patient, content=replace(patient.content, credentials=("crm",)))
    assert [one.what for one in menus.check(secret)][1] == "menus send crm, which is not set here"
    assert next(menus.check(replace(patient, content=None))).state == "wrong"


def test_time_zones_are_known(ward: Ward) -> None:
    assert ward.found(zones.check) == [("ok", "every time zone is known: Europe/Copenhagen")]
    patient = ward.patient()
    assert patient.content
    tree = patient.content.tree
    moved = {name: replace(line, zone="Europe/Atlantis") for name, line in tree.lines.items()}
    lost = replace(patient, content=replace(patient.content, tree=replace(tree, lines=moved)))
    assert [one.what for one in zones.check(lost)] == ["time zone Europe/Atlantis of line care is not known here"]


def test_somebody_is_in_each_team(ward: Ward) -> None:
    assert ward.found(teams.check) == [("ok", "somebody is in each of 3 teams")]
    patient = ward.patient()
    assert patient.content
    tree = patient.content.tree

    def with_service(**changes: object) -> list[str]:
        changed = {**tree.teams, "service": replace(tree.teams["service"], **changes)}  # type: ignore[arg-type]
        content = replace(patient.content, tree=replace(tree, teams=changed))  # type: ignore[type-var]
        return [one.what for one in teams.check(replace(patient, content=content))]

    assert with_service(ring=()) == ["team service rings nobody"]
    assert with_service(by="queue") == ["nobody is on the roster of service"]
    priya = ward.store.people.add(Person("Priya", "agent", ("service",), "+15005550101"), "tests")
    ward.store.agents.enrol(Agent(priya.id, ("service",), "", since=time.time()), "tests")
    assert with_service(by="queue") == ["somebody is in each of 3 teams"]


def test_secret_answers_are_named_with_what_the_carrier_does(ward: Ward) -> None:
    assert ward.found(secrecy.check) == [("ok", "no step asks for a secret")]
    patient = ward.patient()
    assert patient.content
    tree = patient.content.tree
    asks = next(step for step in tree.steps.values() if isinstance(step, Ask))
    hidden = replace(tree, steps={**tree.steps, asks.id: replace(asks, secret=True)})
    (told,) = secrecy.check(replace(patient, content=replace(patient.content, tree=hidden)))
    assert told.what.startswith(f"what is keyed at {asks.id} is kept nowhere here; the carrier's own log")


def test_callers_are_told_before_they_are_recorded(ward: Ward) -> None:
    assert ward.found(consent.check) == [("ok", "callers are told before they are recorded")]
    patient = ward.patient()
    assert patient.content
    tree = patient.content.tree
    recording = next(step for step in tree.steps.values() if isinstance(step, Record))
    steps = {**tree.steps, recording.id: replace(recording, consent=None)}
    silent = replace(patient, content=replace(patient.content, tree=replace(tree, steps=steps)))
    (found,) = consent.check(silent)
    assert found.what.startswith(f"{recording.id} records without a word on it (menus/")


def test_talks_that_are_to_be_recorded_without_a_word_are_told(ward: Ward) -> None:
    patient = ward.patient()
    assert patient.content
    tree = patient.content.tree
    step = next(step for step in tree.steps.values() if isinstance(step, Transfer))
    teams = {**tree.teams, step.teams[0]: replace(tree.teams[step.teams[0]], record=True)}
    silent = replace(patient, content=replace(patient.content, tree=replace(tree, teams=teams)))
    assert f"{step.id} leads to talks that are not recorded" in " ".join(found.what for found in consent.check(silent))


def test_the_whole_is_a_table_and_an_exit_code(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ward.server.environ.items():
        if name.startswith(("IVR_", "TWILIO_", "DATABASE_", "PUBLIC_", "PORT")):
            monkeypatch.setenv(name, value)
    done = CliRunner().invoke(command, ["--json"], catch_exceptions=False)
    told = json.loads(done.output)
    assert (done.exit_code, told["state"]) == (1, "wrong")  # nobody runs the job process
    assert list(dict.fromkeys(one["check"] for one in told["findings"])) == list(CHECKS)
    assert {one["check"] for one in told["findings"] if one["state"] == "wrong"} <= {"processes", "numbers", "disk"}
    shown = CliRunner().invoke(command, [], catch_exceptions=False).output
    assert "set SMTP_URL and MAIL_FROM" in shown
    assert " wrong, " in shown.splitlines()[-1]


def test_who_answers_never_holds_up_the_rest(ward: Ward) -> None:
    seconds = 4  # less than the address is waited for
    assert ward.found(menus.check)  # what is read and imported for it, a slow machine has read before the clock runs
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        findings = examine(replace(ward.server.settings, public_url=url), ward.store, seconds)
        assert time.monotonic() - began < seconds + 2
    late = [one.check for one in findings if one.what == f"no answer within {seconds} seconds"]
    assert {"address", "signature"} <= set(late)
    assert "ok" in {one.state for one in findings if one.check == "menus"}


def test_a_database_without_tables_is_one_thing_to_do(ward: Ward, tmp_path: Path) -> None:
    store = Store("", tmp_path)
    findings: list[Finding] = examine(replace(ward.server.settings, data=tmp_path), store)
    store.close()
    assert [one.remedy for one in findings if one.check == "schema"] == ["`ivr prepare`"]
    assert Patient(ward.server.settings, ward.store, None).content is None
