"""The page ``/menus/drafts/<draft>``: a menu that people are at work on, kept as they type, tried, published."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.calls import archive
from console.draft_face import face, file_told, live_of
from console.menus import LONGEST, number_in, pictured, store
from console.rights import may
from ivr.archive.changes import Changes, changes
from ivr.content import Content
from ivr.drafts.paths import PATTERN
from ivr.drafts.runs import SCENARIOS, TRIAL, Runs
from ivr.drafts.workshop import Look, SavedOver, Workshop
from ivr.errors import IvrError
from ivr.publishing.publish import Author
from ivr.rehearsal import line_of
from ivr.store.drafts import GONE, OPEN, PUBLISH, PUBLISHED, RECORDING, TEXT, DraftFile, NoDraft

MOST = 2**31  # revisions of a file
bp = Blueprint("drafts", __name__)


def workshop() -> Workshop:
    """Find the drafts."""
    found: Workshop = current_app.extensions["workshop"]
    return found


@bp.post("/menus/drafts")
def begin() -> BaseResponse:
    """Begin a draft from what is in force."""
    try:
        draft = workshop().begin(me().name)
    except IvrError as error:
        flash(said(error), "bad")
        return redirect(url_for("menus.page"))
    if count := workshop().lacking(draft):
        lacks = f"{count} recordings of this version were" if count > 1 else "A recording of this version was"
        flash(f"{lacks} not found here: the page Prompts says which texts lack one. Record them, or bring them.", "bad")
    return redirect(url_for("drafts.page", draft=draft.id))


@bp.get("/menus/drafts/<draft>")
def page(draft: str) -> str:
    """Show a draft. Nothing is written by looking."""
    look = looked(draft)
    return render_template(
        "draft.html",
        page="menus",
        draft=look.draft,
        base_is_live=look.draft.base == (store().versions.active() or ""),
        review=workshop().settings.publish_review,
        can_calls=may(me().role, "see calls"),
        pattern=PATTERN,
    )


@bp.get("/menus/drafts/<draft>/state")
def state(draft: str) -> Response:
    """Tell how a draft stands; the page asks every few seconds, so that two people see each other's changes."""
    told = face(workshop(), looked(draft), texts=request.args.get("texts") == "yes")
    return jsonify(told | {"others": store().draft_visits.others(draft, me().name, time.time())})


@bp.get("/menus/drafts/<draft>/file")
def file(draft: str) -> Response:
    """Give one file as it stands."""
    found = next((each for each in looked(draft).files if each.path == request.args.get("path")), None)
    if found is None:
        abort(404, "The draft has no such file.")
    return jsonify(file_told(found, texts=True))


@bp.get("/menus/drafts/<draft>/earlier")
def earlier(draft: str) -> str:
    """Show every text of a file that was kept: another person's is never written over."""
    look = looked(draft)
    path = request.args.get("path", "")
    texts = [each for each in store().drafts.history(draft, path) if each.kind != RECORDING]
    if not texts:
        abort(404, "The draft has no such file.")
    return render_template("draft-earlier.html", page="menus", draft=look.draft, path=path, texts=texts)


@bp.get("/menus/drafts/<draft>/picture")
def picture(draft: str) -> BaseResponse | str:
    """Draw the draft; nothing where it has errors."""
    content = looked(draft).content
    return render_template("_picture.html", shown=pictured(content)) if content else Response(status=204)


@bp.post("/menus/drafts/<draft>/file")
def save(draft: str) -> tuple[Response, int] | Response:
    """Keep a file as it was typed; where somebody else was first both texts are given back and nothing is written."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400, "The page must send JSON.")
    path, text, seen = body.get("path"), body.get("text"), body.get("seen")
    if not isinstance(path, str) or not isinstance(text, str) or type(seen) is not int or not 0 <= seen < MOST:
        abort(400, "A file has a path, a text, and the revision that was seen.")
    kind = GONE if body.get("gone") is True else TEXT
    made = DraftFile(path, seen, "" if kind == GONE else text.replace("\r\n", "\n"), me().name, time.time(), kind)
    try:
        kept = workshop().save(draft, made)
    except SavedOver as error:
        theirs = error.theirs
        told = {"error": said(error), "theirs": file_told(theirs, texts=True) if theirs else None}
        return jsonify(told), 409
    except IvrError as error:
        return jsonify({"error": said(error)}), 410 if isinstance(error, NoDraft) else 400
    answer = face(workshop(), looked(draft), texts=False)
    return jsonify(answer | {"revision": kept.revision, "kept_at": time.strftime("%H:%M:%S", time.gmtime(kept.at))})


@bp.post("/menus/drafts/<draft>/hear")
def hear(draft: str) -> BaseResponse:
    """Lead to the phone with the draft as it stands, and with a past call that is to be played in it."""
    look = looked(draft)
    try:
        version = workshop().hear(draft)
        played = example(look.content) if look.content and "line" in request.form else {}
    except IvrError as error:
        return back(draft, error)
    return redirect(url_for("phone.page", version=version, **played))


def example(content: Content) -> dict[str, Any]:
    """Read a past call of a trial: its line, its time on the line's clock, its flags and its keys."""
    line = line_of(content, request.form["line"])
    try:
        at = datetime.fromtimestamp(float(request.form.get("at", "")), ZoneInfo(line.zone))
    except (ValueError, OverflowError, OSError):
        abort(400, "The form does not say when that call was. Open the page again.")
    keys, flags = request.form.get("keys", ""), request.form.getlist("flag")
    return {"line": line.id, "at": at.strftime("%Y-%m-%dT%H:%M"), "keys": keys, "flag": flags}


