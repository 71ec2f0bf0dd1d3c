"""People at the command line: who they are, how they get in, and what is written down of it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rig.server import ACCOUNT, KEYS, TOKEN
from rig.tables import with_tables

from ivr.__main__ import ivr_words
from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.people.codes import take_first_admin_code, take_invitation_code
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.accounts import Proofs

CODE = re.compile(r"code: ([2-9A-Z]{4}-[2-9A-Z]{4})\b")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An empty hotline that the commands work on."""
    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    for name, value in (names | {"IVR_SECRET_KEYS": KEYS}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    store = Store("", tmp_path)
    with_tables(store)
    yield store
    store.close()


def run(*words: str, code: int = 0) -> str:
    result: Result = CliRunner().invoke(ivr_words, words)
    assert result.exit_code == code, result.output
    return result.output


def refused(*words: str) -> IvrError:
    result = CliRunner().invoke(ivr_words, words)
    assert isinstance(result.exception, IvrError), result.output
    return result.exception


def keyring() -> Keyring:
    return Keyring(read_settings().secret_keys)


def test_a_person_is_added_and_gets_a_code_that_is_good_once(store: Store) -> None:
    said = run(
        "users", "add", "Priya Nair", "--role", "agent", "--email", "Priya@Aurora.example", "--team", "complaints"
    )
    code = CODE.search(said)
    assert code, said
    assert "/welcome" in said
    (row,) = [json.loads(line) for line in run("users", "list", "--json").splitlines()]
    assert (row["name"], row["role"], row["email"], row["teams"], row["sign_in"]) == (
        "Priya Nair",
        "agent",
        "priya@aurora.example",
        ["complaints"],
        "invited",
    )
    typed = code[1].lower().replace("-", " ")  # as people copy it
    assert take_invitation_code(store, keyring(), row["id"], typed)
    assert not take_invitation_code(store, keyring(), row["id"], typed)


def test_a_new_code_ends_the_old_one(store: Store) -> None:
    first = CODE.search(run("users", "add", "Priya", "--role", "agent", "--email", "priya@aurora.example"))
    second = CODE.search(run("users", "invite", "Priya"))
    assert first
    assert second
    priya = store.people.named("Priya").id
    assert not take_invitation_code(store, keyring(), priya, first[1])
    assert take_invitation_code(store, keyring(), priya, second[1])


def test_who_has_no_address_cannot_be_invited(store: Store) -> None:
    assert "code" not in run("users", "add", "Priya", "--role", "agent")
    assert "no e-mail address" in str(refused("users", "invite", "Priya"))


def test_roles_and_numbers_are_read_strictly(store: Store) -> None:
    assert "not a phone number" in str(refused("users", "add", "Priya", "--role", "agent", "--phone", "12345"))
    assert "not an e-mail address" in str(refused("users", "add", "Priya", "--role", "agent", "--email", "priya"))
    run("users", "add", "Priya", "--role", "king", code=2)
    assert store.people.all() == []


def test_the_first_admin_s_code_is_printed_until_there_is_an_admin(store: Store) -> None:
    said = run("users", "first-admin")
    code = CODE.search(said)
    assert code
    assert "/first-run" in said
    assert not take_first_admin_code(store, keyring(), "AAAA-AAAA")
    assert take_first_admin_code(store, keyring(), code[1])
    run("users", "first-admin")
    run("users", "add", "Helen", "--role", "admin", "--email", "helen@aurora.example")
    run("users", "first-admin")  # she has no password yet: nobody can sign in
    store.accounts.set_password(store.people.named("Helen"), "hash", "Helen")
    assert "there is an admin" in run("users", "first-admin", code=1)
    assert store.codes.open(0) == {f"person:{store.people.named('Helen').id}"}


def test_a_change_of_role_ends_what_is_open_and_the_last_admin_stays_one(store: Store) -> None:
    for name, role in (("Helen", "admin"), ("Marta", "supervisor")):
        run("users", "add", name, "--role", role, "--email", f"{name}@aurora.example")
        store.accounts.set_password(store.people.named(name), "hash", name)
    helen, marta = store.people.named("Helen"), store.people.named("Marta")
    for words in (["role", "Helen", "agent"], ["disable", "Helen"]):
        assert "last admin" in str(refused("users", *words))
    store.sessions.begin("token", marta.id, 1.0)
    run("users", "role", "Marta", "admin")
    assert not store.sessions.goes_on("token", marta.id, 1.0)
    run("users", "disable", "Helen")
    assert [json.loads(line)["sign_in"] for line in run("users", "list", "--json").splitlines()] == [
        "disabled",
        "passphrase alone",
    ]
    run("users", "enable", "Helen")
    run("users", "change", "helen@aurora.example", "--phone", "+1 500 555 0101", "--team", "service")
    changed = store.people.find(helen.id)
    assert (changed.phone, changed.teams, changed.active) == ("+15005550101", ("service",), True)


def test_a_lost_second_factor_is_taken_away(store: Store) -> None:
    run("users", "add", "Marta", "--role", "supervisor", "--email", "marta@aurora.example")
    marta = store.people.named("Marta")
    store.accounts.set_password(marta, "hash", "Marta")
    store.accounts.set_totp(marta, "sealed", "Marta")
    assert "passphrase and second factor" in run("users", "list")
    run("users", "reset-second-factor", "Marta")
    assert store.accounts.proofs() == {marta.id: Proofs(password=True, second_factor=False)}


def test_all_of_it_stands_in_the_audit_trail_which_can_be_verified(store: Store) -> None:
    assert run("audit", "--verify") == "the audit trail is empty\n"
    run("users", "add", "Priya", "--role", "agent", "--email", "priya@aurora.example")
    run("users", "role", "Priya", "operator")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    run("flag", "on", "storm", "--owner", "Marta", "--until", tomorrow)
    run("flag", "off", "storm")
    rows = [json.loads(line) for line in run("audit", "--json").splitlines()][::-1]
    assert [(row["who"], row["did"], row["what"]) for row in rows] == [
        ("root", "added a person", "Priya"),
        ("root", "made a one-time code", "Priya"),
        ("root", "changed a person", "Priya"),
        ("Marta", "switched a flag on", "storm"),
        ("root", "switched a flag off", "storm"),
    ]
    assert rows[2]["detail"] == {"role": ["agent", "operator"]}
    assert {row["via"] for row in rows} == {"command line"}
    assert f"5 rows, unbroken; the last hash is {rows[-1]['hash']}" in run("audit", "--verify")
    run("audit", "--verify", "--expect", rows[1]["hash"])
    assert "made anew" in str(refused("audit", "--verify", "--expect", "00ff"))
    assert "switched a flag on" in run("audit")


def test_no_code_and_no_password_stands_in_the_trail_or_the_database(store: Store, tmp_path: Path) -> None:
    code = CODE.search(run("users", "add", "Priya", "--role", "agent", "--email", "priya@aurora.example"))
    assert code
    assert code[1] not in run("audit", "--json")
    store.close()
    written = b"".join(path.read_bytes() for path in tmp_path.glob("ivr.db*"))
    assert code[1].encode() not in written
    assert code[1].replace("-", "").encode() not in written
