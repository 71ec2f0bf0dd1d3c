"""People for tests of the pages: one of each role, with a passphrase, and ways to be signed in as one."""

from __future__ import annotations

import secrets
import time
from functools import cache

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from playwright.sync_api import Cookie, Page

from console.signin.sessions import DOOR
from ivr.roles import ROLES
from ivr.store import Store
from ivr.store.accounts import Account
from ivr.store.people import Person

PASSPHRASE = "plum tractor violin seven"
ROLE_NAMES = {
    "agent": "Priya Nair",
    "operator": "Tomas Berg",
    "supervisor": "Marta Ruiz",
    "admin": "Helen Okafor",
    "auditor": "Jun Sato",
}
COOKIES: dict[tuple[str, str], list[Cookie]] = {}  # (address of the pages, role) -> of who has signed in there
CHEAP = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}  # of a hash that takes no time


@cache
def hashed(*, cheap: bool = False) -> str:
    """Hash the passphrase once: it takes a while, as it should."""
    return PasswordHasher(**CHEAP if cheap else {}).hash(PASSPHRASE)


def take_cheap_hashes(app: Flask) -> None:
    """Have an application hash passphrases in no time: for tests in which many people try many of them."""
    app.extensions["security"].pwd_context.update(**{f"argon2__{name}": value for name, value in CHEAP.items()})


def address_of(name: str) -> str:
    """Give the e-mail address of a test's person."""
    return f"{name.split(maxsplit=1)[0].lower()}@aurora.example"


def let_in(store: Store, role: str, name: str = "", *, cheap: bool = False) -> Account:
    """Add a person of a role who can sign in by the passphrase; `cheap` is for an application of cheap hashes."""
    name = name or ROLE_NAMES[role]
    person = store.people.add(Person(name, role, ("complaints",), email=address_of(name)), "tests")
    return store.accounts.set_password(person, hashed(cheap=cheap), name)


def let_everybody_in(store: Store) -> dict[str, Account]:
    """Add one person of each role."""
    return {role: let_in(store, role) for role in ROLES}


def client_of(app: Flask, store: Store, account: Account) -> FlaskClient:
    """Give a client with a session of its own, as after a sign-in just now."""
    client = app.test_client()
    token = secrets.token_hex(8)
    store.sessions.begin(token, account.person.id, time.time())
    with client.session_transaction() as session:
        session.update({"_user_id": account.stamp, "_fresh": True, DOOR: token, "fs_paa": time.time()})
    return client


def code_of(key: str, periods: int = 0) -> str:
    """Make the code of this moment, or of so many half minutes later, as the app on a phone does."""
    made: str = TOTP(key=key.replace("-", "").replace(" ", "")).generate(time=time.time() + 30 * periods).token
    return made


def come_in(page: Page, at: str, role: str, to: str) -> None:
    """Open a page as a person of this role, who signs in by the form but once: a passphrase takes its while."""
    if (at, role) not in COOKIES:
        sign_in(page, at, role)
        COOKIES[at, role] = page.context.cookies()
    page.context.add_cookies(COOKIES[at, role])  # type: ignore[arg-type]
    page.goto(f"{at}{to}")
    page.wait_for_load_state()


def sign_in(page: Page, at: str, role: str) -> None:
    """Sign in by the form."""
    page.goto(f"{at}/login")
    page.fill("#email", address_of(ROLE_NAMES[role]))
    page.fill("#password", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_selector(".rail")
    page.wait_for_load_state()  # the keys are the script's
