"""The pages ``/calls`` and ``/calls/<call>``: which calls there were, and one call's story turn by turn. Read only."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, render_template, request, url_for

from console.account import me
from console.finding import BOUNDS, FILTER, FURTHER, LONGEST, asked_beside, bound, offered
from console.frame import zone
from console.paging import after, written
from console.rights import ROUTES, may
from ivr.archive.aftermath import became, carrier_said, seconds_of, to_do
from ivr.archive.calls import Archive, Seen
from ivr.archive.legs import legs_of
from ivr.archive.noting import noted
from ivr.archive.passages import events_of
from ivr.archive.paths import Step, path_of, told_path
from ivr.archive.promises import Promised, attempts_told, promise_told
from ivr.archive.story import Library, Scene, Story, story
from ivr.archive.talking import said_of
from ivr.archive.times import NotATime, month_of, read_time, zone_of
from ivr.archive.written import further
from ivr.blocking import BlockList
from ivr.desk.plight import plight_of
from ivr.engine.tree import Tree
from ivr.errors import IvrError, UnknownCall, UnknownVersion
from ivr.exporting.formats import FORMATS
from ivr.marks import read_path
from ivr.roles import BadPerson, as_phone
from ivr.store.audit import Deed
from ivr.store.call_backs import OPEN
from ivr.store.calls import CallRow, Search
from ivr.store.finding import Page

bp = Blueprint("calls", __name__)
PAGE = 50
LIVE = 20  # calls going on that are shown, the latest
# how a call ended -> what happened to the caller, and the shape that says so
ENDS = {
    "talked": ("talked with a person", "ok"),
    "case": ("left a case", "ok"),
    "message": ("left a message", "ok"),
    "solved": ("solved by the menu", "ok"),
    "unreached": ("nobody took the call", "warn"),
    "left": ("gave up in the menu", "bad"),
    "limit": ("ended by a limit", "note"),
    "rejected": ("rejected", "note"),
    "unknown": ("cannot tell", "off"),
}
# span of the address bar -> its words
SPANS = {
    "": "any time",
    "1h": "the last hour",
    "1d": "the last 24 hours",
    "7d": "the last week",
    "30d": "the last month",
}


class NoSuchEnd(IvrError):
    """No call ends this way."""


@dataclass(frozen=True, slots=True)
class Row:
    """One call of the list."""

    seen: Seen
    zone: str
    path: tuple[Step, ...] | None  # None where it cannot be read here


@bp.get("/calls")
def page() -> str:
    """List calls, the latest first; the filter stands in the address, so that a view can be shared."""
    asked = asked_for(request.args)
    try:
        found, wrong = archive().store.finder.page(wanted(asked), PAGE), ""
    except (NotATime, BadPerson, NoSuchEnd) as error:
        found, wrong = Page([], None), f"{error}; {error.hint}" if error.hint else str(error)
    rows, last = list(rows_of(found.rows)), found.last
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return render_template(
        "calls.html",
        page="calls",
        rows=rows,
        asked=asked,
        wrong=wrong,
        filtered=bool(kept or request.args.get("after")),
        can_phone=may(me().role, "use the phone"),
        ends=ENDS,
        spans=SPANS,
        months=months(),
        can_export=may(me().role, ROUTES["exports.begin"]),
        formats=FORMATS,
        live=live_rows() if not filtered_by(asked) and not request.args.get("after") else None,
        offered=offered(archive(), asked),
        further=any(asked[name] for name in (*BOUNDS, *FURTHER)),
        bounds={name: bound(asked[name]) for name in BOUNDS},
        looked=(last[0], zone()) if found.cut and last else None,
        older=url_for("calls.page", **kept, after=written(*last)) if last else "",
        newest=url_for("calls.page", **kept) if request.args.get("after") else "",
    )


@bp.get("/calls/<call>")
def one(call: str) -> str:
    """Tell one call. That it was opened is written down, and nothing else."""
    try:
        told = story(archive(), call, library())
    except UnknownCall:
        abort(404, "No call of this name is known.")
    store = archive().store
    store.audit.add(Deed(me().name, "opened a call", told.call.call))
    began = told.scenes[0].at if told.scenes else told.call.began
    return render_template(
        "call.html",
        page="calls",
        told=told,
        seen=told.call,
        began=began,
        zone=zone_of(library(), told.call.version, told.call.line),
        ends=ENDS,
        scenes=list(scenes_of(told)),
        parting=parting_of(told),
        seconds=seconds_of(told),
        undone=[(to_do(one), became(one)) for one in told.effects if one.state != "sent"],
        promises=list(promises_of(told)),
        talks=[(one.at, said_of(one)) for one in told.talks],
        notes=[(note.at, carrier_said(note)) for note in told.notes],
        slowest=max((scene.took for scene in told.scenes), default=0),
        erased=is_erased(call),
        can_erase=may(me().role, ROUTES["person.page"]),
        back=way_back(),
        legs=legs_of(told),
        summary=plight_of(archive(), library(), told.call.call).summary,
        can_replay=may(me().role, ROUTES["replaying.again"]) and told.call.readable,
        offers=current_app.extensions["versions"].offers(told.call.version),
        block=BlockList(store, archive().keyring).find(told.call.caller) if told.call.caller else None,
        can_block=bool(told.call.caller) and not told.call.pretend and may(me().role, ROUTES["blocked.of_call"]),
    )


@bp.get("/calls/now")
def now() -> str:
    """Give the calls that go on now."""
    return live_rows()


def live_rows() -> str:
    """Write the calls that go on now, with the step where each stands; who pretends is no caller."""
    store = archive().store
    found = [row for row in store.calls.search(Search(open=True), LIVE) if not row.record.pretend]
    chains = store.turns.chains([row.record.call for row in found])
    places = {call: max(chain, key=lambda turn: turn.at).place for call, chain in chains.items() if chain}
    rows = [(archive().seen(row), places.get(row.record.call, ""), time.time() - row.record.at) for row in found]
    return render_template("_live_calls.html", rows=rows, count=store.calls.going_on())


def scenes_of(told: Story) -> Iterator[tuple[Scene, str, list[str]]]:
    """Give each scene with the deed of its step, and what was noted in words."""
    for scene in told.scenes:
        tree = tree_of(scene.version)
        step = tree.steps.get(scene.place) if tree else None
        yield scene, type(step).__name__.lower() if step else "", [noted(event, tree) for event in scene.events]


def tree_of(version: str) -> Tree | None:
    """Find the tree of a version; None where that is not here."""
    try:
        return library()(version).tree
    except UnknownVersion:
        return None


def parting_of(told: Story) -> tuple[Scene, Scene] | None:
    """Give the caller's last turn before the end, and the end; None where the call goes on, or was over at once."""
    own = [scene for scene in told.scenes if scene.heard and not scene.leg]
    return (own[-2], own[-1]) if len(own) > 1 and own[-1].kind == "end" else None


