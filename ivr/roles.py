"""The roles, and what of a person is written how."""

from __future__ import annotations

import re

from ivr.errors import IvrError

# role -> what it is for, in the words of the pages and of `ivr users`
ROLES = {
    "agent": "talks to callers",
    "operator": "changes the menus",
    "supervisor": "sees the calls and leads the agents",
    "admin": "may do everything, people included",
    "auditor": "reads, and changes nothing",
}


class BadPerson(IvrError):
    """Something about this person is not written as it should be."""


def as_role(text: str) -> str:
    """Read a role."""
    if text not in ROLES:
        raise BadPerson(f"{text!r} is not a role", hint=f"the roles are {', '.join(ROLES)}")
    return text


def as_name(text: str) -> str:
    """Read a person's name, as others write and see it."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= 80 or not name.isprintable() or "@" in name:
        raise BadPerson("a name has 1 to 80 letters, and no @")
    return name


def as_email(text: str) -> str:
    """Read an e-mail address, in small letters: people sign in by it. "" is none."""
    found = text.strip().lower()
    if found and not (len(found) <= 254 and re.fullmatch(r"[^@\s\"<>]{1,64}@[^@\s\"<>.]+(\.[^@\s\"<>.]+)*", found)):
        raise BadPerson(f"{text!r} is not an e-mail address")
    return found


def as_phone(text: str) -> str:
    """Read a number that can be rung; "" is none."""
    found = re.sub(r"[ ()-]", "", text)
    if found and not re.fullmatch(r"\+[1-9][0-9]{6,14}", found):
        raise BadPerson(f"{text!r} is not a phone number", hint="write it with its country, such as +15005550103")
    return found


def as_words(text: str) -> tuple[str, ...]:
    """Read a list written with commas, each once."""
    return tuple(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))
