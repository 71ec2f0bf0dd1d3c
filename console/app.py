"""The wiring of the pages, done once per worker."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, redirect
from werkzeug.wrappers import Response as BaseResponse

from console import guard, phone
from console.booth import Booth
from console.faces import Faces
from console.versions import Versions
from ivr.publishing.library import Library
from ivr.rehearsal import Rehearsal
from ivr.settings import Settings
from ivr.store import Store

LARGEST = 64 * 1024  # bytes of a request


def create_app(settings: Settings) -> Flask:
    """Build the application of one worker, after its fork."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    store = Store(settings.database_url, settings.data)
    library = Library(settings.data, store.versions)
    rehearsal = Rehearsal(settings, library)
    app.extensions["booth"] = Booth(rehearsal)
    app.extensions["versions"] = Versions(store, library, rehearsal)
    app.extensions["faces"] = Faces(rehearsal.tokens)
    guard.install(app, hosts_of(settings))
    app.register_blueprint(phone.bp)
    app.add_url_rule("/", view_func=home)
    return app


def hosts_of(settings: Settings) -> frozenset[str]:
    """Name the hosts under which people may open the pages."""
    named = urlsplit(settings.console_url).hostname or ""
    return frozenset({named, settings.console_host, "localhost", "127.0.0.1", "::1"})


def home() -> BaseResponse:
    """Lead to the phone."""
    return redirect("/phone")
