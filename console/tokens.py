"""Who reads by the API: whoever brings a token with the scope that a route asks for."""

from __future__ import annotations

import math
import time
from typing import NoReturn

from flask import abort, current_app, g, jsonify, request

TRIES, WINDOW = 30, 900.0  # wrong tokens from one address, and the seconds in which they count


def admit(scope: str) -> None:
    """Let in whoever brings a token that may read this; everybody else gets 401, 403 or 429 with the reason."""
    store, now = current_app.extensions["archive"].store, time.time()
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        refuse("Send a token: the header Authorization, with Bearer and a token that an admin made on Integrations.")
    token = store.tokens.find(secret.strip(), now)
    if token is None:
        if not store.tries.allow(f"token from {request.remote_addr or ''}", TRIES, WINDOW, now):
            abort(429, "There were too many wrong tokens. Wait a quarter of an hour.", retry_after=round(WINDOW))
        refuse("This token is not known.")
    if not token.good(now):
        refuse("This token was revoked." if token.revoked_at else "This token has ended; an admin can make another.")
    wait = current_app.extensions["pace"].over(token.id, time.monotonic())
    if wait:
        hold_back(math.ceil(wait))
    if scope not in token.scopes:
        abort(403, f"This token may read {', '.join(token.scopes)}; this asks for {scope}.")
    g.token = token


def refuse(words: str) -> NoReturn:
    """Ask for a token (RFC 6750)."""
    answer = jsonify({"error": words})
    answer.headers["WWW-Authenticate"] = "Bearer"
    answer.status_code = 401
    abort(answer)


def hold_back(seconds: int) -> NoReturn:
    """Say after how many seconds this token may ask again (RFC 6585)."""
    most = current_app.extensions["settings"].api_per_minute
    answer = jsonify({"error": f"This token may ask {most} times a minute. Wait {seconds} s."})
    answer.headers["Retry-After"] = str(seconds)
    answer.status_code = 429
    abort(answer)
