"""The people that ``seed:`` of config.yaml begins with. It is no part of a version; `ivr prepare` reads it once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from ivr.errors import MenuRefused

KEYS = {"name", "role", "teams", "phone", "languages", "email", "skills", "shift"}


@dataclass(frozen=True, slots=True)
class Seeded:
    """One person as written."""

    name: str
    role: str = "agent"
    teams: tuple[str, ...] = ()
    phone: str = ""
    languages: tuple[str, ...] = ()
    email: str = ""
    skills: tuple[str, ...] = ()
    shift: str = ""  # opening hours


def seeded_people(config: bytes) -> list[Seeded]:
    """Read the people of a configuration that has been checked; MenuRefused where one is not written as one."""
    seed = (yaml.load(config, yaml.BaseLoader) or {}).get("seed") or {}  # noqa: S506 # nosec B506 # plain texts
    people = seed.get("people", []) if isinstance(seed, dict) else None
    if not isinstance(people, list):
        raise MenuRefused("config.yaml: seed: must hold people:, a list of persons")
    return [_person(entry) for entry in people]


def _person(entry: Any) -> Seeded:
    if not isinstance(entry, dict) or "name" not in entry or set(entry) - KEYS:
        raise MenuRefused(f"config.yaml: seed: {entry!r} is not a person", hint=f"write {', '.join(sorted(KEYS))}")
    lists = {name: tuple(entry.get(name) or ()) for name in ("teams", "languages", "skills")}
    texts = ("name", "role", "phone", "email", "shift")
    known: dict[str, Any] = {name: str(entry[name]) for name in texts if name in entry}
    return Seeded(**known | lists)