def promises_of(told: Story) -> Iterator[tuple[str, list[tuple[float, str]], str]]:
    """Give each promise to call back in words, with its attempts, and its id while it can be cancelled."""
    for one in told.call_backs:
        attempts = list(zip((each.at for each in one.attempts), attempts_told(one), strict=True))
        yield promise_told(one), attempts, cancellable(one)


def cancellable(one: Promised) -> str:
    """Name a promise that is not over; "" where whoever looks may not cancel it, or nothing is left to cancel."""
    may_cancel = may(me().role, ROUTES["call_backs.cancel"])
    return one.row.effect.hex() if may_cancel and one.row.state in OPEN else ""


def is_erased(call: str) -> bool:
    """Say whether a call's key was destroyed."""
    record = archive().store.call(call)
    return record is not None and not record.wrapped


def way_back() -> str:
    """Lead back to the list with the filter that it had; the referrer of our own pages is whole."""
    came_from = request.referrer or ""
    return came_from if came_from.startswith(f"{request.host_url}calls?") else url_for("calls.page")


def asked_for(given: Mapping[str, str]) -> dict[str, str]:
    """Read the filter as it was written."""
    return {name: given.get(name, "").strip()[:LONGEST] for name in FILTER}


def filtered_by(asked: dict[str, str]) -> bool:
    """Say whether a filter asks for anything."""
    return any(asked.values())


def wanted(asked: dict[str, str]) -> Search:
    """Read the filter; NotATime, BadPerson, NoSuchEnd where something in it is not written as it should be."""
    now, end = time.time(), asked["end"]
    if end and end != "open" and end not in ENDS:
        raise NoSuchEnd(f"no call ends by {end!r}", hint=f"an end is one of {', '.join(ENDS)}, or open")
    month = month_of(asked["when"], zone())
    begins = [month[0]] if month else [read_time(asked["when"], now)] if asked["when"] else []
    begins += [read_time(asked["since"], now, zone())] if asked["since"] else []
    ends = [month[1]] if month else []
    ends += [read_time(asked["until"], now, zone())] if asked["until"] else []
    number = as_phone(asked["number"])
    search = Search(
        callers=archive().by_number(number) if number else None,
        line=asked["line"],
        language=asked["language"],
        since=max(begins, default=None),
        until=min(ends, default=None),
        outcome=end if end != "open" else "",
        open=end == "open",
        after=after(),
    )
    return further(archive(), search, asked_beside(asked))


def months() -> dict[str, str]:
    """Name the last twelve months, this one first."""
    day, found = datetime.now(ZoneInfo(zone())).date(), {}
    for _ in range(12):
        found[f"{day:%Y-%m}"] = f"{day:%B %Y}"
        day = day.replace(day=1) - timedelta(days=1)
    return found


def when_told(asked: Mapping[str, str]) -> str:
    """Say in words when the calls began; "" where it does not matter."""
    month = month_of(asked["when"], "UTC")
    named = f"{datetime.fromtimestamp(month[0], UTC):%B %Y}" if month else SPANS.get(asked["when"], asked["when"])
    bounds = [f"{name} {asked[name].replace('T', ' ')}" for name in ("since", "until") if asked[name]]
    return " ".join([*([named] if asked["when"] else []), *bounds])


def rows_of(found: Sequence[CallRow]) -> Iterator[Row]:
    """Open each call, and add the way that it went: of one that goes on it stands in its turns alone."""
    chains = archive().store.turns.chains([row.record.call for row in found if row.ended_at is None])
    for row in found:
        seen = archive().seen(row)
        path: tuple[Step, ...] | None = told_path(read_path(row.path), library(), seen.version)
        if row.ended_at is None:
            events = events_of(archive(), row.record, chains.get(seen.call, []))
            path = None if events is None else path_of(events, library(), seen.version)
        yield Row(seen, zone_of(library(), seen.version, seen.line), path)


def archive() -> Archive:
    """Find the archive of this application."""
    found: Archive = current_app.extensions["archive"]
    return found


def library() -> Library:
    """Find what knows the versions."""
    found: Library = current_app.extensions["library"].get
    return found