@bp.post("/menus/drafts/<draft>/runs/<kind>")
def run(draft: str, kind: str) -> tuple[Response, int] | Response:
    """Begin to play the scenarios, or to try past calls."""
    looked(draft)
    if kind not in (SCENARIOS, TRIAL):
        abort(404, "There is nothing of this kind to try.")
    try:
        Runs(workshop()).begin(draft, kind, me().name)
    except IvrError as error:
        return jsonify({"error": said(error)}), 400
    return jsonify(face(workshop(), looked(draft), texts=False))


@bp.get("/menus/drafts/<draft>/publish")
def ask(draft: str) -> str:
    """Show what callers will notice, and ask once more."""
    return asked(looked(draft))


@bp.post("/menus/drafts/<draft>/publish")
def publish(draft: str) -> BaseResponse | str:
    """Put a draft in force."""
    look = looked(draft)
    comment = " ".join(request.form.get("comment", "").split())[:LONGEST]
    seen = number_in("seen", "which version was in force")
    if look.draft.state == PUBLISHED:  # the second of two clicks
        flash(f"This draft was published already, as {look.draft.version[:7]}.", "ok")
        return redirect(url_for("menus.page"))
    if not comment:
        return asked(look, "Say why: it stands in the history of versions.")
    who = Author(me().name, comment, seen, request.form.get("now") == "yes")
    try:
        version = workshop().publish(draft, who, request.form.get("mark", ""))
    except IvrError as error:
        return asked(looked(draft), said(error))
    flash(f"Version {version[:7]} is in force. New calls hear it within two seconds.", "ok")
    return redirect(url_for("menus.page"))


@bp.post("/menus/drafts/<draft>/review")
def review(draft: str) -> BaseResponse:
    """Ask for a review, or give it."""
    looked(draft)
    try:
        if request.form.get("do") == "approve":
            workshop().approve(draft, me().name, request.form.get("mark", ""))
            flash("You have reviewed this draft as it stands. A change asks for another review.", "ok")
        else:
            store().drafts.ask_review(draft, me().name)
            flash("A review is asked for: whoever may change menus finds it on the page Menus.", "ok")
    except IvrError as error:
        return back(draft, error)
    return redirect(url_for("drafts.page", draft=draft))


@bp.post("/menus/drafts/<draft>/drop")
def drop(draft: str) -> BaseResponse:
    """Drop a draft; its texts are kept, and it can be taken up again."""
    looked(draft)
    try:
        if request.form.get("do") == "take up":
            store().drafts.take_up(draft, me().name)
            return redirect(url_for("drafts.page", draft=draft))
        store().drafts.drop(draft, me().name)
    except IvrError as error:
        return back(draft, error)
    flash("The draft is dropped. Its page is there still, and takes it up again.", "ok")
    return redirect(url_for("drafts.page", draft=draft))


def asked(look: Look, error: str = "") -> str:
    """Show the question before a publish."""
    last = store().versions.last()
    live = live_of(workshop())
    told: Changes | None = None
    if live and look.content:
        told = changes(live, look.content, archive(), time.time())
    return render_template(
        "draft-publish.html",
        page="menus",
        look=look,
        live=last,
        told=told,
        hindered=workshop().hindered(look),
        review=workshop().settings.publish_review,
        writer=me().name in (store().drafts.authors(look.draft) or {look.draft.begun_by}),
        broken_off=broken_off(look),
        overtaken=look.draft.base != (last.hash if last else ""),
        error=error,
        typed=request.form,
        longest=LONGEST,
    )


def broken_off(look: Look) -> str:
    """Name who published a draft that is open still: nothing came of it; "" where nobody did."""
    run = store().drafts.runs(look.draft.id).get(PUBLISH)
    return run.who if run and look.draft.state == OPEN and run.state == "running" else ""


def looked(draft: str) -> Look:
    """Look at a draft; 404 where there is none."""
    try:
        return workshop().look(draft)
    except NoDraft as error:
        return abort(404, said(error))


def said(error: IvrError) -> str:
    """Write what was wrong, and what to do."""
    return f"{error}{': ' + error.hint if error.hint else ''}."


def back(draft: str, error: IvrError) -> BaseResponse:
    """Go back to the draft with what was wrong."""
    flash(said(error), "bad")
    return redirect(url_for("drafts.page", draft=draft))
