"""Single sign-on: a provider of OpenID Connect says who somebody is; whether they are one of ours is said here.

OpenID Connect Core 1.0, the code flow with PKCE; authlib speaks it. The provider makes nobody a person of the hotline:
an admin has added them before, by their address. The first sign-in binds the person to the provider's own id; from then
on that alone counts, since an address can be given to another. What the provider says of roles is not read.
"""

from __future__ import annotations

import re
from typing import Any, cast

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Blueprint, Flask, abort, current_app, redirect, request, session, url_for
from flask_security import login_user
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as BaseResponse

from console.signin.user import Users, ours
from ivr.environment import Issuer
from ivr.errors import IvrError
from ivr.settings import Settings
from ivr.store.audit import Deed
from ivr.store.people import Person, UnknownPerson

bp = Blueprint("sso", __name__)
log = structlog.get_logger()

PATIENCE = 5.0  # seconds for each of the provider's answers: somebody waits
STATE, TABS = "_state_sso_", 3  # what the library keeps of each sign-in that was begun; how many stay open
PAGE = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")  # of ours; browsers read \ as /, and leave tabs and line ends out
NEXT = "sso_next"  # where somebody was going, in the session's cookie
# Signatures that only the provider can make: neither none at all, nor those made with the secret that we hold too.
ASYMMETRIC = ("RS", "PS", "ES", "Ed")
VOUCHES = (True, "true")  # a truth value by the standard; some providers write it as a word
NOT_READABLE = (OAuthError, JoseError, RequestException, ValueError, KeyError, TypeError, RuntimeError)


class NotLetIn(IvrError):
    """The provider knows them, and they are not let in."""


class Provider(FlaskOAuth2App):  # type: ignore[misc]
    """The provider, read strictly."""

    def load_server_metadata(self) -> dict[str, Any]:
        """Read what the provider says of itself, once a process: it must be the issuer that we were told."""
        known = "_loaded_at" in self.server_metadata
        found: dict[str, Any] = super().load_server_metadata()
        if not known:
            if found.get("issuer") != current_app.config["SSO"].address:
                raise OAuthError("wrong_issuer", f"it calls itself {found.get('issuer')!r}")
            signs = found.get("id_token_signing_alg_values_supported") or ["RS256"]
            found["id_token_signing_alg_values_supported"] = [name for name in signs if name.startswith(ASYMMETRIC)]
        return found


def install(app: Flask, settings: Settings) -> None:
    """Make the provider known; without one, nothing is added and the two routes say so."""
    app.config["SSO"] = settings.sso
    if settings.sso is None:
        return
    app.extensions["sso"] = OAuth(app).register(
        "sso",
        client_cls=Provider,
        client_id=settings.sso.client,
        client_secret=settings.sso.secret,
        server_metadata_url=f"{settings.sso.address.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "default_timeout": PATIENCE},
    )


@bp.get("/sso")
def begin() -> BaseResponse:
    """Send somebody to the provider."""
    came = request.args.get("next", "")
    session[NEXT] = came if PAGE.fullmatch(came) else ""
    begun = [name for name in session if name.startswith(STATE)]
    for name in begun[:-TABS]:  # the cookie has room for some: who goes there and back is not to fill it
        session.pop(name)
    try:
        answer: BaseResponse = provider().authorize_redirect(way_back())
    except NOT_READABLE as error:
        abort(503, away(error))
    return answer


@bp.get("/sso/back")
def back() -> BaseResponse:
    """Take somebody whom the provider sent back: who has a second factor here shows it, everybody else is in."""
    try:
        token = provider().authorize_access_token()
        claims = told(token)
    except OAuthError as error:
        if error.error == "access_denied":
            abort(403, f"{issuer().name} let you go without signing you in. Begin again, or use your passphrase.")
        abort(400, away(error))
    except NOT_READABLE as error:
        abort(503, away(error))
    try:
        person = who(claims)
    except NotLetIn as error:
        told_of = {"address": request.remote_addr or "", "why": str(error)}
        users().store.audit.add(Deed("somebody", "was not let in by single sign-on", str(claims["sub"])[:80], told_of))
        abort(403, f"{str(error)[:1].upper()}{str(error)[1:]}; {error.hint}.")
    return enter(person)


def told(token: dict[str, Any]) -> dict[str, Any]:
    """Give what the provider says of somebody: the signed part, and the address from where it keeps it."""
    claims = dict(token["userinfo"])
    if "email" not in claims and "userinfo_endpoint" in provider().load_server_metadata():
        more = provider().userinfo(token=token)
        if more["sub"] == claims["sub"]:  # Core 5.3.2: else it must not be used
            claims = {**more, **claims}
    return claims


def who(claims: dict[str, Any]) -> Person:
    """Find the person: by the provider's id, or at their first time by their address. NotLetIn says why not."""
    store, subject = users().store, str(claims["sub"])
    known = store.identities.person(issuer().address, subject)
    person = store.people.find(known) if known else addressed(claims)
    if not person.active:
        raise NotLetIn("this account was disabled", hint="an admin can enable it")
    if not known and not store.identities.bind(issuer().address, subject, person):
        raise NotLetIn(
            f"{person.email} belongs to somebody whom {issuer().name} knows by another id",
            hint="an admin can have the hotline forget that id",
        )
    return person


def addressed(claims: dict[str, Any]) -> Person:
    """Find a person by the address that the provider vouches for."""
    email = str(claims.get("email") or "").strip().lower()
    if not email:
        raise NotLetIn(f"{issuer().name} does not say your e-mail address", hint="it must, for the scope `email`")
    if claims.get("email_verified") not in VOUCHES and not issuer().trusts_email:
        raise NotLetIn(
            f"{issuer().name} does not vouch for your e-mail address",
            hint="if it lets nobody choose an address of their own, set OIDC_TRUST_EMAIL=yes",
        )
    try:
        return users().store.people.named(email)
    except UnknownPerson:
        raise NotLetIn(f"nobody here has the address {email}", hint="an admin can add you") from None


def enter(person: Person) -> BaseResponse:
    """Sign in; the second factor that somebody has here is asked for all the same."""
    user = users().user(users().store.accounts.opened(person))
    going = session.pop(NEXT, "") or url_for("home")
    asked: BaseResponse | None = current_app.extensions["security"].two_factor_plugins.tf_enter(
        user, False, "sso", next_loc=going
    )
    if asked:
        return asked
    login_user(ours(user), authn_via=["sso"])
    return redirect(going)


def away(error: Exception) -> str:
    """Say that the provider was no help, and keep the reason for who runs the hotline."""
    log.warning("sign_in_provider_failed", error=type(error).__name__, words=str(error)[:300])
    return f"{issuer().name} gave no answer that can be used. Begin again, or use your passphrase; the log says more."


def provider() -> Provider:
    """Find the provider; 404 where none is set."""
    if "sso" not in current_app.extensions:
        abort(404)
    return cast("Provider", current_app.extensions["sso"])


def issuer() -> Issuer:
    """Find what was set of the provider."""
    found: Issuer = current_app.config["SSO"]
    return found


def way_back() -> str:
    """Say where the provider sends people back to, as it is registered there."""
    settings: Settings = current_app.extensions["settings"]
    return f"{settings.console_url}/sso/back"


def users() -> Users:
    """Find the users of this application."""
    found: Users = current_app.extensions["security"].datastore
    return found
