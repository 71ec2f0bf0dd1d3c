"""The page ``/account``: what a person knows of themselves, and their own secrets."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask_security import logout_user
from werkzeug.wrappers import Response as BaseResponse

from console.signin.sessions import person_here
from console.signin.user import User, Users

bp = Blueprint("account", __name__)


@bp.get("/account")
def page() -> str:
    """Show one's own account."""
    return render_template("account.html", page="account", user=me())


@bp.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> BaseResponse:
    """End every session of one's own, this one too."""
    users: Users = current_app.extensions["security"].datastore
    users.store.sessions.end_all(me().key)
    logout_user()
    return redirect(url_for("security.login"))


def me() -> User:
    """Find who is signed in; ``console/rights.py`` let nobody else come here."""
    user = person_here(current_app)
    if user is None:
        raise LookupError("nobody is signed in, and yet was let in")
    return user
