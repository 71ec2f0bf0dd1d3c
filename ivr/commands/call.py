"""`ivr call`: a phone in the terminal."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from ivr.errors import IvrError
from ivr.rehearsal import DRAFT, played
from ivr.simulator.acts import (
    DEEDS,
    Act,
    Agent,
    AgentDoes,
    AgentHangsUp,
    Awaiting,
    HangUp,
    Keys,
    Says,
    Silence,
    Spoke,
    Talked,
)
from ivr.simulator.answers import answers_of, in_steps
from ivr.simulator.call import Call, CannotNow, Plan
from ivr.simulator.keep import Notebook
from ivr.simulator.scenario import EVERYONE, WITHHELD, Scenario
from ivr.simulator.transcript import AGENT, CALLER, CARRIER, Item
from ivr.stage import Files, Installed, Stage

_RING = {"a": "answers", "t": "takes", "p": "passes", "v": "voicemail", "b": "busy", "n": "no_answer", "f": "failed"}
_SPEAK = re.compile(r"(\d{1,4})(h|[0-9*#])?", re.ASCII)
_KEYS = re.compile(r"[0-9*#]{1,64}", re.ASCII)
_COLOURS = {CALLER: "cyan", AGENT: "magenta", CARRIER: "yellow"}


@click.command(epilog="Example: ivr call --from +14155550139 --at '2026-12-24 17:58' --save menus/tests/christmas.yaml")
@click.option("--line", default="", help="Which line to call; else the default one.")
@click.option("--from", "caller", default="+14155550123", help="The caller's number, or `withheld`.")
@click.option("--at", default="", help="Date and time of the call in the line's zone: 2026-12-24 17:58.")
@click.option("--flag", "flags", multiple=True, help="A flag that is on for this call; may be given again.")
@click.option(
    "--agents", multiple=True, help="How people who are rung behave: takes, or +15005550101=busy; again for more."
)
@click.option(
    "--answer",
    "answers",
    multiple=True,
    help='What a system answers: care.find=nothing, or care.find=\'{"name": "Ann"}\'.',
)
@click.option("--menus", type=click.Path(path_type=Path), help="The folder of the menus, in place of IVR_MENUS.")
@click.option("--version", default="", help="Call this published version instead of the working copy.")
@click.option("--url", default="", help="Call a server of this installation that runs already: http://127.0.0.1:8000.")
@click.option("--save", type=click.Path(path_type=Path), help="Write the call as a scenario for `ivr test`.")
def command(**given: object) -> None:
    """Call the hotline by its real webhooks: type keys and Enter, Enter alone to stay silent, h to hang up.

    Where a menu takes words, type `say a complaint`.

    The working copy is played on a server of its own that is thrown away afterwards; with --version or --url it is this
    installation that answers. No real number is dialled.
    """
    wishes = Wishes(given)
    environ = dict(os.environ)
    if wishes.menus:
        environ["IVR_MENUS"] = wishes.menus
    installed = wishes.version or wishes.url
    place = Installed(wishes.version, wishes.url, environ) if installed else Stage(Files.working_copy(environ))
    click.echo("connecting …", err=True)
    with place as stage:
        click.echo(played(stage.content, wishes.version or DRAFT))
        carrier, url = stage.begin(wishes.scenario)
        everyone = wishes.agents.get(EVERYONE)
        named = {target: agent for target, agent in wishes.agents.items() if target != EVERYONE}
        call = Call(carrier, Plan(url, wishes.scenario.caller, agents=named, everyone=everyone, pretend=True))
        notebook = Notebook(wishes.title, wishes.head, wishes.maps)
        converse(call, notebook)
    if wishes.save:
        notebook.save(wishes.save)
        click.echo(f"saved as {wishes.save}")


class Wishes:
    """What was asked for on the command line."""

    def __init__(self, given: dict[str, object]) -> None:
        """Read the options; IvrError where one cannot be meant."""

        def text(name: str) -> str:
            return str(given[name] or "")

        flags = given["flags"] if isinstance(given["flags"], tuple) else ()
        given_answers = given["answers"] if isinstance(given["answers"], tuple) else ()
        answers = answers_of([str(written) for written in given_answers])
        agents = given["agents"] if isinstance(given["agents"], tuple) else ()
        self.menus, self.version, self.url = text("menus"), text("version"), text("url").rstrip("/")
        self.save = given["save"] if isinstance(given["save"], Path) else None
        if self.save and self.save.exists():
            raise IvrError(f"{self.save} exists already", hint="choose another name")
        self.title = f"A call kept in {self.save.stem.replace('_', ' ')}" if self.save else ""
        self.agents = dict(_agent(written) for written in agents)
        self.scenario = Scenario(
            path="",
            title=self.title,
            steps=(),
            line=text("line"),
            caller=WITHHELD if text("caller") == "withheld" else text("caller"),
            moment=text("at"),
            facts={**{f"flag.{flag}": True for flag in flags}, **answers},
        )
        self.head = {"line": text("line"), "caller": text("caller"), "at": text("at")}
        self.maps = {
            "flags": {str(flag): "on" for flag in flags},
            "answers": in_steps(answers),
            "agents": {target: agent.does for target, agent in self.agents.items()},
        }


def _agent(written: str) -> tuple[str, Agent]:
    target, _, does = written.rpartition("=")
    if does not in DEEDS:
        raise IvrError(f"--agents {written}: nobody knows how to {does!r}", hint=f"one of {', '.join(sorted(DEEDS))}")
    return target or EVERYONE, Agent(does)


def converse(call: Call, notebook: Notebook) -> None:
    """Play the call with whoever sits at the keyboard, until it is over."""
    act: Act | None = None
    items = call.advance()
    while True:
        notebook.note(act, items, call.over)
        for item in items:
            show(item)
        awaiting = call.awaiting
        if call.over or awaiting is None:
            return
        act, items = _next(call, awaiting)


def _next(call: Call, awaiting: Awaiting) -> tuple[Act, list[Item]]:
    """Ask until something is typed that can be done, and do it."""
    while True:
        try:
            typed = input(_question(awaiting)).strip()
        except EOFError:
            typed = "h"
        act = understand(typed, awaiting)
        if act is None:
            click.echo("  that cannot be done here")
            continue
        try:
            return act, call.act(act)
        except CannotNow as error:
            click.echo(f"  {error}")


def _question(awaiting: Awaiting) -> str:
    match awaiting.kind:
        case "keys" if awaiting.leg:
            return f"{awaiting.leg}, keys (1 takes, Enter silent, h hangs up)> "
        case "keys":
            return "keys, or say and words> " if awaiting.hears else "keys> "
        case "voice":
            return "seconds you speak (8, 8h to hang up after, Enter silent)> "
        case "ring":
            who = " and ".join(awaiting.targets)
            return f"{who}: a answers, t takes, p passes, v voicemail, b busy, n nobody, f fails> "
    return "joined: Enter, the agent hangs up; seconds, they talk on; h, the caller hangs up> "


def understand(typed: str, awaiting: Awaiting) -> Act | None:
    """Read a line that was typed; None where it means nothing here."""
    if typed == "h":
        return AgentHangsUp() if awaiting.kind == "keys" and awaiting.leg else HangUp()
    return _READ[awaiting.kind](typed, awaiting)


def _keys(typed: str, awaiting: Awaiting) -> Act | None:
    if not typed:
        return Silence()
    if awaiting.hears and typed.startswith("say ") and typed[4:].strip():
        return Says(typed[4:].strip())
    return Keys(typed, by="agent" if awaiting.leg else "caller") if _KEYS.fullmatch(typed) else None


def _speech(typed: str, _awaiting: Awaiting) -> Act | None:
    if not typed:
        return Silence()
    match = _SPEAK.fullmatch(typed)
    if match is None:
        return None
    return Spoke(float(match[1]), "" if match[2] == "h" else match[2] or "#", match[2] == "h")


def _ringing(typed: str, _awaiting: Awaiting) -> Act | None:
    return AgentDoes(Agent(_RING[typed], talks=None)) if typed in _RING else None


def _talk(typed: str, _awaiting: Awaiting) -> Act | None:
    if not typed:
        return AgentHangsUp()
    return Talked(float(typed)) if typed.isdigit() and len(typed) < 6 else None


_READ = {"keys": _keys, "voice": _speech, "ring": _ringing, "talk": _talk}


def show(item: Item) -> None:
    """Print one line of the call."""
    clock = f"{int(item.at) // 60}:{int(item.at) % 60:02}"
    who = f"{item.who} {item.leg}".strip()
    if item.verb in {"say", "ask"}:
        text = item.text if item.language.startswith("en") else f"[{item.language}] {item.text}"
    else:
        text = f"{item.verb} {item.text}".strip()
    colour = _COLOURS.get(item.who)
    if item.verb != "redirect":
        click.echo(click.style(f"{clock:>6}  {who}: {text}", fg=colour))
