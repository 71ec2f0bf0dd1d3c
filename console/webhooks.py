"""The part of ``/integrations`` on webhooks: which addresses are told of what, and what became of each message."""

from __future__ import annotations

import secrets
import time

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console import integrations
from console.account import me
from ivr.hooks import BadHook, Wish, new_hook
from ivr.inquiries.addresses import networks
from ivr.settings import Settings
from ivr.store.hooks import EVENTS, Hook, Hooks

bp = Blueprint("webhooks", __name__)
SHOWN = 100  # deliveries
LOOKS = {"waiting": "info", "sent": "ok", "failed": "bad"}


@bp.post("/integrations/webhooks")
def add() -> str:
    """Tell another address from now on, and show the secret of its signatures: once."""
    url, events = request.form.get("url", "").strip()[:600], request.form.getlist("events")
    settings: Settings = current_app.extensions["settings"]
    wish = Wish(url, events, me().name, time.time())
    try:
        made, secret = new_hook(wish, current_app.extensions["keyring"], networks(settings.private_networks))
    except BadHook as error:
        return integrations.page(error)
    hooks().add(made)
    return render_template("webhook-secret.html", page="integrations", hook=made, secret=secret)


@bp.get("/integrations/webhooks/<hook>")
def one(hook: str) -> str:
    """Show what one address was told, the latest first."""
    known = found(hook)
    rows = hooks().latest(known.id, SHOWN)
    return render_template("webhook.html", page="integrations", hook=known, rows=rows, events=EVENTS, looks=LOOKS)


@bp.post("/integrations/webhooks/<hook>/test")
def test(hook: str) -> BaseResponse:
    """Send a message that says nothing, to see whether it arrives."""
    if hooks().test(found(hook).id, f"{me().name}/{secrets.token_hex(4)}", time.time()):
        flash("A test is on its way; load this page again to see whether it arrived.", "ok")
    return redirect(url_for("webhooks.one", hook=hook))


@bp.post("/integrations/webhooks/<hook>/again/<delivery>")
def again(hook: str, delivery: str) -> BaseResponse:
    """Send once more what had failed."""
    if not hooks().again(found(hook).id, delivery, time.time()):
        abort(404, "There is no such message, or it did not fail, or this webhook is turned off.")
    flash("It is on its way once more.", "ok")
    return redirect(url_for("webhooks.one", hook=hook))


@bp.post("/integrations/webhooks/<hook>/off")
def turn_off(hook: str) -> BaseResponse:
    """Tell an address nothing more."""
    if hooks().turn_off(found(hook).id, me().name, time.time()) is None:
        abort(404, "This webhook was turned off before.")
    flash("This address is told nothing more.", "ok")
    return redirect(url_for("webhooks.one", hook=hook))


def found(hook: str) -> Hook:
    """Find a webhook; 404 where there is none."""
    return hooks().find(hook) or abort(404, "There is no such webhook.")


def hooks() -> Hooks:
    """Find the webhooks of this application."""
    known: Hooks = current_app.extensions["archive"].store.hooks
    return known
