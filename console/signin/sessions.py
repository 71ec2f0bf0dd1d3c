"""Sessions: each sign-in draws a new secret for the cookie, and the store must know it at every request."""

from __future__ import annotations

import secrets
import time
from typing import Any

from flask import Flask, g, request, session
from flask_login import current_user, logout_user, user_logged_out
from flask_security import user_authenticated, user_failed_authn

from console.signin.limits import forgive
from console.signin.user import User, Users
from ivr.store.audit import Deed

# What open pages ask for by themselves: no sign that somebody is there. The desk and the wall are not among them: who
# waits at a desk to be called touches nothing, and a wall hangs in a room.
BY_ITSELF = frozenset({"frame.strips", "calls.now", "exports.now", "floor.now", "drafts.state", "drafts.picture"})
DOOR = "door"  # the secret's name in the signed cookie


def install(app: Flask, users: Users) -> None:
    """Begin a session at each sign-in and end it at each sign-out."""
    store = users.store

    def begin(_app: Flask, user: User, authn_via: list[str] | None = None, **_: Any) -> None:
        token = secrets.token_urlsafe(32)
        session[DOOR] = token
        now = time.time()
        store.sessions.begin(token, user.key, now)
        store.people.seen(user.key, now)
        forgive(store.tries, user)
        if authn_via != ["change"]:  # after a change of the passphrase the library signs in again
            store.audit.add(Deed(user.name, "signed in", user.name, {"role": user.role}))
        g.pop("person", None)

    def end(_app: Flask, user: User | None = None, **_: Any) -> None:
        store.sessions.end(session.pop(DOOR, ""))
        here = g.pop("person", None)
        if here and isinstance(user, User):
            store.audit.add(Deed(user.name, "signed out", user.name))

    def fail(_app: Flask, user: User, tfa: bool = False, **_: Any) -> None:
        wrong = "code of the moment" if tfa else "passphrase"
        store.audit.add(Deed("somebody", f"gave a wrong {wrong}", user.name, {"address": request.remote_addr or ""}))

    user_failed_authn.connect(fail, app, weak=False)
    user_authenticated.connect(begin, app, weak=False)
    user_logged_out.connect(end, app, weak=False)
    app.extensions["sessions"] = store.sessions


def person_here(app: Flask) -> User | None:
    """Find who is signed in with a session that goes on; None for nobody. Asked once a request."""
    if "person" not in g:
        user = current_user._get_current_object() if current_user.is_authenticated else None  # noqa: SLF001 - its way
        token = session.get(DOOR, "")
        here, sessions = request.endpoint not in BY_ITSELF, app.extensions["sessions"]
        goes_on = isinstance(user, User) and sessions.goes_on(token, user.key, time.time(), noted=here)
        g.person = user if goes_on else None
    found: User | None = g.person
    return found


def forget() -> None:
    """Take the cookie of a session that is over: the library takes its bearer for signed in, and opens no door."""
    if current_user.is_authenticated:
        logout_user()
