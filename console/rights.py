"""Who may do what: one table of rights, one of routes. A route that is not named is refused to everybody.

``docs/security.md`` shows both as one table; a test walks every route by every role and by nobody, and compares.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, abort, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console import tokens
from console.guard import by_script
from console.signin.sessions import forget, person_here
from console.signin.user import Users

# right -> the roles that have it
RIGHTS: Mapping[str, frozenset[str]] = {
    "take calls": frozenset({"agent", "supervisor", "admin"}),
    "use the phone": frozenset({"agent", "operator", "supervisor", "admin"}),
    "see cases": frozenset({"agent", "supervisor", "admin", "auditor"}),
    "work on cases": frozenset({"agent", "supervisor", "admin"}),
    "talk to callers": frozenset({"agent", "supervisor", "admin"}),
    "be in others' talks": frozenset({"supervisor", "admin"}),
    "cancel call backs": frozenset({"supervisor", "admin"}),
    "see the wall": frozenset({"agent", "operator", "supervisor", "admin", "auditor"}),
    "see insight": frozenset({"operator", "supervisor", "admin", "auditor"}),
    "see calls": frozenset({"supervisor", "admin", "auditor"}),
    "export calls and cases": frozenset({"supervisor", "admin"}),
    "play calls again": frozenset({"supervisor", "admin"}),
    "block numbers": frozenset({"supervisor", "admin"}),
    "see menus": frozenset({"operator", "supervisor", "admin", "auditor"}),
    "change menus": frozenset({"operator", "admin"}),
    "see the settings": frozenset({"operator", "supervisor", "admin", "auditor"}),
    "switch flags and announcements": frozenset({"operator", "supervisor", "admin"}),
    "ask what callers hear": frozenset({"operator", "supervisor", "admin"}),
    "look for what is missing": frozenset({"operator", "admin"}),
    "change people": frozenset({"admin"}),
    "see the audit trail": frozenset({"admin", "auditor"}),
    "let other systems in": frozenset({"admin"}),
    "hold, hand out and erase what is kept of people": frozenset({"admin"}),
}
# right -> the scope of a token that has it; no role does
BY_TOKEN: Mapping[str, str] = {
    "read calls by a token": "calls",
    "read cases by a token": "cases",
    "read insight by a token": "insight",
    "read blocked numbers by a token": "blocked",
    "read exports by a token": "exports",
}
# rights that no role gives
OPEN = "everybody"  # also who is not signed in
FIRST = "while there is no admin"
SIGNED_IN = "everybody who is signed in"
OWN_SECRETS = "everybody who is signed in, a second factor set up or not"
NOBODY = "nobody"

# endpoint -> the right that it asks for
ROUTES: Mapping[str, str] = {
    "static": OPEN,
    "home": OPEN,
    "frame.strips": OWN_SECRETS,
    "security.login": OPEN,
    "security.two_factor_token_validation": OPEN,
    "security.mf_recovery": OPEN,
    "first.welcome": OPEN,
    "sso.begin": OPEN,
    "sso.back": OPEN,
    "first.run": FIRST,
    "security.logout": OWN_SECRETS,
    "security.verify": OWN_SECRETS,
    "security.change_password": OWN_SECRETS,
    "security.two_factor_setup": OWN_SECRETS,
    "security.two_factor_setup_validate": OWN_SECRETS,
    "security.mf_recovery_codes": SIGNED_IN,
    "security.two_factor_rescue": NOBODY,
    "security.tf_select": NOBODY,
    "security.static": NOBODY,
    "account.page": SIGNED_IN,
    "account.sign_out_everywhere": SIGNED_IN,
    "call_backs.cancel": "cancel call backs",
    "calls.page": "see calls",
    "calls.one": "see calls",
    "calls.now": "see calls",
    "replaying.recording": "see calls",
    "replaying.loudness": "see calls",
    "replaying.again": "play calls again",
    "replaying.scenario": "play calls again",
    "exports.page": "export calls and cases",
    "exports.now": "export calls and cases",
    "exports.begin": "export calls and cases",
    "exports.begin_cases": "export calls and cases",
    "exports.cancel": "export calls and cases",
    "exports.fetch": "export calls and cases",
    "cases.page": "see cases",
    "cases.one": "see cases",
    "cases.recording": "see cases",
    "cases.file": "see cases",
    "casework.change": "work on cases",
    "casework.answer": "work on cases",
    "casework.note": "work on cases",
    "casework.merge": "work on cases",
    "desk.page": "take calls",
    "desk.stream": "take calls",
    "desk.here": "take calls",
    "desk.state": "take calls",
    "desk.take_next": "take calls",
    "desk.take": "take calls",
    "desk.refuse": "take calls",
    "desk.card": "take calls",
    "desk.recording": "take calls",
    "desk.wrap_up": "take calls",
    "insight.page": "see insight",
    "costs.page": "see insight",
    "menus.page": "see menus",
    "menus.style": "see menus",
    "menus.difference": "see menus",
    "menus.ask_back": "change menus",
    "menus.go_back": "change menus",
    "settings.page": "see the settings",
    "settings.hear": "ask what callers hear",
    "switches.page": "see the settings",
    "switches.announce": "switch flags and announcements",
    "switches.end": "switch flags and announcements",
    "switches.on": "switch flags and announcements",
    "switches.off": "switch flags and announcements",
    "written.page": "see the settings",
    "written.roles": "see the settings",
    "doctor.page": "look for what is missing",
    "retention.page": "see the settings",
    "person.page": "hold, hand out and erase what is kept of people",
    "person.erase": "hold, hand out and erase what is kept of people",
    "person.take_out": "hold, hand out and erase what is kept of people",
    "person.hold": "hold, hand out and erase what is kept of people",
    "person.lift": "hold, hand out and erase what is kept of people",
    "person.certificate_page": "see the audit trail",
    "person.certificate_file": "see the audit trail",
    "draft_prompts.page": "change menus",
    "draft_prompts.listen": "change menus",
    "draft_prompts.bring": "change menus",
    "drafts.earlier": "change menus",
    "drafts.begin": "change menus",
    "drafts.page": "change menus",
    "drafts.state": "change menus",
    "drafts.file": "change menus",
    "drafts.picture": "change menus",
    "drafts.save": "change menus",
    "drafts.hear": "change menus",
    "drafts.run": "change menus",
    "drafts.ask": "change menus",
    "drafts.publish": "change menus",
    "drafts.review": "change menus",
    "drafts.drop": "change menus",
    "blocked.page": "see calls",
    "blocked.add": "block numbers",
    "blocked.remove": "block numbers",
    "blocked.of_call": "block numbers",
    "people.page": "change people",
    "people.add": "change people",
    "people.change": "change people",
    "people.invite": "change people",
    "people.reset_second_factor": "change people",
    "people.forget_provider": "change people",
    "people.switch": "change people",
    "people.enrol": "change people",
    "people.leave": "change people",
    "audit.page": "see the audit trail",
    "audit.verify": "see the audit trail",
    "integrations.page": "let other systems in",
    "integrations.make": "let other systems in",
    "integrations.revoke": "let other systems in",
    "webhooks.add": "let other systems in",
    "webhooks.one": "let other systems in",
    "webhooks.test": "let other systems in",
    "webhooks.again": "let other systems in",
    "webhooks.turn_off": "let other systems in",
    "api.description": OPEN,
    "api.calls": "read calls by a token",
    "api.call": "read calls by a token",
    "api.cases": "read cases by a token",
    "api.case": "read cases by a token",
    "api.insight": "read insight by a token",
    "api.blocked": "read blocked numbers by a token",
    "api.exports": "read exports by a token",
    "api.export_file": "read exports by a token",
    "phone.page": "use the phone",
    "phone.dial": "use the phone",
    "phone.press": "use the phone",
    "phone.silence": "use the phone",
    "phone.speak": "use the phone",
    "phone.hang_up": "use the phone",
    "phone.agent": "use the phone",
    "phone.back": "use the phone",
    "phone.scenario": "use the phone",
    "talk.mine": "talk to callers",
    "talk.ask": "talk to callers",
    "talk.softphone": "talk to callers",
    "wall.page": "see the wall",
    "wall.now": "see the wall",
    "wall.stream": "see the wall",
    "floor.page": "be in others' talks",
    "floor.now": "be in others' talks",
    "floor.supervise": "be in others' talks",
}


def may(role: str, right: str) -> bool:
    """Say whether a role has a right."""
    return right in {OPEN, SIGNED_IN, OWN_SECRETS} or role in RIGHTS.get(right, frozenset())


def install(app: Flask, users: Users) -> None:
    """Ask for the right of every request, before anything else sees it."""

    @app.before_request
    def admit() -> BaseResponse | None:
        if request.endpoint is None:
            return None  # no such page, or not by this method: the application says so
        right = ROUTES.get(request.endpoint, NOBODY)
        if right == NOBODY:
            abort(403, "Nobody may do this.")
        if request.endpoint == "static":
            return None
        if right in BY_TOKEN:
            tokens.admit(BY_TOKEN[right])
            return None
        person = person_here(app)
        if person is None:
            return admit_nobody(right, first=users.store.accounts.admins() == 0)
        if right == FIRST:
            abort(404)
        if person.lacks_second_factor and right != OWN_SECRETS:
            return redirect(url_for("security.two_factor_setup"))
        if not may(person.role, right):
            has = ", ".join(sorted(RIGHTS.get(right, ())))
            abort(403, f"This is for {has}; you are signed in as {person.role}. An admin can change that.")
        return None


def admit_nobody(right: str, *, first: bool) -> BaseResponse | None:
    """Let in who is not signed in where that is right; else show the door: to the first admin's, or to the sign-in."""
    if right == FIRST:
        return None if first else abort(404)
    if first and right == OPEN and request.endpoint in {"home", "security.login"}:
        return redirect(url_for("first.run"))
    if right == OPEN:
        if (request.endpoint or "").startswith("security."):
            forget()
        return None
    if by_script() or request.method != "GET":  # a script would take the sign-in page for what it asked for
        abort(401, "You are not signed in any more. Sign in again in another window; what you typed is kept here.")
    if first:
        return redirect(url_for("first.run"))
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
