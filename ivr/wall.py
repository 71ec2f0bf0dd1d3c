"""The figures of the wall: how it stands this moment, and how callers fared today; looked up once for every screen."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr import tickets as words
from ivr.archive.texts import text_of
from ivr.content import Content
from ivr.desk.watch import Scene, Watch
from ivr.facts.calendar import midnight
from ivr.facts.hours import OPEN, status
from ivr.store import Store
from ivr.tickets import Agent, Tally, Ticket

FRESH = 1.0  # seconds that a look holds for everybody
DAY_FRESH = 10.0  # seconds that what is counted over the day holds: it reads more, and moves slowly
TARGET = 20.0  # seconds within which callers are to be met where their team says nothing


@dataclass(frozen=True, slots=True)
class Standing:
    """One team, or all of them."""

    name: str
    target: float = TARGET
    is_open: bool = True
    waiting: int = 0
    since: float | None = None  # when the one who waits longest came
    talking: int = 0
    agents: dict[str, int] = field(default_factory=dict)  # state -> how many
    today: Tally = field(default_factory=Tally)

    @property
    def ready(self) -> int:
        """Count who could take a call now."""
        return self.agents.get(words.READY, 0)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the wall shows. The same object as long as nothing has changed."""

    zone: str = "UTC"
    calls: int = 0
    every: Standing = Standing("")  # all teams together
    longest: str = ""  # the team of the one who waits longest
    teams: tuple[Standing, ...] = ()  # those whose callers wait, the longest wait first
    promised: int = 0  # call backs
    due: int = 0  # those of them whose time has come


class Lookout:
    """Looks, at most once a second however many screens ask. Safe for threads."""

    def __init__(self, store: Store, watch: Watch, live: Callable[[], Content | None]) -> None:
        """Look into this store, at the queue as the desks see it; `live` gives the version in force."""
        self._store = store
        self._watch = watch
        self._live = live
        self._lock = threading.Lock()
        self._figures = Figures()
        self._looked = self._counted = 0.0
        self._day: tuple[float, dict[str, float], dict[str, Tally]] = (0.0, {}, {})
        self.at = 0.0  # of the last look that was answered, in seconds since the epoch

    def look(self) -> Figures:
        """Give the figures. StoreUnavailable where nobody can say: `at` tells how old the last ones are."""
        with self._lock:
            now = time.monotonic()
            if not self._looked or now - self._looked > FRESH:
                found = self._read(time.time())
                self._looked, self.at = now, time.time()
                if found != self._figures:
                    self._figures = found
            return self._figures

    def _read(self, at: float) -> Figures:
        content = self._live()
        scene = self._watch.look()
        promised, due = self._store.call_backs.promised(at)
        zone = zone_of(content)
        tallies = self._today(content, midnight(datetime.fromtimestamp(at, ZoneInfo(zone)).date(), ZoneInfo(zone)))
        teams = sorted(standings(content, scene, tallies, at), key=lambda team: (team.since or at, team.name))
        people = Counter(agent.state for agent in scene.agents.values())
        return Figures(
            zone,
            self._store.calls.going_on(),
            together(teams, people),
            teams[0].name if teams and teams[0].since else "",
            tuple(teams),
            promised,
            due,
        )

    def _today(self, content: Content | None, since: float) -> dict[str, Tally]:
        """Count over the day, seldom; anew where the day or the version has changed."""
        targets = {team: target_of(content, team) for team in queueing(content)} if content else {}
        if self._day[:2] != (since, targets) or time.monotonic() - self._counted > DAY_FRESH:
            found = self._store.tickets.tallies(since, targets) if targets else {}
            self._day, self._counted = (since, targets, found), time.monotonic()
        return self._day[2]


def zone_of(content: Content | None) -> str:
    """Name the zone of the day: that of the default line, else of the first."""
    lines = content.tree.lines.values() if content else ()
    return next((line.zone for line in lines if line.default), next((line.zone for line in lines), "UTC"))


def target_of(content: Content, team: str) -> float:
    """Say within how many seconds a team's callers are to be met."""
    return content.targets.get(team, TARGET)


def queueing(content: Content) -> list[str]:
    """Name the teams whose callers wait."""
    return [team.id for team in content.tree.teams.values() if team.waits]


def standings(content: Content | None, scene: Scene, tallies: dict[str, Tally], at: float) -> list[Standing]:
    """Tell how each team stands whose callers wait."""
    if content is None:
        return []
    return [_standing(content, team, scene, (tallies.get(team, Tally()), at)) for team in queueing(content)]


def _standing(content: Content, team: str, scene: Scene, today: tuple[Tally, float]) -> Standing:
    tally, at = today
    mine = [ticket for ticket in scene.line.tickets if ticket.team == team]
    waiting = [ticket for ticket in mine if waits(ticket)]
    schedule = content.schedules.get(team)
    return Standing(
        text_of(content.tree.teams[team].name, ""),
        target_of(content, team),
        schedule is None or status(schedule, at) == OPEN,
        len(waiting),
        min((ticket.joined_at for ticket in waiting), default=None),
        sum(ticket.state in words.HELD for ticket in mine),
        dict(Counter(agent.state for agent in scene.agents.values() if takes(agent, team))),
        tally,
    )


def waits(ticket: Ticket) -> bool:
    """Tell whether somebody is on the phone, waiting; who is to be called back is not."""
    return ticket.state in words.QUEUED and not ticket.call_back


def takes(agent: Agent, team: str) -> bool:
    """Tell whether somebody takes calls of a team."""
    return team in agent.teams


def together(teams: list[Standing], people: Counter[str]) -> Standing:
    """Add the teams up; each person counts once, in however many teams."""
    return Standing(
        "",
        waiting=sum(team.waiting for team in teams),
        is_open=any(team.is_open for team in teams),
        since=min((team.since for team in teams if team.since is not None), default=None),
        talking=sum(team.talking for team in teams),
        agents=dict(people),
        today=sum((team.today for team in teams), Tally()),
    )
