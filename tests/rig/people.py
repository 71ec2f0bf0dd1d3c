"""People for tests of the pages: one of each role, with a passphrase, and ways to be signed in as one."""

from __future__ import annotations

import secrets
import time
from functools import cache

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from playwright.sync_api import Page

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


@cache
def hashed() -> str:
    """Hash the passphrase once: it takes a while, as it should."""
    return PasswordHasher().hash(PASSPHRASE)


def address_of(name: str) -> str:
    """Give the e-mail address of a test's person."""
    return f"{name.split(maxsplit=1)[0].lower()}@aurora.example"


def let_in(store: Store, role: str, name: str = "") -> Account:
    """Add a person of a role who can sign in by the passphrase."""
    name = name or ROLE_NAMES[role]
    person = store.people.add(Person(name, role, ("complaints",), email=address_of(name)), "tests")
    return store.accounts.set_password(person, hashed(), name)


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


def sign_in(page: Page, at: str, role: str) -> None:
    """Sign in by the form."""
    page.goto(f"{at}/login")
    page.fill("#email", address_of(ROLE_NAMES[role]))
    page.fill("#password", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_selector(".rail")
    page.wait_for_load_state()  # the keys are the script's
