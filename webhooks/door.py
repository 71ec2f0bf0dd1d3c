"""The door of the voice port: route, guard, view, answer.

Flask's own way around a view (request context, session, signals, response objects) costs a key press some 90 us. The
door keeps Flask's routes and views and does the rest by hand: what ``before_request`` and error handlers would do
stands here, once, for every route. A route is signed unless it is named in ``OPEN``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ivr.errors import NothingPublished, StoreUnavailable, TokenRefused, UnknownCall, UnknownVersion
from ivr.logs import HERE
from ivr.metrics.counted import ANSWERS
from ivr.traces import TRACES
from webhooks.form import Form, FormRefused, read_form
from webhooks.signature import Claim, Seal

OPEN = frozenset({"audio", "health"})  # recordings of ours and a light: nothing of a caller

# Failures of ours that pass: the carrier asks again, and the same request is the same turn.
_PASSING = (StoreUnavailable, UnknownVersion, NothingPublished)
_XML = ("Content-Type", "text/xml; charset=utf-8")
_TEXT = ("Content-Type", "text/plain; charset=utf-8")
_KEEP_NOTHING = ("Cache-Control", "no-store")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reply:
    """A ready answer."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Hook:
    """One request that passed the guard."""

    form: Form
    at: float  # seconds since the epoch
    environ: Mapping[str, Any]


class Refused(Exception):
    """This request is not one that the carrier makes."""

    def __init__(self, status: str, why: str) -> None:
        """Keep the status line to answer with."""
        super().__init__(why)
        self.status = status


View = Callable[..., Reply]
Start = Callable[[str, list[tuple[str, str]]], object]


class Door(Flask):
    """A Flask application whose requests pass one guard and no context."""

    def __init__(self, seal: Seal) -> None:
        """Begin without routes; `seal` knows the carrier's signature."""
        super().__init__("webhooks", static_folder=None)
        self._views: dict[str, View] = {}
        self._seal = seal
        self._routes = self.url_map.bind("voice")
        self._short: dict[tuple[str, str, str], tuple[str, str]] = {}

    def lead(self, method: str, rule: str, view: View) -> None:
        """Add a route, named after its view."""
        name = view.__name__
        if name in self._views:
            raise ValueError(f"two views are called {name}")
        self.add_url_rule(rule, name, methods=[method], provide_automatic_options=False)
        self._views[name] = view
        front, mark, rest = rule.partition("<")
        variable, _, end = rest.partition(">")
        if mark and end.startswith("/") and end.count("/") == 1:
            self._short[method, front, end] = (name, variable)

    def find(self, method: str, path: str) -> tuple[str, Mapping[str, Any]]:
        """Find the view of a path; those of a call's turns without the routing of Flask, which takes 10 us longer.

        Raises HTTPException.
        """
        front, _, end = path.rpartition("/")
        front, _, value = front.rpartition("/")
        found = self._short.get((method, front + "/", "/" + end))
        if found is None or not value:
            return self._routes.match(path, method)
        return found[0], {found[1]: value}

    def wsgi_app(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer one request."""
        began = time.time_ns() if TRACES.on else 0
        reply = self.reply(environ)
        ANSWERS.add(reply.status[:3])
        if began:
            TRACES.request(self._route(environ), began, int(reply.status[:3]))
        start_response(reply.status, [*reply.headers, ("Content-Length", str(len(reply.body)))])
        return () if environ["REQUEST_METHOD"] == "HEAD" else (reply.body,)

    def _route(self, environ: dict[str, Any]) -> str:
        """Name the route of a request, without what its address holds."""
        try:
            return self.find(environ["REQUEST_METHOD"], environ["PATH_INFO"])[0]
        except HTTPException:
            return "none"

    def reply(self, environ: dict[str, Any]) -> Reply:
        """Find the view and hear it; whatever goes wrong has a status of its own."""
        at = round(time.time(), 3)
        HERE.call = HERE.leg = ""
        HERE.turn = b""
        try:
            name, values = self.find(environ["REQUEST_METHOD"], environ["PATH_INFO"])
            form = Form({}) if name in OPEN else self._guarded(environ)
            HERE.leg = form.get("CallSid")
            HERE.call = form.get("ParentCallSid") or HERE.leg
            return self._views[name](Hook(form, at, environ), **values)
        except (FormRefused, Refused) as refused:
            log.info("refused", status=refused.status, why=str(refused))
            return plain(refused.status)
        except (TokenRefused, UnknownCall) as refused:
            log.warning("token_refused", why=str(refused))
            return plain("400 Bad Request")
        except HTTPException as missed:
            return _missed(missed)
        except _PASSING as failed:
            log.error("not_answered", kind=type(failed).__name__, why=str(failed))  # noqa: TRY400 - it is expected
            return plain("503 Service Unavailable")
        except Exception:
            log.exception("broken")
            return plain("500 Internal Server Error")

    def _guarded(self, environ: dict[str, Any]) -> Form:
        """Read the form and check that the carrier signed it, and the address it was sent to."""
        signature = environ.get("HTTP_X_TWILIO_SIGNATURE", "")
        if not signature:
            raise Refused("403 Forbidden", "no signature")
        form = read_form(environ)
        claim = Claim(signature, environ.get("HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS", ""))
        if not self._seal.signed(environ["RAW_URI"], form, claim):
            raise Refused("403 Forbidden", "a signature that does not fit")
        return form


def spoken(document: bytes) -> Reply:
    """Answer with a document of the carrier's markup."""
    return Reply("200 OK", (_XML, _KEEP_NOTHING), document)


def as_json(value: Mapping[str, object] | None) -> Reply:
    """Answer with a JSON object; None is an answer that says nothing."""
    body = b"" if value is None else json.dumps(value, ensure_ascii=False).encode()
    return Reply("200 OK", (("Content-Type", "application/json"), _KEEP_NOTHING), body)


NOTED = Reply("204 No Content", (_KEEP_NOTHING,))


def plain(status: str) -> Reply:
    """Answer with a status and its words."""
    return Reply(status, (_TEXT, _KEEP_NOTHING), status.encode())


def _missed(missed: HTTPException) -> Reply:
    """Answer for a route that is not there: 404, or 405 with the methods that are."""
    if isinstance(missed, MethodNotAllowed):
        reply = plain("405 Method Not Allowed")
        allow = ("Allow", ", ".join(sorted(missed.valid_methods or ())))
        return Reply(reply.status, (*reply.headers, allow), reply.body)
    return plain("404 Not Found")  # instead of a redirect too, which would lose the caller's digits
