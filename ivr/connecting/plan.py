"""What is done to bring TaskRouter to what is wanted: shown first, then carried out. The same again does nothing.

Things are found by their names, people by the id that their attributes hold. What stands there and is not ours is left.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ivr import tickets as words
from ivr.carrier.taskrouter import ACTIVITIES, QUEUES, WORKERS, WORKFLOWS, Standing
from ivr.connecting import wanted
from ivr.engine.tree import Tree
from ivr.errors import IvrError
from ivr.retries import RETRIES
from ivr.switchboard.happening import EVENTS
from ivr.tickets import Agent, Routing

ASSIGNMENT, TELLING = "/taskrouter/assignment", "/taskrouter/events"
CREATE, UPDATE, KEEP, LEAVE, RETIRE = "create", "update", "keep", "leave", "retire"
KINDS = {ACTIVITIES: "activity", QUEUES: "task queue", WORKFLOWS: "workflow", WORKERS: "worker"}
_NEW = "(new)"  # in place of an id that is not known before it is made


class Carrier(Protocol):
    """What is asked of TaskRouter."""

    def workspaces(self) -> list[Standing]:
        """List the account's."""

    def make_workspace(self, fields: Mapping[str, Any]) -> Standing:
        """Make one."""

    def change_workspace(self, workspace: str, fields: Mapping[str, Any]) -> None:
        """Change one."""

    def standing(self, workspace: str, kind: str) -> list[Standing]:
        """List what stands in one."""

    def make(self, workspace: str, kind: str, fields: Mapping[str, Any]) -> Standing:
        """Make something in one."""

    def change(self, workspace: str, kind: str, sid: str, fields: Mapping[str, Any]) -> None:
        """Change something in one."""

    def move(self, workspace: str, worker: str, activity: str) -> None:
        """Say what a worker does."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done, or left."""

    does: str
    kind: str
    name: str
    fields: tuple[str, ...] = ()  # that change


@dataclass(frozen=True, slots=True)
class Aim:
    """What is wanted."""

    tree: Tree
    agents: Sequence[Agent]
    public_url: str
    workspace: str  # its name


