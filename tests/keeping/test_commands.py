"""The commands that keep and erase, as an operator types them."""

from __future__ import annotations

import json
import os
import time
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rig.cases import CALLER

from ivr.__main__ import ivr_words
from ivr.callers import Callers
from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from tests.keeping.conftest import WORDS, House


@pytest.fixture
def typed(house: House, url: str, monkeypatch: pytest.MonkeyPatch):
    for name, value in {
        "IVR_DATA": str(house.settings.data),
        "IVR_RECORDINGS": str(house.settings.recordings),
        "TWILIO_ACCOUNT_SID": house.settings.account_sid,
        "TWILIO_AUTH_TOKEN": house.settings.auth_token,
        "IVR_SECRET_KEYS": "k1:" + "QUFB" * 16,
        "DATABASE_URL": url,
    }.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, given: str = "") -> Result:
        return CliRunner().invoke(ivr_words, list(words), input=given)

    return run


def test_erase_shows_asks_does_and_certifies(house: House, typed, tmp_path: Path) -> None:
    call = house.caller("C10021")
    shown = typed("erase", "C10021", "--dry-run")
    assert f"calls: {call}" in shown.output
    assert "1 recordings" in shown.output
    assert typed("erase", "C10021", given="n\n").exit_code == 1
    assert Callers(house.store, house.keyring).kept(CALLER).vip
    done = typed("erase", call[:8], "--yes", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["destroyed"]["calls"] == 1
    (proof := tmp_path / "certificate.json").write_text(done.output)
    assert "is ours and unchanged" in typed("erase", "--verify", str(proof)).output
    proof.write_text(done.output.replace('"calls": 1', '"calls": 2'))
    assert typed("erase", "--verify", str(proof)).exit_code != 0
    assert told["erasure"] in typed("erase", "--list").output
    assert "the carrier still has copies" in typed("erase", "--list").output
    assert f"Erasure {told['erasure']}" in typed("erase", "--certificate", told["erasure"]).output
    assert "0 calls with 0 turns are the same, 0 are not, 1 were erased" in typed("replay", call).output


def test_a_hold_is_set_told_and_lifted(house: House, typed) -> None:
    house.caller("C10021")
    assert typed("hold", "C10021").exit_code != 0
    assert "case C10021 is held" in typed("hold", "C10021", "--reason", "court, 24-117").output
    refused = typed("erase", "C10021", "--yes")
    assert refused.exit_code != 0
    assert "court, 24-117" in str(refused.exception or refused.output)
    assert "court, 24-117" in typed("hold").output
    assert json.loads(typed("hold", "--json").output)["subject"] == "C10021"
    assert "lifted" in typed("hold", "C10021", "--lift").output
    assert "nothing is held" in typed("hold").output


def test_all_that_is_held_of_a_person_is_written_once(house: House, typed, tmp_path: Path) -> None:
    call = house.caller("C10021")
    target = tmp_path / "person.zip"
    done = typed("person", "C10021", "--to", str(target))
    assert "1 calls, 1 cases, 1 recordings" in done.output, done.output
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as held:
        names = set(held.namelist())
        told = json.loads(held.read("person.json"))
        words = held.read("cases/C10021.txt").decode()
        assert WORDS.encode() in held.read(f"calls/{call}-REC10021.wav")
    assert names == {
        "person.json",
        "READ-ME.txt",
        f"calls/{call}.txt",
        f"calls/{call}-REC10021.wav",
        "cases/C10021.txt",
    }
    assert told["numbers"] == [CALLER]
    assert told["kept_of_numbers"][CALLER]["name"] == "Ole Hansen"
    assert told["calls"][0]["written"] == {"REC10021": WORDS}
    assert told["cases"][0]["conversation"][0]["said"] == f"About {WORDS}"
    assert f"About {WORDS}" in words
    assert typed("person", "C10021", "--to", str(target)).exit_code != 0
    assert house.store.audit.of("took out all that is held of a person", f"{call}, C10021")


def test_purge_says_what_goes(house: House, typed, root: Path) -> None:
    house.caller("C10021")
    assert "no menu is published" in str(typed("purge").exception)

    files = read_files(root / "config.yaml", root / "menus", root / "recordings")
    publish(files, Author("Ada", ""), house.store, house.settings.data)
    (export := house.settings.recordings / "exports" / "march.csv").parent.mkdir(parents=True)
    export.write_text("x")
    os.utime(export, (time.time() - 8 * 86400,) * 2)
    assert json.loads(typed("purge", "--dry-run", "--json").output)["exports"] == {"gone": 1, "open": 0, "held": 0}
    assert "exports: 1 would go after 7 days" in typed("purge", "--dry-run").output
    assert "exports: 1 gone after 7 days" in typed("purge").output
    assert not export.exists()
