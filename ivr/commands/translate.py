"""`ivr translate`: what translators have to do."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.menu.translations import Gap, gaps, languages_of, with_gaps
from ivr.menu.words import Voice

FINE, TO_DO, UNUSABLE = 0, 1, 2


@click.command(
    epilog="Example: ivr translate --language da-DK --write. "
    "Exit code 0: all is translated, 1: something is missing or old, 2: the menus cannot be read."
)
@click.option("--language", default="", help="One language, such as da-DK; all of them where it is left out.")
@click.option("--write", is_flag=True, help="Add what is missing to the locales, as remarks with the source text.")
@click.option("--config", default=lambda: os.environ.get("IVR_CONFIG", "config.yaml"), help="config.yaml.")
@click.option("--menus", default=lambda: os.environ.get("IVR_MENUS", "menus"), help="The folder of the menus.")
@click.option("--recordings", default="recordings", help="The folder that holds prompts/<language>/*.wav.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(language: str, write: bool, as_json: bool, **places: str) -> None:
    """List the texts without a translation, and the translations that are older than their source.

    Nothing is ever translated for you: --write adds the source texts as remarks, which callers do not hear.
    """
    voice = _voice(**places)
    known = languages_of(voice)
    if language and language not in known:
        _refuse(f"no line speaks {language} besides the source language; there are: {', '.join(known) or 'none'}")
    wanted = [language] if language else known
    found = [gap for one in wanted for gap in gaps(voice, one)]
    if write:
        for one in wanted:
            _write(voice, one, Path(places["menus"]) / "locales" / f"{one}.yaml")
    click.echo(json.dumps([_as_json(gap) for gap in found], indent=2, ensure_ascii=False) if as_json else _told(found))
    sys.exit(TO_DO if found else FINE)


def _voice(config: str, menus: str, recordings: str) -> Voice:
    try:
        compiled = compile_hotline(read_files(Path(config), Path(menus), Path(recordings)))
    except OSError as error:
        _refuse(f"cannot read {error.filename}: {error.strerror}")
    if compiled.content is None or compiled.voice is None:
        _refuse("the menus have errors: `ivr check` tells them, mend them first")
    return compiled.voice


def _refuse(why: str) -> NoReturn:
    click.echo(f"ivr translate: {why}", err=True)
    sys.exit(UNUSABLE)


def _write(voice: Voice, language: str, path: Path) -> None:
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    after = with_gaps(voice, language, before)
    if after.rstrip("\n") != before.rstrip("\n") and any(not gap.older for gap in gaps(voice, language)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(after, encoding="utf-8")
        click.echo(f"wrote {path}", err=True)


def _as_json(gap: Gap) -> dict[str, object]:
    return dataclasses.asdict(gap)


def _told(found: list[Gap]) -> str:
    if not found:
        return "all is translated"
    missing = sum(not gap.older for gap in found)
    return "\n".join([*map(str, found), f"{missing} missing, {len(found) - missing} older than the source"])
