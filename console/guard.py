"""Who may ask a page anything: no other site through somebody's browser, and no name that only points here."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, current_app, g, jsonify, render_template, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from ivr.errors import StoreUnavailable

log = structlog.get_logger()

API = "/api/"  # what is asked below it is answered in JSON, whatever happens
# `data:` for Pico's small pictures, which stand in its style sheet, and for the picture that sets a second factor up
POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)
# … and for a page with a phone in it: the carrier's signalling, its sounds, and the voices
PHONE = (
    "; connect-src 'self' wss://voice-js.roaming.twilio.com https://eventgw.twilio.com https://sdk.twilio.com"
    "; media-src 'self' mediastream: blob: https://sdk.twilio.com"
)
# … and for a page that records: what was said is heard before it is sent
RECORDER = "; media-src 'self' blob:"
NO_MICROPHONE = "camera=(), geolocation=(), microphone=()"
MICROPHONE = "camera=(), geolocation=(), microphone=(self)"
# endpoint -> bytes that it takes where the others take less: a whole file of a menu, ten minutes of a recording
LARGER = {"drafts.save": 5_000_000, "draft_prompts.bring": 30_000_000}
# status -> what happened, and what to do next where whoever refused gave no words of their own
TOLD = {
    400: (
        "This was not understood",
        "Something in the request was missing or not written as it should be. Go back and try again.",
    ),
    401: ("You are not signed in", "Sign in, then open the page again."),
    403: ("This is refused", "Your role does not allow this. An admin can give you another."),
    404: ("There is no such page", "The address may be mistyped, or the page is gone. Go on from the first page."),
    405: (
        "This is not done so",
        "The address takes something else than what was sent. Go back and use the page's own buttons.",
    ),
    413: ("This is too large", "What was sent is longer than these pages take. Shorten it and send it again."),
    415: ("This is of another kind", "Go back and use the page's own form."),
    429: ("Too many tries", "Wait a minute, then try once more."),
}
OTHER = ("This did not work", "Go back and try again; if it stays so, tell an admin.")


def install(app: Flask, hosts: frozenset[str]) -> None:
    """Guard every page: known host names only, changes only from our own forms, a strict content policy."""

    @app.before_request
    def refuse_strangers() -> None:
        # A foreign name that resolves to this address would let its page read ours (DNS rebinding).
        if urlsplit(f"//{request.host}").hostname not in hosts:
            abort(403, "This name is not one of the hotline's; set CONSOLE_URL to the address people open.")

    @app.before_request
    def take_forms() -> None:
        # The library's own pages would take JSON too: it passes by the count of tries at one name, and breaks them
        # where it is no object. Ours send forms.
        if request.is_json and (request.endpoint or "").startswith("security."):
            abort(415, "This page takes its own form alone.")

    @app.before_request
    def take_more() -> None:
        # Only from who has a session of ours: nobody else sends this much before the right is asked for.
        if session.get("_user_id"):
            request.max_content_length = LARGER.get(request.endpoint or "", request.max_content_length)

    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session: a page may stay open for a day
    CSRFProtect(app)
    app.register_error_handler(HTTPException, tell)
    app.register_error_handler(StoreUnavailable, tell_away)

    @app.after_request
    def add_policy(response: Response) -> Response:
        phone, recorder = g.get("browser_phone"), g.get("recorder")
        response.headers["Content-Security-Policy"] = POLICY + (PHONE if phone else RECORDER if recorder else "")
        response.headers["Permissions-Policy"] = MICROPHONE if phone or recorder else NO_MICROPHONE
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"  # as `frame-ancestors` says to browsers that know it
        response.headers["Referrer-Policy"] = "same-origin"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"  # not on a shared machine's disk, nor behind "back"
        return response


def by_script() -> bool:
    """Say whether a script of ours asks: it is answered in JSON, and never led to another page."""
    return request.is_json or request.headers.get("X-Requested-With") == "script"


def tell_away(error: StoreUnavailable) -> tuple[str, int, dict[str, str]]:
    """Say that the database is away: calls go on, people's pages wait. The frame of other pages would ask it, too."""
    log.warning("page_without_database", page=request.path, why=str(error))
    words = current_app.jinja_env.get_template("away.html").render()
    return words, 503, {"Content-Type": "text/html; charset=utf-8", "Retry-After": "30"}


def tell(error: HTTPException) -> tuple[str | Response, int, dict[str, str]]:
    """Say what was wrong: as JSON to a script of ours, else as a page."""
    code, wait = error.code or 500, getattr(error, "retry_after", None)
    headers = {"Retry-After": str(wait)} if wait else {}
    title, next_step = TOLD.get(code, OTHER)
    stock = type(error).description  # the framework's own sentence, which knows nothing of this place
    words = error.description if error.description and error.description != stock else next_step
    if isinstance(error, CSRFError):
        words = "The form was not one of ours, or you have signed in or out since it was opened. Open the page again."
    if by_script() or request.path.startswith(API):
        return jsonify({"error": words}), code, headers
    if code >= 500:  # the page around it might fail for the same reason
        return Response("Something went wrong here; the log says what.\n", mimetype="text/plain"), code, headers
    return render_template("refused.html", page="refused", title=title, words=words), code, headers
