"""The first time: the first admin by a code from the terminal, everybody else by a code that an admin made for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask_security import hash_password, login_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import EmailField, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from console.signin.secrets import judge
from console.signin.user import Users
from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.people.codes import take_first_admin_code, take_invitation_code
from ivr.roles import as_email, as_name
from ivr.store.audit import Deed
from ivr.store.people import Person, UnknownPerson

bp = Blueprint("first", __name__)

WRONG_CODE = "This code is not right, was used, or is too old."
NEEDED = InputRequired("This is needed.")


class Welcome(FlaskForm):  # type: ignore[misc]
    """Who has been invited chooses a passphrase."""

    code = StringField(validators=[NEEDED, Length(max=64)])
    email = EmailField(validators=[NEEDED])
    password = PasswordField(validators=[NEEDED])

    def validate_email(self, field: EmailField) -> None:
        """Read the address as it is kept."""
        field.data = _read(as_email, field.data or "")

    def validate_password(self, field: PasswordField) -> None:
        """Judge the passphrase; what is judged is what is hashed."""
        rules = current_app.extensions["security"].password_util
        field.data = rules.normalize(field.data or "")
        if wrong := judge(field.data, self.about()):
            raise ValidationError(wrong[0])

    def about(self) -> tuple[str, ...]:
        """Say what is known of who chooses."""
        return (self.email.data or "",)


class FirstRun(Welcome):
    """The first admin."""

    name = StringField(validators=[NEEDED])

    def validate_name(self, field: StringField) -> None:
        """Read the name as others will see it."""
        field.data = _read(as_name, field.data or "")

    def about(self) -> tuple[str, ...]:
        """Say what is known of who chooses."""
        return (self.email.data or "", self.name.data or "")


@bp.route("/first-run", methods=["GET", "POST"])
def run() -> BaseResponse | str:
    """Make the first admin. The page is gone as soon as there is one."""
    form = FirstRun()
    if form.validate_on_submit() and (person := _first_person(form)):
        if take_first_admin_code(users().store, keyring(), form.code.data):
            return _enter(_made_admin(person), form.password.data)
        form.code.errors = [f"{WRONG_CODE} `ivr users first-admin` prints another."]
    asked = users().must_have_second_factor("admin")
    return render_template("first-run.html", page="first-run", form=form, second_factor=asked)


@bp.route("/welcome", methods=["GET", "POST"])
def welcome() -> BaseResponse | str:
    """Let somebody in who has been given a code: the first time, or after a forgotten passphrase."""
    form = Welcome()
    if form.validate_on_submit():
        person = _invited(form.email.data)
        if person and take_invitation_code(users().store, keyring(), person.id, form.code.data):
            return _enter(person, form.password.data)
        form.code.errors = [WRONG_CODE + " An admin can make another."]
    return render_template("welcome.html", page="welcome", form=form)


def users() -> Users:
    """Find the users of this application."""
    found: Users = current_app.extensions["security"].datastore
    return found


def keyring() -> Keyring:
    """Find the keys of this application."""
    found: Keyring = current_app.extensions["keyring"]
    return found


def _first_person(form: FirstRun) -> Person | None:
    """Find or describe the first admin; None where the name or the address is another person's, which the form says."""
    known = [person for person in users().store.people.all() if person.name == form.name.data]
    taken = [person for person in users().store.people.all() if person.email == form.email.data]
    if taken and taken != known:
        form.email.errors = [f"This is the address of {taken[0].name}; write that name, or another address."]
        return None
    if known:  # the configuration's seed named them
        return replace(known[0], email=form.email.data, role="admin", active=True)
    return Person(form.name.data, "admin", email=form.email.data)


def _made_admin(person: Person) -> Person:
    store = users().store
    if person.id:
        store.people.change(person, "the first admin's code")
        return person
    return store.people.add(person, "the first admin's code")


def _invited(email: str) -> Person | None:
    try:
        person = users().store.people.named(email)
    except UnknownPerson:
        return None
    return person if person.active and person.email else None


def _enter(person: Person, password: str) -> BaseResponse:
    """Keep the passphrase and sign in; who has a second factor shows it first."""
    store = users().store
    user = users().user(store.accounts.set_password(person, hash_password(password), person.name))
    store.audit.add(Deed(person.name, "came in by a one-time code", person.name))
    response: BaseResponse | None = current_app.extensions["security"].two_factor_plugins.tf_enter(
        user, False, "password", next_loc=None
    )
    if response:
        return response
    login_user(user, authn_via=["password"])
    return redirect(url_for("home"))


def _read(read: Callable[[str], str], text: str) -> str:
    try:
        return read(text)
    except IvrError as error:
        raise ValidationError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
