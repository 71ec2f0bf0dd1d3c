"""Who may ask a page anything: no other site through somebody's browser, and no name that only points here."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

# `data:` for Pico's small pictures, which stand in its style sheet
POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)


def install(app: Flask, hosts: frozenset[str]) -> None:
    """Guard every page: known host names only, changes only from our own pages, a strict content policy."""

    @app.before_request
    def refuse_strangers() -> None:
        # A foreign name that resolves to this address would let its page read ours (DNS rebinding).
        if urlsplit(f"//{request.host}").hostname not in hosts:
            abort(403, "This name is not one of the hotline's; set CONSOLE_URL to the address people open.")
        # A browser sends this header from another site only after asking us, and we never allow it.
        if request.method not in {"GET", "HEAD"} and "X-Requested-With" not in request.headers:
            abort(403, "This request did not come from one of the hotline's pages.")

    @app.after_request
    def add_policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response
