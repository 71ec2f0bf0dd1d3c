"""The page ``/people``: who works with the hotline. Admins add and invite them, give roles and teams, let them out."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.cases import teams as teams_in_force
from console.frame import live
from console.signin.first import keyring, users
from ivr.errors import IvrError
from ivr.people import changes
from ivr.people.codes import invited
from ivr.people.state import state
from ivr.roles import ROLES, as_email, as_name, as_phone, as_role, as_words
from ivr.rosters import as_reachable, as_shift, as_skills
from ivr.store import Store
from ivr.store.people import Person, UnknownPerson
from ivr.tickets import Agent

bp = Blueprint("people", __name__)
# how far somebody is in signing in -> the shape and colour of the pages
LOOKS = {
    "passphrase and second factor": "ok",
    "single sign-on and second factor": "ok",
    "passphrase alone": "info",
    "single sign-on alone": "info",
    "invited": "warn",
}


def store() -> Store:
    """Find the store of this application."""
    return users().store


@bp.get("/people")
def page() -> str:
    """List everybody."""
    proofs, waiting = store().accounts.proofs(), invited(store())
    rows = [(person, state(person, proofs, waiting)) for person in store().people.all()]
    return render_template("people.html", page="people", rows=rows, names=teams_in_force(), roles=ROLES, looks=LOOKS)


@bp.route("/people/new", methods=["GET", "POST"])
def add() -> BaseResponse | str:
    """Add a person, and show the code by which they choose a passphrase: once."""
    if request.method == "GET":
        return form(Person("", "agent"))
    try:
        made, code = changes.add(store(), keyring(), written(Person("", "agent")), me().name)
    except IvrError as error:
        return form(typed(), error)
    return told(made, code) if code else redirect(url_for("people.page"))


@bp.route("/people/<person>", methods=["GET", "POST"])
def change(person: str) -> BaseResponse | str:
    """Change what is known of a person, their role and teams."""
    known = found(person)
    if request.method == "GET":
        return form(known)
    try:
        changes.change(store(), written(known), me().name)
    except IvrError as error:
        return form(replace(typed(), id=known.id, active=known.active), error)
    flash(f"{known.name} is changed.", "ok")
    return redirect(url_for("people.page"))


@bp.post("/people/<person>/invite")
def invite(person: str) -> BaseResponse | str:
    """Make a code by which a person chooses a passphrase, and show it: once."""
    known = found(person)
    try:
        return told(known, changes.invite(store(), keyring(), known, me().name))
    except IvrError as error:
        return form(known, error)


@bp.post("/people/<person>/second-factor")
def reset_second_factor(person: str) -> BaseResponse:
    """Take the second factor from a person who lost it."""
    known = found(person)
    changes.take_second_factor(store(), known, me().name)
    flash(f"{known.name} sets a new second factor up at the next sign-in.", "ok")
    return redirect(url_for("people.page"))


@bp.post("/people/<person>/provider")
def forget_provider(person: str) -> BaseResponse:
    """Forget by which id the provider of sign-ins knows a person, whose address may have gone to somebody else."""
    known = found(person)
    changes.forget_provider(store(), known, me().name)
    flash(f"The next sign-in with {known.name}'s address is bound anew. What they had open is closed.", "ok")
    return redirect(url_for("people.page"))


@bp.post("/people/<person>/active")
def switch(person: str) -> BaseResponse | str:
    """Let a person in no more, or again."""
    known = found(person)
    try:
        changes.change(store(), replace(known, active=not known.active), me().name)
    except IvrError as error:
        return form(known, error)
    flash(f"{known.name} {'can no longer' if known.active else 'can'} sign in{'' if known.active else ' again'}.", "ok")
    return redirect(url_for("people.page"))


@bp.post("/people/<person>/roster")
def enrol(person: str) -> BaseResponse | str:
    """Put a person on the rosters, or change what stands there of them; their state stays as it is."""
    known = found(person)
    asked = {name: request.form.get(name, "").strip()[:300] for name in ("skills", "shift", "phone")}
    try:
        skills, shift, phone = (
            as_skills(as_words(asked["skills"])),
            as_shift(asked["shift"]),
            as_reachable(asked["phone"]),
        )
    except IvrError as error:
        return form(known, error, asked)
    made = Agent(known.id, known.teams, phone, skills=skills, shift=shift, since=time.time())
    store().agents.enrol(made, me().name)
    flash(f"{known.name} is on the rosters: calls are offered once they are ready on their desk.", "ok")
    return redirect(url_for("people.change", person=person))


@bp.post("/people/<person>/roster/leave")
def leave(person: str) -> BaseResponse:
    """Take a person off the rosters."""
    known = found(person)
    if store().agents.leave(known.id, me().name):
        flash(f"{known.name} is on no roster any more.", "ok")
    else:
        flash(f"{known.name} is in a call, or on no roster: nothing was changed.", "bad")
    return redirect(url_for("people.change", person=person))


def found(person: str) -> Person:
    """Find a person; 404 where there is none."""
    try:
        return store().people.find(person)
    except UnknownPerson:
        abort(404, "Nobody is known under this address.")


def typed() -> Person:
    """Take the form as it was typed, so that nothing is lost when it is shown again."""
    text = {name: request.form.get(name, "")[:300] for name in ("name", "role", "phone", "languages", "email")}
    return Person(
        name=text["name"],
        role=text["role"],
        teams=tuple(request.form.getlist("teams")[:100]),
        phone=text["phone"],
        languages=as_words(text["languages"]),
        email=text["email"],
    )


def written(known: Person) -> Person:
    """Read the form; BadPerson where something is not written as it should be."""
    asked = typed()
    return replace(
        known,
        name=as_name(asked.name),
        role=as_role(asked.role),
        teams=tuple(team for team in asked.teams if team in teams(known)),
        phone=as_phone(asked.phone),
        languages=asked.languages,
        email=as_email(asked.email),
    )


def teams(known: Person) -> dict[str, str]:
    """Name the teams that may be chosen: those of the version in force, and those that the person is in."""
    return {team: team for team in known.teams} | teams_in_force()


def form(person: Person, error: IvrError | None = None, typed_roster: dict[str, str] | None = None) -> str:
    """Show a person's form, with what was wrong."""
    proofs = store().accounts.proofs().get(person.id)
    return render_template(
        "person.html",
        page="people",
        one=person,
        roles=ROLES,
        teams=teams(person),
        error=error,
        has_second_factor=bool(proofs and proofs.second_factor),
        bound=person.id in store().identities.bound(),
        roster=roster_of(person, typed_roster) if person.id else None,
    )


def roster_of(person: Person, asked: dict[str, str] | None) -> dict[str, Any]:
    """Give what stands on the rosters of a person, or what was typed, and the skills that their teams ask for."""
    agent = store().agents.find(person.id)
    stands = {"skills": "", "shift": "", "phone": ""}
    if agent is not None:
        phone = "" if agent.phone == person.phone else agent.phone
        stands = {"skills": ", ".join(agent.skills), "shift": agent.shift, "phone": phone}
    content = live()
    teams = content.tree.teams.values() if content else ()
    skills = sorted({skill for team in teams if team.id in person.teams for skill in team.skills})
    return {"agent": agent, "written": asked or stands, "skills": skills}


def told(person: Person, code: str) -> str:
    """Show a one-time code. It is kept nowhere: who leaves the page makes another."""
    return render_template("code.html", page="people", one=person, code=code)
