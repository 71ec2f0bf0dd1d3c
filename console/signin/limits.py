"""How often somebody may try to get in. Counted in the database, so that all page workers count together."""

from __future__ import annotations

import time
from collections.abc import Iterator

from flask import Flask, abort, request, session

from console.signin.user import User
from ivr.store.tries import Tries

WINDOW = 15 * 60.0  # seconds from the first try
FROM_ONE_ADDRESS = 30
AT_ONE_NAME = 10  # from one address: who guesses locks out nobody but himself
AT_ONE_NAME_FROM_ALL = 100
TRIES_OF_A_CODE = 10

TYPED_NAME = {"security.login", "first.welcome"}
SECOND_STEP = {"security.two_factor_token_validation", "security.mf_recovery"}
AGAIN = {"security.verify", "security.change_password", "security.two_factor_setup_validate"}
LIMITED = TYPED_NAME | SECOND_STEP | AGAIN | {"first.run"}
BY_GET = {"sso.begin", "sso.back"}  # to a provider, which has to be waited for, and back from it


def install(app: Flask, tries: Tries) -> None:
    """Refuse too many tries before anything is compared."""

    @app.before_request
    def count() -> None:
        if request.endpoint not in BY_GET and (request.method != "POST" or request.endpoint not in LIMITED):
            return
        now = time.time()
        allowed = [tries.allow(subject, most, WINDOW, now) for subject, most in subjects()]  # each is counted
        if not all(allowed):
            words = "There were too many tries. Wait a quarter of an hour, or ask an admin."
            abort(429, words, retry_after=round(WINDOW))


def subjects() -> Iterator[tuple[str, int]]:
    """Say what this request counts for, and how often that may be."""
    address = request.remote_addr or ""
    yield f"address {address}", FROM_ONE_ADDRESS
    if request.endpoint in TYPED_NAME:
        name = request.form.get("email", "").strip().lower()[:254]
        yield f"name {name} from {address}", AT_ONE_NAME
        yield f"name {name}", AT_ONE_NAME_FROM_ALL
    elif request.endpoint in SECOND_STEP:
        yield f"second step {session.get('tf_user_id', '')}", TRIES_OF_A_CODE
    elif request.endpoint in AGAIN:
        yield f"again {session.get('_user_id', '')}", TRIES_OF_A_CODE


def forgive(tries: Tries, user: User) -> None:
    """Begin to count anew for somebody who got in, and for their address: a whole office may stand behind one."""
    tries.forget(f"address {request.remote_addr or ''}")
    tries.forget(f"name {user.email} from {request.remote_addr or ''}")
    tries.forget(f"second step {user.fs_uniquifier}")
    tries.forget(f"again {user.fs_uniquifier}")
