"""The page ``/wall``: how it stands now and today, for a screen that everybody in the room can read."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, session
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.desk import goes_on
from console.frame import OnAir, on_air
from console.signin.sessions import DOOR
from console.streams import FULL, Stream, Streams, response_of
from ivr.errors import StoreUnavailable
from ivr.store import Store
from ivr.wall import Figures, Lookout, Standing

bp = Blueprint("wall", __name__)
log = structlog.get_logger()
LOOK = 1.0  # seconds between two looks of a stream
BEAT = 5.0  # seconds between two signs that the figures still hold
CHECKED = 60.0  # seconds between two looks whether the session goes on
MOST = 8  # teams that have room
FEWEST = 20  # callers of whom a percentage says something
LEVEL = 0.8  # of the callers are to be met within the target
LOST = 0.05  # of the callers who hang up while waiting are many


class Wall:
    """Shows the figures to whoever asks; one per process."""

    def __init__(self, app: Flask, store: Store, looks: Lookout) -> None:
        """Render with the application's templates."""
        self._app = app
        self._store = store
        self.looks = looks
        self._lock = threading.Lock()
        self._of: tuple[Figures, list[OnAir]] | None = None
        self._html = ""

    def html(self) -> str:
        """Write the figures, anew where something has changed. StoreUnavailable where nobody can say."""
        figures = self.looks.look()
        air = on_air(self._store, figures.zone)
        with self._lock:
            if self._of is None or self._of[0] is not figures or self._of[1] != air:
                self._of, self._html = (figures, air), self._written(figures, air)
            return self._html

    def shown(self) -> dict[str, Any]:
        """Give what the page needs: the figures, of when they are, and what time it is here."""
        html = self.html()
        return {"now": time.time(), "at": self.looks.at, "html": html}

    def _written(self, figures: Figures, air: list[OnAir]) -> str:
        template = self._app.jinja_env.get_template("_wall.html")
        more = figures.teams[MOST:]
        rest = {"teams": len(more), "waiting": sum(team.waiting for team in more)}
        known = {"all": figures.every, "teams": figures.teams[:MOST], "rest": rest, "on_air": air}
        return template.render(f=figures, level=level, lost=lost, few=FEWEST, wanted=LEVEL, **known).strip()


def level(one: Standing) -> float | None:
    """Give the service level; None where too few called."""
    return one.today.soon / one.today.counted if one.today.counted >= FEWEST else None


def lost(one: Standing) -> tuple[float, str] | None:
    """Give how many hung up while waiting, and how that looks; None where too few called."""
    if one.today.all < FEWEST:
        return None
    share = one.today.hung_up / one.today.all
    return share, "warn" if share > LOST else "ok"


@bp.get("/wall")
def page() -> str:
    """Show the wall; it goes on by itself."""
    shown = wall().shown()
    zone = ZoneInfo(wall().looks.look().zone)
    clock = datetime.fromtimestamp(shown["now"], zone).strftime("%a %d %b, %H:%M")
    until = current_app.extensions["sessions"].ends(session.get(DOOR, ""))
    brief = {name: shown[name] for name in ("now", "at")} | {"zone": zone.key, "until": until}
    return render_template("wall.html", page="wall", html=shown["html"], brief=brief, clock=clock)


@bp.get("/wall/now")
def now() -> BaseResponse:
    """Give the figures as they stand, where there is no stream."""
    return jsonify(wall().shown())


@bp.get("/wall/stream")
def stream() -> Response:
    """Send the figures whenever they change; where no thread is left for it, the page asks instead."""
    return response_of(events())


def events() -> Iterator[str]:
    """Go on until the page is closed or the session is over."""
    streams: Streams = current_app.extensions["streams"]
    with streams.begin(streams.screen(me().key)) as one:  # several screens may be one person's
        if one is None:
            yield FULL
            return
        yield "retry: 1000\n\n"
        yield from changes(one)


def changes(one: Stream) -> Iterator[str]:
    """Send what has changed, and in between that the figures still hold: not while the store is away."""
    sent, spoke, checked = "", 0.0, time.monotonic()
    while True:
        try:
            shown = wall().shown()
            if shown["html"] != sent:
                sent, spoke = shown["html"], time.monotonic()
                yield f"event: wall\ndata: {json.dumps(shown)}\n\n"
        except StoreUnavailable:
            log.warning("wall_not_looked_at")
        if time.monotonic() - spoke > BEAT:
            spoke = time.monotonic()
            yield f"event: beat\ndata: {json.dumps({'now': time.time(), 'at': wall().looks.at})}\n\n"
        if time.monotonic() - checked > CHECKED:
            checked = time.monotonic()
            if not goes_on():
                yield "event: over\ndata: {}\n\n"
                return
        if not one.rest(LOOK):
            return


def wall() -> Wall:
    """Find the wall of this application."""
    found: Wall = current_app.extensions["wall"]
    return found
