"""The page ``/integrations``: which other systems may read from the hotline by which tokens, and which are told."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from ivr.errors import IvrError
from ivr.store.access import SCOPES, BadToken, Token, Tokens
from ivr.store.hooks import EVENTS

bp = Blueprint("integrations", __name__)
SPANS = {30: "30 days", 90: "90 days", 366: "a year"}


@bp.get("/integrations")
def page(error: IvrError | None = None) -> str:
    """List tokens and webhooks, with forms for others; what was typed stands there still."""
    asked: dict[str, Any] = {name: request.form.get(name, "")[:600] for name in ("name", "url")}
    asked |= {name: request.form.getlist(name) for name in ("scopes", "events")}
    now = time.time()
    return render_template(
        "integrations.html",
        page="integrations",
        rows=[(token, state(token, now)) for token in tokens().all()],
        hooks=current_app.extensions["archive"].store.hooks.all(),
        scopes=SCOPES,
        events=EVENTS,
        spans=SPANS,
        asked=asked,
        error=error,
    )


@bp.post("/integrations/tokens")
def make() -> str:
    """Make a token, and show it: once."""
    days = request.form.get("days", type=int) or 0
    try:
        made, secret = tokens().make(
            request.form.get("name", ""), request.form.getlist("scopes"), days, me().name, time.time()
        )
    except BadToken as error:
        return page(error)
    return render_template("token.html", page="integrations", token=made, secret=secret)


@bp.post("/integrations/tokens/<token>/revoke")
def revoke(token: str) -> BaseResponse:
    """Have a token open nothing any more."""
    gone = tokens().revoke(token, me().name, time.time())
    if gone is None:
        abort(404, "There is no such token, or it was revoked before.")
    flash(f"{gone.name} can read no more.", "ok")
    return redirect(url_for("integrations.page"))


def state(token: Token, now: float) -> tuple[str, str]:
    """Say how a token stands: the shape of the pages, and words."""
    if token.revoked_at is not None:
        return "off", "revoked"
    return ("ok", "good") if token.good(now) else ("off", "ended")


def tokens() -> Tokens:
    """Find the tokens of this application."""
    found: Tokens = current_app.extensions["archive"].store.tokens
    return found
