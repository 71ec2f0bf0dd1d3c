"""Who works there: agents of every team, those who look after them, and the same people for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random

from ivr.content import Content
from ivr.demo.texts import FIRST_NAMES, LAST_NAMES
from ivr.store import Store
from ivr.store.people import Person

OF_TEAM = 8  # agents
OTHERS = ("supervisor", "supervisor", "operator", "auditor")


@dataclass(frozen=True, slots=True)
class Cast:
    """Agents by team; who is in several teams stands in each."""

    teams: dict[str, tuple[Person, ...]]

    def who(self, team: str, chance: Random) -> Person | None:
        """Draw somebody of a team; None where nobody is."""
        people = self.teams.get(team, ())
        return chance.choice(people) if people else None

    def anybody(self, chance: Random) -> Person:
        """Draw any agent."""
        return chance.choice(next(iter(self.teams.values())))


def cast_of(content: Content, seed: int, store: Store) -> tuple[Cast, list[Person]]:
    """Give everybody, and those of them whom the store does not know yet."""
    known = {person.name: person for person in store.people.all()}
    drawn = Random(f"{seed} cast")
    names = iter(_names(drawn))
    everybody: list[Person] = []
    teams: dict[str, list[Person]] = {team: [] for team in content.tree.teams}
    for team, people in teams.items():
        for _ in range(OF_TEAM):
            name, place = next(names), len(everybody)
            role, phone = "agent", f"+1500555{2000 + place:04d}"
            made = Person(name, role, (team,), phone, id=sha256(f"{seed} {name}".encode()).hexdigest()[:16])
            everybody.append(known.get(name, made))
            people.append(everybody[-1])
    for role in OTHERS:
        name = next(names)
        made = Person(name, role, id=sha256(f"{seed} {name}".encode()).hexdigest()[:16])
        everybody.append(known.get(name, made))
    cast = Cast({team: tuple(each) for team, each in teams.items()})
    return cast, [person for person in everybody if person.name not in known]


def _names(chance: Random) -> Sequence[str]:
    names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
    chance.shuffle(names)
    return names


def people_rows(people: Sequence[Person]) -> list[tuple[object, ...]]:
    """Write people as rows."""
    return [
        (one.id, one.name, one.role, f'["{one.teams[0]}"]' if one.teams else "[]", one.phone, "[]", "", True)
        for one in people
    ]


def agent_rows(people: Sequence[Person], at: float) -> list[tuple[object, ...]]:
    """Write the agents among them as rows; nobody is ready before they say so."""
    return [(one.id, "[]", "", "", "not_ready", "signed out", at, b"") for one in people if one.phone]
