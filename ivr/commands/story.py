"""`ivr story`: one call, turn by turn."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from ivr.archive.as_data import story_data
from ivr.archive.calls import named
from ivr.archive.in_lines import lines_of
from ivr.archive.opening import open_archive
from ivr.archive.story import story
from ivr.archive.times import zone_of
from ivr.errors import IvrError
from ivr.retelling.telling import retold, telling


@click.command()
@click.argument("call")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--scenario", type=click.Path(path_type=Path), help="Write it as a scenario, with made-up numbers.")
def command(call: str, as_json: bool, scenario: Path | None) -> None:
    """Tell what happened in a call: heard, pressed, decided, and how long it took. The beginning of its id will do.

    With --scenario it is played once more in its own version, as a pretended call, and written for `ivr test`.

    Example: ivr story CA5f2c
    """
    if scenario is not None:
        write_scenario(call, scenario)
        return
    with open_archive() as opened:
        told = story(opened.archive, named(opened.archive, call), opened.library)
        zone = zone_of(opened.library, told.call.version, told.call.line)
    if as_json:
        click.echo(json.dumps(story_data(told), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(lines_of(told, zone)))


def write_scenario(call: str, path: Path) -> None:
    """Tell a call as a scenario."""
    if path.exists():
        raise IvrError(f"{path} exists already", hint="choose another name")
    with open_archive() as opened:
        told = telling(opened.archive, named(opened.archive, call), opened.library)
        notebook = retold(told, opened.archive, opened.library, os.environ)
    notebook.save(path)
    click.echo(f"saved as {path}; its numbers are made up. ivr test {path} plays it")
