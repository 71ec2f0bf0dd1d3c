"""What stands around every page: the rail with the pages that somebody may see, who they are, what is on air."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, current_app, g, render_template

from console.rights import ROUTES, may
from console.signin.sessions import person_here
from console.times import shortly
from ivr.content import Content
from ivr.errors import IvrError
from ivr.spool import Spool
from ivr.store import Store
from ivr.store.announcements import Announcement
from ivr.store.case_filter import Filter
from ivr.store.flags import Flag
from ivr.wall import zone_of

bp = Blueprint("frame", __name__)


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the rail."""

    group: str
    endpoint: str
    words: str
    key: str  # after g
    drawing: str  # the inside of an svg of 24 by 24


MANY = 100  # late cases: from here on nobody counts
FIRST_CALL = "doctor.page"  # in the rail until a real call has come
LINKS = (
    Link(
        "People",
        "desk.page",
        "Desk",
        "d",
        '<path d="M4 13v-1a8 8 0 0 1 16 0v1"/><rect x="3" y="13" width="4" height="6" rx="1.5"/>'
        '<rect x="17" y="13" width="4" height="6" rx="1.5"/><path d="M19 19a4 4 0 0 1-4 2.5h-2"/>',
    ),
    Link(
        "People",
        "cases.page",
        "Cases",
        "k",
        '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M3 13h5l1.5 2.5h5L16 13h5"/>',
    ),
    Link(
        "People",
        "floor.page",
        "Floor",
        "f",
        '<circle cx="7" cy="9" r="2.5"/><circle cx="17" cy="9" r="2.5"/>'
        '<path d="M2.5 19a4.5 4.5 0 0 1 9 0M12.5 19a4.5 4.5 0 0 1 9 0"/>',
    ),
    Link("People", "calls.page", "Calls", "c", '<path d="M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01"/>'),
    Link(
        "People",
        "wall.page",
        "Wall",
        "w",
        '<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M8 20h8M12 16v4"/>',
    ),
    Link("Understand", "insight.page", "Insight", "i", '<path d="M4 20V10M10 20V4M16 20v-7M21 20H3"/>'),
    Link(
        "Change",
        "menus.page",
        "Menus",
        "m",
        '<rect x="3" y="9" width="6" height="6" rx="1.2"/><rect x="15" y="3" width="6" height="6" rx="1.2"/>'
        '<rect x="15" y="15" width="6" height="6" rx="1.2"/><path d="M9 12h3m0 0V6h3m-3 6v6h3"/>',
    ),
    Link(
        "Change",
        "phone.page",
        "Phone",
        "p",
        '<path d="M5 5h.01M12 5h.01M19 5h.01M5 12h.01M12 12h.01M19 12h.01M5 19h.01M12 19h.01M19 19h.01"'
        ' stroke-width="3"/>',
    ),
    Link(
        "Settings", FIRST_CALL, "First call", "1", '<circle cx="12" cy="12" r="9"/><path d="m8 12.5 2.7 2.7L16 9.5"/>'
    ),
    Link(
        "Settings",
        "settings.page",
        "Settings",
        "s",
        '<circle cx="12" cy="12" r="3"/><path d="M12 2.8v2.6M12 18.6v2.6M2.8 12h2.6M18.6 12h2.6M5.5 5.5l1.8 1.8'
        'M16.7 16.7l1.8 1.8M18.5 5.5l-1.8 1.8M7.3 16.7l-1.8 1.8"/>',
    ),
    Link(
        "Settings",
        "people.page",
        "People",
        "u",
        '<circle cx="9" cy="8" r="3.5"/>'
        '<path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.5a6.5 6.5 0 0 1 3.5 5.5"/>',
    ),
    Link(
        "Settings",
        "integrations.page",
        "Integrations",
        "n",
        '<path d="M9 7V3M15 7V3M7 7h10v4a5 5 0 0 1-10 0zM12 16v5"/>',
    ),
    Link("Settings", "audit.page", "Audit", "t", '<path d="M6 3h9l4 4v14H6zM9 12h7M9 16h7M9 8h3"/>'),
)


