"""Signing in: the first admin, invitations, passphrases, second factors, sessions, limits; on the real store."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rig import people
from rig.people import PASSPHRASE, client_of, code_of, take_cheap_hashes
from rig.server import ACCOUNT, KEYS, TOKEN
from rig.tables import with_tables
from werkzeug.test import TestResponse

from console.app import create_app
from console.signin.limits import AT_ONE_NAME, FROM_ONE_ADDRESS, TRIES_OF_A_CODE
from ivr.keys import Keyring
from ivr.people.codes import first_admin_code, invitation_code
from ivr.settings import Settings, read_settings
from ivr.store import Store
from ivr.store.accounts import Account
from ivr.store.people import Person
from ivr.store.sessions import IDLE, LONGEST

HELEN = {"name": "Helen Okafor", "email": "Helen@aurora.example", "password": PASSPHRASE}
USED: dict[str, str] = {}  # key of a second factor -> the code that set it up
WRONG = "correct horse battery staple"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    return read_settings(names | {"IVR_SECRET_KEYS": KEYS, "SECOND_FACTOR_ROLES": "admin,supervisor"})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store(settings.database_url, settings.data)
    with_tables(store)
    yield store
    store.close()


@pytest.fixture
def app(settings: Settings, store: Store) -> Flask:
    return opened(settings)


def opened(settings: Settings) -> Flask:
    """The pages; their passphrases cost nothing, since so many are tried here."""
    app = create_app(settings)
    take_cheap_hashes(app)
    return app


def let_in(store: Store, role: str) -> Account:
    return people.let_in(store, role, cheap=True)


def test_a_passphrase_of_ours_is_dear_to_guess(settings: Settings, store: Store) -> None:
    app = create_app(settings)
    hashing = app.extensions["security"].pwd_context
    assert hashing.hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    people.let_in(store, "admin")
    people.let_in(store, "agent")
    assert not hashing.needs_update(store.accounts.find(email="helen@aurora.example").password)
    assert hashing.needs_update(people.hashed(cheap=True))
    assert where(sign_in(app.test_client(), email="priya@aurora.example")) == "/"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def token_in(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def send(client: FlaskClient, path: str, to: str = "", **fields: str) -> TestResponse:
    """Open a form and send it, as a browser does."""
    return client.post(to or path, data=fields | {"csrf_token": token_in(client.get(path))})


def wrong(answer: TestResponse) -> str:
    return unescape(" ".join(re.findall(r'class="(?:st bad wrap|banner bad)"[^>]*>([^<]+)', answer.text)))


def where(answer: TestResponse) -> str:
    assert answer.status_code == 302, (answer.status, answer.text)
    return answer.headers["Location"].partition("?")[0]


def sign_in(client: FlaskClient, password: str = PASSPHRASE, email: str = HELEN["email"]) -> TestResponse:
    return send(client, "/login", email=email, password=password)


def set_up_second_factor(client: FlaskClient) -> str:
    """Set one up; give its key. The code that was typed stands in USED."""
    shown = send(client, "/account/second-factor", setup="authenticator")
    key = re.search(r'id="key">([^<]+)', shown.text)
    action = re.search(r'action="(/account/second-factor/[^"]+)"', shown.text)
    assert key
    assert action
    USED[key[1]] = code_of(key[1])
    kept = client.post(action[1], data={"csrf_token": token_in(shown), "code": USED[key[1]]})
    assert where(kept) == "/account/recovery-codes"
    return key[1]


def test_the_first_admin_is_made_by_the_code_and_the_page_is_gone(client: FlaskClient, store: Store, app) -> None:
    assert where(client.get("/")) == "/first-run"
    assert where(client.get("/phone")) == "/first-run"
    code = first_admin_code(store, app.extensions["keyring"])
    assert "not right" in wrong(send(client, "/first-run", **HELEN, code="AAAA-AAAA"))
    assert "12 to 200" in wrong(send(client, "/first-run", **HELEN | {"password": "short"}, code=code))
    assert store.people.all() == []
    assert where(send(client, "/first-run", **HELEN, code=code)) == "/"
    assert where(client.get("/phone")) == "/account/second-factor"  # an admin needs one before anything else
    set_up_second_factor(client)
    assert where(client.get("/")) == "/phone"
    assert client.get("/phone").status_code == 200
    for anybody in (client, app.test_client()):
        assert anybody.get("/first-run").status_code == 404
        assert anybody.post("/first-run").status_code in {400, 404}
    assert first_admin_code(store, app.extensions["keyring"]) == ""


def test_the_first_admin_s_code_is_good_once_for_a_while_and_few_tries(client, store, app, monkeypatch) -> None:
    keyring = app.extensions["keyring"]
    code = first_admin_code(store, keyring)
    for _ in range(5):
        send(client, "/first-run", **HELEN, code="AAAA-AAAA")
    assert "not right" in wrong(send(client, "/first-run", **HELEN, code=code))
    late = first_admin_code(store, keyring)
    now = time.time()
    monkeypatch.setattr("ivr.people.codes.time.time", lambda: now + 1801)
    assert "not right" in wrong(send(client, "/first-run", **HELEN, code=late))
    monkeypatch.undo()
    assert store.people.all() == []


def test_the_first_admin_may_be_somebody_whom_the_seed_named(client: FlaskClient, store: Store, app) -> None:
    let_in(store, "agent")
    helen = store.people.add(Person("Helen Okafor", "agent"), "config.yaml")
    code = first_admin_code(store, app.extensions["keyring"])
    taken = send(client, "/first-run", **HELEN | {"email": "priya@aurora.example"}, code=code)
    assert "address of Priya Nair" in wrong(taken)
    send(client, "/first-run", **HELEN, code=code)
    assert store.people.find(helen.id).role == "admin"
    assert store.people.find(helen.id).email == "helen@aurora.example"


def test_an_invited_person_chooses_a_passphrase_and_is_in(client: FlaskClient, store: Store, app) -> None:
    let_in(store, "admin")
    priya = store.people.add(Person("Priya", "agent", email="p@a.example"), "t")
    code = invitation_code(store, app.extensions["keyring"], priya.id)
    sent = {"email": "p@a.example", "password": PASSPHRASE}
    assert "not right" in wrong(send(client, "/welcome", **sent, code="AAAA-AAAA"))
    assert "not right" in wrong(send(client, "/welcome", **sent | {"email": "nobody@a.example"}, code=code))
    assert where(send(client, "/welcome", **sent, code=code)) == "/"
    assert client.get("/phone").status_code == 200
    assert "not right" in wrong(send(app.test_client(), "/welcome", **sent, code=code))


def test_a_code_for_a_new_passphrase_does_not_go_round_the_second_factor(client, store, app) -> None:
    helen = let_in(store, "admin").person
    sign_in(client)
    key = set_up_second_factor(client)
    code = invitation_code(store, app.extensions["keyring"], helen.id)
    thief = app.test_client()
    assert where(send(thief, "/welcome", email=helen.email, password=PASSPHRASE, code=code)) == "/login/code"
    assert where(thief.get("/phone")) == "/login"
    assert where(client.get("/phone")) == "/login"  # the old sessions ended with the old passphrase
    assert where(send(thief, "/login/code", code=code_of(key, 1))) == "/"


def test_a_wrong_passphrase_and_an_unknown_address_look_alike(client: FlaskClient, store: Store) -> None:
    let_in(store, "admin")
    known = wrong(sign_in(client, WRONG))
    unknown = wrong(sign_in(client, WRONG, "nobody@aurora.example"))
    assert known == unknown == "This e-mail address and passphrase do not belong together."
    assert [line.deed.did for line in store.audit.latest(1)] == ["gave a wrong passphrase"]


def test_a_code_of_the_second_factor_is_good_once(client: FlaskClient, store: Store, app: Flask) -> None:
    let_in(store, "admin")
    sign_in(client)
    key = set_up_second_factor(client)
    again = app.test_client()
    assert where(sign_in(again)) == "/login/code"
    assert where(again.get("/phone")) == "/login"  # half in is out
    assert "not right" in wrong(send(again, "/login/code", code=USED[key]))  # spent when it was set up
    code = code_of(key, 1)
    assert where(send(again, "/login/code", code=code)) == "/"
    third = app.test_client()
    sign_in(third)
    assert "not right" in wrong(send(third, "/login/code", code=code))


def test_a_recovery_code_stands_in_once(client: FlaskClient, store: Store, app: Flask) -> None:
    let_in(store, "admin")
    sign_in(client)
    set_up_second_factor(client)
    codes = re.findall(r"<li>([0-9a-f-]{14})", client.get("/account/recovery-codes?show_codes=1").text)
    assert len(codes) == 8
    stored = store.accounts.find(email="helen@aurora.example")
    assert stored
    assert codes[0] not in "".join(stored.recovery)  # sealed
    again = app.test_client()
    sign_in(again)
    assert "not one of yours" in wrong(send(again, "/login/recovery", code="0000-0000-0000"))
    assert where(send(again, "/login/recovery", code=codes[3])) == "/"
    third = app.test_client()
    sign_in(third)
    assert "not one of yours" in wrong(send(third, "/login/recovery", code=codes[3]))


def test_who_needs_a_second_factor_cannot_take_it_away_and_others_can(client, store, app) -> None:
    let_in(store, "admin")
    sign_in(client)
    set_up_second_factor(client)
    page = client.get("/account/second-factor")
    assert "Take it away" not in page.text
    client.post("/account/second-factor", data={"csrf_token": token_in(page), "setup": "disable"})
    assert all(has.second_factor for has in store.accounts.proofs().values())
    priya = let_in(store, "agent")
    hers = client_of(app, store, priya)
    assert hers.get("/phone").status_code == 200  # optional for an agent
    set_up_second_factor(hers)
    assert where(send(hers, "/account/second-factor", setup="disable")) == "/account/recovery-codes"
    assert store.accounts.proofs()[priya.person.id].second_factor is False


def test_too_many_tries_are_refused_whoever_counts(client, store: Store, settings: Settings) -> None:
    let_in(store, "admin")
    other = opened(settings).test_client()  # another page worker
    answers = [sign_in((client, other)[turn % 2], WRONG).status_code for turn in range(AT_ONE_NAME + 1)]
    assert answers == [200] * AT_ONE_NAME + [429]
    assert sign_in(client).status_code == 429  # the right one too
    elsewhere = {"REMOTE_ADDR": "10.1.1.1"}
    token = token_in(client.get("/login"))
    fields = {"csrf_token": token, "email": HELEN["email"], "password": PASSPHRASE}
    assert client.post("/login", data=fields, environ_base=elsewhere).status_code == 302  # nobody else is locked out


def test_one_address_cannot_try_many_names(client: FlaskClient, store: Store) -> None:
    let_in(store, "admin")
    answers = [sign_in(client, WRONG, f"a{turn}@aurora.example").status_code for turn in range(FROM_ONE_ADDRESS + 1)]
    assert answers.count(429) == 1


def test_a_whole_office_may_sign_in_from_one_address(app: Flask, store: Store) -> None:
    let_in(store, "admin")
    let_in(store, "agent")
    for _ in range(FROM_ONE_ADDRESS + 2):
        assert where(sign_in(app.test_client(), email="priya@aurora.example")) == "/"


def test_codes_of_the_second_factor_cannot_be_tried_for_ever(client, store: Store, app: Flask) -> None:
    let_in(store, "admin")
    sign_in(client)
    set_up_second_factor(client)
    answers = []
    for turn in range(TRIES_OF_A_CODE + 1):
        thief = app.test_client()  # neither beginning anew nor another address helps
        thief.environ_base["REMOTE_ADDR"] = f"10.1.1.{turn}"
        sign_in(thief)
        answers.append(send(thief, "/login/code", code="000000").status_code)
    assert answers[-1] == 429
    assert set(answers[:-1]) == {200}


def test_a_session_ends_idle_at_the_longest_and_by_signing_out(app, store, monkeypatch) -> None:
    account = let_in(store, "agent")
    let_in(store, "admin")
    client = client_of(app, store, account)
    cookie = client.get_cookie("hotline")
    assert cookie
    assert client.get("/phone").status_code == 200
    send(client, "/phone", to="/logout")
    assert where(client.get("/phone")) == "/login"
    client.set_cookie("hotline", cookie.value)
    assert where(client.get("/phone")) == "/login"  # a copy of the cookie opens nothing any more
    for late in (IDLE + 1, LONGEST + 1):
        fresh = client_of(app, store, account)
        assert fresh.get("/phone").status_code == 200
        now = time.time()
        monkeypatch.setattr("console.signin.sessions.time.time", lambda now=now, late=late: now + late)
        assert where(fresh.get("/phone")) == "/login"
        door = fresh.get("/login?next=/phone")
        assert (door.status_code, "passphrase" in door.text) == (200, True)  # the old cookie leads nobody in circles
        monkeypatch.undo()


def test_signing_in_draws_a_new_session_and_the_cookie_is_for_us_alone(client: FlaskClient, store: Store) -> None:
    let_in(store, "agent")
    let_in(store, "admin")
    client.get("/login")
    before = client.get_cookie("hotline")
    answer = sign_in(client, email="priya@aurora.example")
    after = client.get_cookie("hotline")
    assert before
    assert after
    assert before.value != after.value
    flags = answer.headers["Set-Cookie"]
    assert "HttpOnly" in flags
    assert "SameSite=Lax" in flags
    assert "no-store" in answer.headers["Cache-Control"]


def test_over_https_the_cookie_is_bound_to_the_host(settings: Settings, store: Store) -> None:
    app = create_app(replace(settings, console_url="https://pages.example.org"))
    let_in(store, "admin")
    answer = app.test_client().get("/login", base_url="https://pages.example.org")
    assert answer.headers["Set-Cookie"].startswith("__Host-hotline=")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_new_passphrase_signs_out_everywhere_else(app: Flask, store: Store) -> None:
    let_in(store, "admin")
    account = let_in(store, "agent")
    here, there = client_of(app, store, account), client_of(app, store, account)
    new = "seven quiet otters rowing"
    fields = {"new_password": new, "new_password_confirm": new}
    assert "not your passphrase" in wrong(send(here, "/account/passphrase", password=WRONG, **fields))
    weak = {"new_password": "password1234", "new_password_confirm": "password1234"}
    assert "guessed too soon" in wrong(send(here, "/account/passphrase", password=PASSPHRASE, **weak))
    assert where(send(here, "/account/passphrase", password=PASSPHRASE, **fields)) == "/account"
    assert here.get("/account").status_code == 200
    assert where(there.get("/account")) == "/login"
    assert where(sign_in(app.test_client(), new, "priya@aurora.example")) == "/"


def test_signing_out_everywhere_ends_every_session(app: Flask, store: Store) -> None:
    let_in(store, "admin")
    account = let_in(store, "agent")
    here, there = client_of(app, store, account), client_of(app, store, account)
    assert where(send(here, "/account", to="/account/sign-out-everywhere")) == "/login"
    assert where(there.get("/phone")) == where(here.get("/phone")) == "/login"


def test_a_disabled_person_is_out_at_once_and_stays_out(app: Flask, store: Store) -> None:
    let_in(store, "admin")
    account = let_in(store, "agent")
    client = client_of(app, store, account)
    store.people.change(replace(account.person, active=False), "Helen")
    assert where(client.get("/phone")) == "/login"
    assert "do not belong together" in wrong(sign_in(app.test_client(), email="priya@aurora.example"))


def test_the_second_factor_is_changed_only_shortly_after_the_passphrase_was_typed(app: Flask, store: Store) -> None:
    let_in(store, "admin")
    client = client_of(app, store, let_in(store, "agent"))
    with client.session_transaction() as session:
        session["fs_paa"] = time.time() - 31 * 60
    assert where(client.get("/account/second-factor")) == "/verify"
    assert "not your passphrase" in wrong(send(client, "/verify", password=WRONG))
    assert send(client, "/verify", password=PASSPHRASE).status_code == 302
    assert client.get("/account/second-factor").status_code == 200


FORMS = ["/login", "/logout", "/first-run", "/welcome", "/verify", "/login/code", "/login/recovery"]
MINE = ["/account/passphrase", "/account/second-factor", "/account/recovery-codes", "/account/sign-out-everywhere"]


@pytest.mark.parametrize("path", [*FORMS, *MINE, "/phone/calls"])
def test_no_form_is_taken_without_its_token(app: Flask, store: Store, path: str) -> None:
    client = client_of(app, store, let_in(store, "admin"))
    for fields in ({}, {"csrf_token": "IjEyMyI.abc.def"}):
        answer = client.post(path, data=fields)
        assert answer.status_code == 400
        assert "The form was not one of ours" in answer.text


def test_a_key_that_was_moved_back_still_opens_and_one_taken_away_does_not(settings, store: Store) -> None:
    account = let_in(store, "agent")
    let_in(store, "admin")
    cookie = client_of(create_app(settings), store, account).get_cookie("hotline")
    assert cookie
    new = ("k2", b"z" * 32)
    for keys, status in (((new, *settings.secret_keys), 200), ((new,), 302)):
        client = create_app(replace(settings, secret_keys=keys)).test_client()
        client.set_cookie("hotline", cookie.value)
        assert client.get("/phone").status_code == status
    assert Keyring([new]).first.doors != Keyring(settings.secret_keys).first.doors
