"""Who a message goes to: the caller, a team, an address, or a number that was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.engine.sending import CALLERS
from ivr.engine.services import EMAIL, SMS
from ivr.engine.tree import Slot, Template
from ivr.menu import kinds, shapes
from ivr.menu.problems import shown
from ivr.menu.scope import Scope, Use
from ivr.menu.source import Node, Scalar

_MAIL = r"[\w.+-]+@[\w-]+(\.[\w-]+)+"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who reads a message."""

    node: Scalar
    to: Template  # () where it is the team's own address
    team: str = ""


def recipient(by: str) -> kinds.Read:
    """Make a reader of who a message goes to by this way."""

    def read(scope: Scope, node: Node) -> Recipient | None:
        found = kinds.scalar(scope, node, "who it goes to")
        if found is None:
            return None
        if found.text == "caller":
            scope.uses.append(Use(scope.step, CALLERS[by], found, safe=True))
            return Recipient(found, (Slot(CALLERS[by]),))
        word, _, team = found.text.partition(" ")
        if word == "team":
            return _team(scope, found, team.strip())
        name = re.fullmatch(r"\{(\w+)\}", found.text)
        if name:
            scope.uses.append(Use(scope.step, name[1], found, safe=True))
            return Recipient(found, (Slot(name[1]),))
        return _address(scope, found, by)

    literal = r"\+[1-9]\d{6,14}" if by == SMS else _MAIL
    return shapes.shaped(read, shapes.pattern(rf"caller|team [a-z]\w*|\{{[a-z]\w*\}}|{literal}"))


def _team(scope: Scope, node: Scalar, team: str) -> Recipient | None:
    if team in scope.teams:
        return Recipient(node, (), team)
    known = [f"team {name}" for name in scope.teams]
    scope.notes.unknown("unknown-team", node, f"config.yaml has no team {shown(team)}", known)
    return None


def _address(scope: Scope, node: Scalar, by: str) -> Recipient | None:
    if by == SMS:
        number = kinds.phone(scope, node)
        return None if number is None else Recipient(node, (number,))
    address = mail(scope, node)
    return None if address is None else Recipient(node, (address,))


def mail(scope: Scope, node: Node) -> str | None:
    """Read an e-mail address."""
    found = kinds.scalar(scope, node, "an e-mail address")
    if found is None or re.fullmatch(_MAIL, found.text):
        return found.text if found else None
    hint = 'write caller, team x, an address such as help@example.org, or "{name}" of a thing asked'
    scope.notes.add("bad-address", found, f"{shown(found.text)} is no e-mail address", hint)
    return None


shapes.shaped(mail, shapes.pattern(_MAIL))
BY = {SMS: recipient(SMS), EMAIL: recipient(EMAIL)}
