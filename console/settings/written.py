"""The pages of what a file or the code fixes: what config.yaml says, with its lines, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from console.frame import live
from console.rights import RIGHTS
from console.signin.first import users
from ivr.archive.texts import text_of
from ivr.content import Content
from ivr.engine.tree import Team
from ivr.menu.config import PATH
from ivr.menu.source import Mapping, Node, Scalar, parse
from ivr.roles import ROLES
from ivr.wall import target_of

bp = Blueprint("written", __name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is set, and the line where it is; 0 where the file says nothing and this is what holds then."""

    name: str
    told: str
    line: int


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team."""

    id: str
    name: str
    line: int
    by: str
    rings: str
    people: tuple[str, ...]
    hours: str
    waits: str


@bp.get("/settings/written")
def page() -> str:
    """Show teams, lines, allow-lists and limits of the version in force, each with its line in the file."""
    content = live()
    if content is None:
        return render_template("settings/written.html", page="settings", at="written", content=None)
    root = parse(PATH, content.sources.get(PATH, ""))
    return render_template(
        "settings/written.html",
        page="settings",
        at="written",
        content=content,
        path=PATH,
        teams=teams(content, root),
        lines=[(line, line_in(root, "lines", line.id)) for line in content.tree.lines.values()],
        lists=allowed(content, root),
        limits=limits(content, root),
    )


@bp.get("/settings/roles")
def roles() -> str:
    """Show what each role may do."""
    return render_template("settings/roles.html", page="settings", at="roles", roles=ROLES, rights=RIGHTS)


def teams(content: Content, root: Node | None) -> list[TeamRow]:
    """List the teams, with the people whom the database puts in them."""
    people = users().store.people.all()
    made = []
    for team in content.tree.teams.values():
        schedule = content.schedules.get(team.id)
        mine = tuple(one.name for one in people if one.active and team.id in one.teams)
        made.append(
            TeamRow(
                team.id,
                text_of(team.name, "") or team.id,
                line_in(root, "teams", team.id),
                team.by,
                ", ".join(team.ring) + (f" ({team.order}, {team.rings_for} s each)" if team.ring else ""),
                mine,
                (schedule.rules if schedule else "") or "always open",
                waits(content, team),
            )
        )
    return made


def waits(content: Content, team: Team) -> str:
    """Say how long a team's callers wait, and within how long they are to be met."""
    if not team.waits:
        return ""
    return f"{team.patience // 60} min {team.patience % 60} s at most; in time within {target_of(content, team.id):g} s"


def allowed(content: Content, root: Node | None) -> list[Setting]:
    """List whom the hotline may ask, call and dial."""
    hosts = written(find(root, "hosts"))
    countries = content.call_backs.countries
    return [
        Setting("Hosts that look-ups may ask", hosts or "none: nothing outside is asked", line_in(root, "hosts")),
        Setting(
            "Countries that are called back",
            ", ".join(countries) or "those of the hotline's own numbers",
            line_in(root, "call_backs", "countries"),
        ),
        Setting(
            "Dialled when the hotline is down", ", ".join(content.always_on) or "nobody", line_in(root, "always_on")
        ),
    ]


def limits(content: Content, root: Node | None) -> list[Setting]:
    """List what a call may take; how long things are kept has a page of its own."""
    bounds = content.tree.limits
    return [
        Setting("Longest call", f"{bounds.call // 60} min", line_in(root, "limits", "call")),
        Setting("Steps in a call", str(bounds.steps), line_in(root, "limits", "steps")),
        Setting("Silences in a row", str(bounds.silence), line_in(root, "limits", "silence")),
    ]


def find(root: Node | None, *path: str) -> Node | None:
    """Find what stands under these keys."""
    for key in path:
        root = root.get(key) if isinstance(root, Mapping) else None
    return root


def line_in(root: Node | None, *path: str) -> int:
    """Say in which line a key stands; 0 where it does not."""
    holder = find(root, *path[:-1])
    key = holder.key(path[-1]) if isinstance(holder, Mapping) else None
    return key.line if key else 0


def written(node: Node | None) -> str:
    """Write a value of the file as it stands there, lists by commas."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return ", ".join(f"{key.text}: {written(value)}" for key, value in node.entries)
    return ", ".join(written(item) for item in node.items) if node else ""
