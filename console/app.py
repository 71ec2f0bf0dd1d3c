"""The wiring of the pages, done once per worker."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, url_for
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from console import (
    account,
    api,
    audit,
    call_backs,
    calls,
    cases,
    casework,
    costs,
    desk,
    draft_prompts,
    drafts,
    exports,
    floor,
    frame,
    guard,
    insight,
    integrations,
    menus,
    people,
    phone,
    replaying,
    rights,
    talk,
    times,
    tongues,
    wall,
    webhooks,
)
from console.booth import Booth
from console.desk_face import Face
from console.faces import Faces
from console.herald import Herald
from console.keeping import person, retention
from console.pace import Pace
from console.settings import blocked, doctor, hours, switches, written
from console.signin import first, library, limits, sessions, sso
from console.signin.sessions import person_here
from console.signin.user import Users
from console.signs import harmless
from console.streams import Streams
from console.versions import Versions
from ivr.archive.calls import Archive
from ivr.carrier.rooms import Rooms
from ivr.depot.choosing import depot_of
from ivr.desk.acts import Deeds
from ivr.drafts.workshop import Workshop
from ivr.floor import Floor
from ivr.keys import Keyring
from ivr.publishing.library import Library
from ivr.rehearsal import Rehearsal
from ivr.settings import Settings
from ivr.spool import Spool
from ivr.store import Store
from ivr.wall import Lookout
from ivr.worker.addresses import taken_address

ROOMS = (
    frame,
    first,
    sso,
    account,
    desk,
    talk,
    floor,
    phone,
    menus,
    drafts,
    draft_prompts,
    cases,
    casework,
    calls,
    call_backs,
    replaying,
    exports,
    insight,
    costs,
    wall,
    hours,
    switches,
    written,
    blocked,
    doctor,
    retention,
    person,
    people,
    audit,
    integrations,
    webhooks,
    api,
)
LARGEST = 64 * 1024  # bytes of a request


def create_app(settings: Settings) -> Flask:
    """Build the application of one worker, after its fork."""
    app = Flask(__name__)
    app.jinja_options["finalize"] = harmless
    app.config.update(cookies(settings), MAX_CONTENT_LENGTH=LARGEST)
    store = Store(settings.database_url, settings.data)
    store.audit.via = "browser"
    versions = Library(settings.data, store.versions)
    rehearsal = Rehearsal(settings, versions)
    app.extensions["rehearsal"] = rehearsal
    app.extensions["workshop"] = Workshop(store, versions, settings)
    app.extensions["booth"] = Booth(rehearsal)
    app.extensions["versions"] = Versions(store, versions, rehearsal)
    app.extensions["faces"] = Faces(rehearsal.tokens)
    app.extensions["keyring"] = Keyring(settings.secret_keys)
    app.extensions["library"] = versions
    app.extensions["data"] = settings.data.absolute()
    app.extensions["depot"] = depot_of(settings)
    app.extensions["archive"] = Archive(store, app.extensions["keyring"])
    phone_side = None if settings.local_account else Rooms(settings)
    way = partial(taken_address, store, app.extensions["keyring"], settings.public_url)
    app.extensions["deeds"] = Deeds(store, versions.get, phone_side, way)
    app.extensions["face"] = Face(app, app.extensions["archive"], versions.get)
    app.extensions["streams"] = Streams(settings.desk_streams)
    app.extensions["herald"] = Herald(app.extensions["streams"], app.extensions["face"])
    app.extensions["floor"] = Floor(store, app.extensions["keyring"], versions.get)
    app.extensions["wall"] = wall.Wall(app, store, Lookout(store, app.extensions["face"].watch, frame.live))
    app.extensions["pace"] = Pace(settings.api_per_minute)
    app.extensions["settings"] = settings
    times.install(app)
    tongues.install(app)
    install_guards(app, settings, Users(store, settings.second_factor_roles))
    for room in ROOMS:
        app.register_blueprint(room.bp)
    app.add_url_rule("/", view_func=home)
    return app


def install_guards(app: Flask, settings: Settings, users: Users) -> None:
    """Put up what every request passes, in this order: host and form, limits, session and right."""
    if settings.console_proxies:
        count = settings.console_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    guard.install(app, hosts_of(settings))
    limits.install(app, users.store.tries)
    library.install(app, settings, users)
    sso.install(app, settings)
    sessions.install(app, users)
    rights.install(app, users)
    frame.install(app, users.store, Spool(settings.spool, settings.spool_size))


def cookies(settings: Settings) -> dict[str, object]:
    """Say how the session's cookie is set: never readable by a script, never sent along by another site's form."""
    secure = settings.console_url.startswith("https:")
    return {
        "SESSION_COOKIE_NAME": "__Host-hotline" if secure else "hotline",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }


def hosts_of(settings: Settings) -> frozenset[str]:
    """Name the hosts under which people may open the pages."""
    named = urlsplit(settings.console_url).hostname or ""
    return frozenset({named, settings.console_host, "localhost", "127.0.0.1", "::1"})


def home() -> BaseResponse:
    """Lead to the first page that somebody may see."""
    person = person_here(current_app)
    if person is None:
        return redirect(url_for("security.login"))
    pages = [link.endpoint for link in frame.links(person.role)]
    first_of = "desk.page" if person.role == "agent" else "phone.page"
    return redirect(url_for(first_of if first_of in pages else next(iter(pages), "account.page")))