def links(role: str, *, begun: bool = True) -> list[Link]:
    """List the pages that a role may see; before calls have `begun`, what is missing for the first one too."""
    return [link for link in LINKS if may(role, ROUTES[link.endpoint]) and not (begun and link.endpoint == FIRST_CALL)]


def install(app: Flask, store: Store, spool: Spool) -> None:
    """Give every template what the frame shows; `spool` holds what callers did while the database was away."""
    app.add_template_filter(moment)

    @app.context_processor
    def around() -> dict[str, Any]:
        person = person_here(app)
        shown = links(person.role, begun=begun(store)) if person else []
        return {
            "company": company(),
            "person": person,
            "links": shown,
            "can_open": lambda endpoint: person is not None and may(person.role, ROUTES[endpoint]),
            "on_air": on_air(store, zone()) if person else [],
            "may_switch": person is not None and may(person.role, ROUTES["switches.announce"]),
            "spooled": spool.state().records if person else 0,
            "late_cases": late_cases(store) if person and may(person.role, "see cases") else "",
        }


@bp.get("/strips")
def strips() -> str:
    """Give what is on air and what is degraded at this moment: a page that stays open asks again and again."""
    return render_template("_strips.html")


def live() -> Content | None:
    """Find the version in force; None before there is one here."""
    try:
        found: Content | None = current_app.extensions["versions"].live()
    except IvrError:  # the version in force is not on this node: the pages are there all the same
        return None
    return found


def company() -> str:
    """Name the company of the version in force; "" before there is one here."""
    found = live()
    return found.tree.company if found else ""


def zone() -> str:
    """Name the zone whose clock the people of this hotline go by."""
    if "zone" not in g:
        g.zone = zone_of(live())
    return str(g.zone)


def moment(at: float) -> str:
    """Write a time of nobody's line, to the minute, on the clock of the hotline."""
    return datetime.fromtimestamp(at, ZoneInfo(zone())).strftime("%d %b %Y, %H:%M")


def begun(store: Store) -> bool:
    """Say whether a real call has ever come; once it has, nobody is asked again."""
    known = current_app.extensions
    known["begun"] = known.get("begun") or store.calls.any_real()
    return bool(known["begun"])


def late_cases(store: Store) -> str:
    """Count the cases whose answer is late, once a request and as far as it matters; "" for none."""
    if "late_cases" not in g:
        found = store.cases.some(Filter(late_at=time.time()), MANY)
        g.late_cases = f"{MANY - 1}+" if found == MANY else str(found or "")
    return str(g.late_cases)


@dataclass(frozen=True, slots=True)
class OnAir:
    """One line of the strip."""

    what: str
    words: str  # of an announcement; "" for a flag
    whose: str  # owner and end


def on_air(store: Store, zone: str) -> list[OnAir]:
    """Tell what every caller hears, then what is switched on for the menus, at this moment."""
    now = time.time()
    heard = [
        OnAir(
            "Announcement on every call" if not one.lines else f"Announcement on {', '.join(one.lines)}",
            next(iter(one.texts.values()), "a recording"),
            whose(one, now, zone),
        )
        for one in store.announcements.all()
        if one.until > now
    ]
    flags = (one for one in store.flags.all() if one.until > now)
    return [*heard, *(OnAir(f"Flag {one.name}", "", whose(one, now, zone)) for one in flags)]


def whose(one: Announcement | Flag, now: float, zone: str) -> str:
    """Say who answers for it and when it ends."""
    return f"{one.owner} · ends {ends(one.until, now, zone)}"


def ends(until: float, now: float, zone: str) -> str:
    """Say when something ends, on the clock of the hotline: 18:00, in 3 h 13 min."""
    left = max(0, round((until - now) / 60))
    day = shortly(until, zone)
    told = day[-5:] if day[:-5] == shortly(now, zone)[:-5] else day
    return f"{told}, in {left // 60} h {left % 60} min"
