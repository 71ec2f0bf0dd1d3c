"""What stands around every page: the rail with the pages that somebody may see, who they are, what is on air."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app

from console.rights import ROUTES, may
from console.signin.sessions import person_here
from ivr.errors import IvrError
from ivr.store import Store
from ivr.store.flags import Flag


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the rail."""

    group: str
    endpoint: str
    words: str
    key: str  # after g
    drawing: str  # the inside of an svg of 24 by 24


LINKS = (
    Link(
        "Change",
        "phone.page",
        "Phone",
        "p",
        '<path d="M5 5h.01M12 5h.01M19 5h.01M5 12h.01M12 12h.01M19 12h.01M5 19h.01M12 19h.01M19 19h.01"'
        ' stroke-width="3"/>',
    ),
)


def links(role: str) -> list[Link]:
    """List the pages that a role may see."""
    return [link for link in LINKS if may(role, ROUTES[link.endpoint])]


def install(app: Flask, store: Store) -> None:
    """Give every template what the frame shows."""

    @app.context_processor
    def around() -> dict[str, Any]:
        person = person_here(app)
        shown = links(person.role) if person else []
        return {
            "company": company(),
            "person": person,
            "links": shown,
            "on_air": [told(flag) for flag in on(store)] if person else [],
        }


def company() -> str:
    """Name the company of the version in force."""
    try:
        live = current_app.extensions["versions"].live()
    except IvrError:  # the version in force is not on this node: the pages are there all the same
        live = None
    return live.tree.company if live else "Your"


def on(store: Store) -> list[Flag]:
    """List the flags that are on at this moment."""
    now = time.time()
    return [flag for flag in store.flags.all() if flag.until is None or flag.until > now]


def told(flag: Flag) -> dict[str, str]:
    """Say a flag as the strip shows it."""
    if flag.until is None:
        ends = "until it is switched off"
    else:
        left = max(0, round((flag.until - time.time()) / 60))
        ends = f"ends {datetime.fromtimestamp(flag.until, UTC):%d %b %H:%M} UTC, in {left // 60} h {left % 60} min"
    return {"name": flag.name, "owner": flag.owner, "ends": ends}
