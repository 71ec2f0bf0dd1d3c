"""The page ``/settings/flags``: what callers hear, or menus know, for a while. Each has an owner and an end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.brought import FORMS, brought
from console.frame import ends, live, zone
from console.rights import ROUTES, may
from console.signin.first import users
from ivr.content import Content
from ivr.errors import IvrError, NothingPublished
from ivr.onair import FLAG, LONGEST_TEXT, NAME, flags_read, judge, read_end
from ivr.store import Store
from ivr.store.announcements import MOST, Announcement
from ivr.store.flags import Flag
from ivr.store.terms import DAY, LONGEST

bp = Blueprint("switches", __name__)
EMERGENCY = "emergency"


class BadForm(IvrError):
    """The form cannot be taken as it stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """One flag: on, or known to the menus."""

    name: str
    what: str
    on: Flag | None = None


@bp.get("/settings/flags")
def page() -> str:
    """Show what is on the air and switched on, and the forms for more."""
    return shown()


@bp.post("/settings/announcements")
def announce() -> BaseResponse | str:
    """Put an announcement on the air."""
    try:
        sounds = {tag: wav for tag in languages(live()) if (wav := brought(f"sound-{tag}")) is not None}
        made = written(sounds)
        spare(made)
        for wav in sounds.values():
            store().versions.put_audio(sha256(wav).hexdigest(), wav)
        store().announcements.put(made)
    except IvrError as error:
        return shown(error, "announcement")
    flash(f"{made.name} is on the air until {ends(made.until, made.set_at, zone())}.", "ok")
    return redirect(url_for("switches.page"))


@bp.post("/settings/announcements/<name>/end")
def end(name: str) -> BaseResponse:
    """Take an announcement off the air."""
    was_on = store().announcements.end(name, me().name)
    flash(f"{name} is off the air." if was_on else f"{name} was off the air already.", "ok")
    return redirect(url_for("switches.page"))


@bp.post("/settings/flags")
def on() -> BaseResponse | str:
    """Switch a flag on."""
    now, name = time.time(), request.form.get("flag", "").strip()
    try:
        if not FLAG.fullmatch(name):
            raise BadForm(f"{name!r} is no name of a flag", hint="small letters, such as storm or emergency.service")
        made = Flag(name, me().name, term(now), now)
        store().flags.on(made)
    except IvrError as error:
        return shown(error, "flag")
    flash(f"{name} is on until {ends(made.until, now, zone())}.", "ok")
    return redirect(url_for("switches.page"))


@bp.post("/settings/flags/<name>/off")
def off(name: str) -> BaseResponse:
    """Switch a flag off."""
    was_on = store().flags.off(name, me().name)
    flash(f"{name} is off." if was_on else f"{name} was off already.", "ok")
    return redirect(url_for("switches.page"))


def written(sounds: Mapping[str, bytes]) -> Announcement:
    """Read the form of an announcement beside its recordings; IvrError where something is not as it should be."""
    now, form = time.time(), request.form
    name = form.get("name", "").strip()
    if not NAME.fullmatch(name):
        raise BadForm(f"{name!r} is no name of an announcement", hint="small letters, such as storm")
    content = in_force()
    texts = {tag: " ".join(form.get(f"text-{tag}", "").split()) for tag in spoken(content)}
    texts = {tag: words for tag, words in texts.items() if words}
    if not texts and not sounds:
        hint = "write what callers hear, or bring a recording, in one language at least"
        raise BadForm("nothing would be heard", hint=hint)
    for tag, words in texts.items():
        if len(words) > LONGEST_TEXT:
            raise BadForm(f"the words in {tag} are longer than {LONGEST_TEXT} characters", hint="shorten them")
    lines = tuple(line for line in (form.get("line", ""),) if line)
    judge(content, lines, (*texts, *sounds))
    hashes = {tag: sha256(wav).hexdigest() for tag, wav in sounds.items()}
    return Announcement(name, me().name, term(now), now, bool(form.get("emergency")), lines, texts, hashes)


def spare(made: Announcement) -> None:
    """Leave what is on the air under the same name, unless its place is to be taken; BadForm."""
    same = (one for one in store().announcements.all() if one.name == made.name and one.until > made.set_at)
    on_air = next(same, None)
    if on_air is not None and not request.form.get("replace"):
        hint = "choose another name, or say below that this one takes its place"
        raise BadForm(f"{made.name} is on the air already, put there by {on_air.owner}", hint=hint)


def term(now: float) -> float:
    """Read the end that was written."""
    return read_end(request.form.get("until", "").strip(), now, zone())


def in_force() -> Content:
    """Find the version in force; NothingPublished before the first."""
    found = live()
    if found is None:
        raise NothingPublished(hint="publish a menu first: an announcement is heard on its lines")
    return found


def spoken(content: Content | None) -> list[str]:
    """List the languages of the lines in which the carrier can speak; the others need a recording."""
    return [tag for tag in languages(content) if content and tag in content.tree.voices]


def languages(content: Content | None) -> list[str]:
    """List the languages that callers may choose."""
    lines = content.tree.lines.values() if content else ()
    return list(dict.fromkeys(tag for line in lines if not line.staff for tag in line.languages))


def shown(error: IvrError | None = None, of: str = "") -> str:
    """Show the page, with what was typed and what was wrong with it."""
    now, content = time.time(), live()
    typed: Mapping[str, str] = request.form if error else {}
    on_air = [one for one in store().announcements.all() if one.until > now]
    every, voiced = languages(content), spoken(content)
    return render_template(
        "settings/flags.html",
        page="settings",
        at="flags",
        on_air_now=on_air,
        unheard={one.name: [tag for tag in heard_in(content, one) if not one.texts.get(tag)] for one in on_air},
        flags=rows(content, now),
        voiced=voiced,
        sounds=FORMS,
        silent=[tag for tag in every if tag not in voiced],
        lines=[line for line in content.tree.lines.values() if not line.staff] if content else [],
        ends={one.name: ends(one.until, now, zone()) for one in on_air},
        flag_ends={one.name: ends(one.until, now, zone()) for one in store().flags.all()},
        zone=zone(),
        most=MOST,
        longest=LONGEST_TEXT,
        days=LONGEST // DAY,
        can=may(me().role, ROUTES["switches.announce"]),
        typed=typed,
        error=error,
        of=of,
    )


def heard_in(content: Content | None, one: Announcement) -> list[str]:
    """List the languages of those lines on which an announcement is heard and has no recording."""
    lines = content.tree.lines.values() if content else ()
    of = [line for line in lines if not line.staff and (not one.lines or line.id in one.lines)]
    return list(dict.fromkeys(tag for line in of for tag in line.languages if tag not in one.audio))


def rows(content: Content | None, now: float) -> list[Row]:
    """List the flags that are on, then those that the menus know."""
    known = {EMERGENCY: "closes every team, whatever the hours say"}
    for name, paths in (flags_read(content) if content else {}).items():
        known.setdefault(name, f"read in {', '.join(paths)}")
    on = {flag.name: flag for flag in store().flags.all() if flag.until > now}
    made = [Row(name, what_of(name, known), flag) for name, flag in on.items()]
    return [*made, *(Row(name, what) for name, what in known.items() if name not in on)]


def what_of(name: str, known: Mapping[str, str]) -> str:
    """Say what a flag does."""
    if name.startswith(f"{EMERGENCY}."):
        return f"closes {name.partition('.')[2]}, whatever the hours say"
    return known.get(name, "no menu of the version in force reads it")


def store() -> Store:
    """Find the store of this application."""
    return users().store