@dataclass(slots=True)
class Plan:
    """Goes through everything once; with `apply` it does what it finds."""

    carrier: Carrier
    aim: Aim
    apply: bool = False
    steps: list[Step] = field(default_factory=list)
    _workspace: str = _NEW
    _stands: dict[str, list[Standing]] = field(default_factory=dict)  # before anything was done

    def run(self) -> Routing:
        """Bring TaskRouter to what is wanted, or only say how; gives the ids."""
        space = self._find_workspace()
        activities = self._activities()
        self._change_workspace(space, activities)
        teams = wanted.routed_teams(self.aim.tree)
        queues = {team: self._ensure(QUEUES, team, {"target_workers": wanted.target_workers(team)}) for team in teams}
        self._leave(QUEUES, teams)
        workflow = self._workflow(queues)
        self._leave(WORKFLOWS, [wanted.WORKFLOW])
        workers = self._workers(teams, activities)
        return Routing(self._workspace, workflow, activities, queues, wanted.takes(self.aim.tree), workers)

    def bring_workers(self, routing: Routing) -> dict[str, str]:
        """Bring the workers alone to what the rosters say, in the workspace that was connected; gives their ids."""
        self._workspace = routing.workspace
        return self._workers(sorted(routing.queues), routing.activities)

    def _find_workspace(self) -> Standing | None:
        """Find the workspace by its name, or make it."""
        name = self.aim.workspace
        found = [one for one in self.carrier.workspaces() if name in {one.name, one.sid}]
        if found:
            self._workspace = found[0].sid
            told = str(found[0].fields.get("event_callback_url") or "")
            if told and not told.partition("#")[0].endswith(TELLING):
                hint = "name another workspace with --workspace, or empty that address in the carrier's console"
                raise IvrError(f"the workspace {name!r} tells its events to {told} already", hint=hint)
            return found[0]
        self.steps.append(Step(CREATE, "workspace", name))
        if self.apply:
            made = self.carrier.make_workspace({"friendly_name": name})
            self._workspace = made.sid
            return made
        return None

    def _change_workspace(self, space: Standing | None, activities: Mapping[str, str]) -> None:
        """Say where events are told, and what becomes of a worker who decides nothing."""
        fields = {
            "event_callback_url": f"{self.aim.public_url}{TELLING}{RETRIES}",
            "events_filter": ",".join(EVENTS),
            "default_activity_sid": activities[words.NOT_READY],
            "timeout_activity_sid": activities[words.NOT_READY],
        }
        before = space.fields if space else {}
        other = {name: value for name, value in fields.items() if not _same(name, before.get(name), value)}
        made = self.steps and self.steps[0].kind == "workspace"
        if not made:
            name = str(before.get("friendly_name", self.aim.workspace))
            self.steps.insert(0, Step(UPDATE if other else KEEP, "workspace", name, tuple(other)))
        if other and self.apply:
            self.carrier.change_workspace(self._workspace, other)

    def _activities(self) -> dict[str, str]:
        """Have an activity for everything that people do."""
        standing = {one.name: one for one in self._standing(ACTIVITIES)}
        made = {}
        for does, (name, available) in wanted.ACTIVITIES.items():
            found = standing.get(name)
            if found is not None and bool(found.fields.get("available")) != available:
                said = "gives people calls" if found.fields.get("available") else "gives people no calls"
                hint = "rename it in the carrier's console: what an activity does cannot be changed"
                raise IvrError(f"the activity {name!r} of the workspace {said}, which ours must not", hint=hint)
            made[does] = self._ensure(ACTIVITIES, name, {} if found else {"available": available})
        self._leave(ACTIVITIES, [name for name, _ in wanted.ACTIVITIES.values()])
        return made

    def _workflow(self, queues: Mapping[str, str]) -> str:
        asked = f"{self.aim.public_url}{ASSIGNMENT}"
        fields = {
            "configuration": wanted.configuration(self.aim.tree, queues),
            "assignment_callback_url": asked,
            "fallback_assignment_callback_url": asked,  # a second try: the carrier makes no other
            "task_reservation_timeout": wanted.RESERVED,
        }
        return self._ensure(WORKFLOWS, wanted.WORKFLOW, fields)

    def _workers(self, teams: Sequence[str], activities: Mapping[str, str]) -> dict[str, str]:
        """Have a worker for everybody on the rosters of these teams; who is there no more is given no calls."""
        standing = self._standing(WORKERS)
        ours = {str(_attributes(one).get("person", "")): one for one in standing}
        named = {one.name: one for one in standing}
        made: dict[str, str] = {}
        for agent in self.aim.agents:
            if not set(agent.teams) & set(teams) or not agent.phone:
                continue
            found = ours.get(agent.person) or named.get(agent.name)
            before = _attributes(found) if found else {}
            attributes = json.dumps(before | wanted.attributes(agent, teams), ensure_ascii=False)
            fields: dict[str, Any] = {"attributes": attributes}
            if found is None:
                fields["activity_sid"] = activities[words.NOT_READY]  # the job process says what they do now
            made[agent.person] = self._ensure(WORKERS, agent.name, fields, found)
        gone = {name: one for name, one in ours.items() if name and name not in made}
        for one in gone.values():
            self._retire(one, activities[words.NOT_READY])
        known = {*made.values(), *(one.sid for one in gone.values())}
        self.steps += [Step(LEAVE, KINDS[WORKERS], one.name) for one in standing if one.sid not in known]
        return made

    def _retire(self, one: Standing, activity: str) -> None:
        """Give no more calls to a worker of ours whose person is on no roster any more."""
        before = _attributes(one)
        if before.get("teams") == []:
            self.steps.append(Step(KEEP, KINDS[WORKERS], one.name))
            return
        self.steps.append(Step(RETIRE, KINDS[WORKERS], one.name, ("attributes", "activity_sid")))
        if self.apply:
            changed = json.dumps(before | {"teams": []}, ensure_ascii=False)
            self.carrier.change(self._workspace, WORKERS, one.sid, {"attributes": changed})
            self.carrier.move(self._workspace, one.sid, activity)

    def _ensure(self, kind: str, name: str, fields: Mapping[str, Any], known: Standing | None = None) -> str:
        """Have something by this name and with these fields; gives its id."""
        short = name[: wanted.LONGEST]
        found = known or next((one for one in self._standing(kind) if one.name == short), None)
        if found is None:
            self.steps.append(Step(CREATE, KINDS[kind], short))
            if not self.apply:
                return _NEW
            return self.carrier.make(self._workspace, kind, {"friendly_name": short, **fields}).sid
        asked = {"friendly_name": short, **fields}
        other = {each: value for each, value in asked.items() if not _same(each, found.fields.get(each), value)}
        self.steps.append(Step(UPDATE if other else KEEP, KINDS[kind], short, tuple(other)))
        if other and self.apply:
            self.carrier.change(self._workspace, kind, found.sid, other)
        return found.sid

    def _leave(self, kind: str, ours: Sequence[str]) -> None:
        """Say what stands there and is not ours."""
        others = [one.name for one in self._standing(kind) if one.name not in ours]
        self.steps += [Step(LEAVE, KINDS[kind], name) for name in others]

    def _standing(self, kind: str) -> list[Standing]:
        if kind not in self._stands:
            self._stands[kind] = [] if self._workspace == _NEW else self.carrier.standing(self._workspace, kind)
        return self._stands[kind]


def _attributes(one: Standing) -> dict[str, Any]:
    try:
        read = json.loads(str(one.fields.get("attributes") or "{}"))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _same(name: str, before: object, after: object) -> bool:
    """Compare a field with what it is to be, not minding how JSON is written or a list is ordered."""
    if name in {"configuration", "attributes"} and isinstance(before, str):
        try:
            return bool(json.loads(before) == json.loads(str(after)))
        except ValueError:
            return False
    if name == "events_filter":
        return set(str(before or "").replace(" ", "").split(",")) == set(str(after).split(","))
    return before == after
