"""`ivr prompts`: recordings for the menus, and which texts have one."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import NoReturn

import click

from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.menu.locales import fingerprint
from ivr.menu.phone_quality import NoSound, fingerprint_in, phone_sound
from ivr.menu.prompts import WANTED, Prompt, find, folder_of, has_values, prompts, text_of
from ivr.menu.words import Voice

FINE, TO_DO, UNUSABLE = 0, 1, 2


@click.command(
    epilog="Example: ivr prompts take3.mp3 --as main.main --language ka-GE. Without files it lists the prompts; "
    "exit code 0: nothing to do, 1: recordings are missing or stale, 2: something cannot be read."
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--as", "name", default="", help="What the file speaks: area.step, area.step.1; else the file's name.")
@click.option("--language", default="", help="Its language, such as ka-GE.")
@click.option("--config", default=lambda: os.environ.get("IVR_CONFIG", "config.yaml"), help="config.yaml.")
@click.option("--menus", default=lambda: os.environ.get("IVR_MENUS", "menus"), help="The folder of the menus.")
@click.option("--recordings", default="recordings", help="The folder that holds prompts/<language>/*.wav.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(files: tuple[Path, ...], name: str, language: str, as_json: bool, **places: str) -> None:
    """Make audio files of any kind ready for the phone (8 kHz, µ-law, level, trimmed) and put them where they play.

    Without files: list the recordings that are missing (in languages without a voice) or speak a text that has changed.
    """
    voice = _read(**places)
    if language and language not in voice.scope.languages:
        _refuse(f"config.yaml has no language {language}")
    recordings = Path(places["recordings"])
    if files:
        if not language or (name and len(files) > 1):
            _refuse("say --language, and --as for one file at a time")
        for file in files:
            _take(voice, file, name or file.stem, folder_of(recordings, language))
        return
    _list(voice, recordings, (language, as_json))


def _read(config: str, menus: str, recordings: str) -> Voice:
    try:
        compiled = compile_hotline(read_files(Path(config), Path(menus), Path(recordings)))
    except OSError as error:
        _refuse(f"cannot read {error.filename}: {error.strerror}")
    if compiled.voice is None:
        _refuse("config.yaml cannot be read: `ivr check` tells why")
    return compiled.voice


def _refuse(why: str) -> NoReturn:
    click.echo(f"ivr prompts: {why}", err=True)
    sys.exit(UNUSABLE)


def _take(voice: Voice, file: Path, name: str, folder: Path) -> None:
    """Make one file ready and write it."""
    spoken = find(voice, name)
    if spoken is None:
        _refuse(f"no text is called {name}: `ivr prompts` lists them all with --json")
    if has_values(spoken):
        _refuse(f"the text of {name} fills in values, which a recording cannot say")
    try:
        sound = phone_sound(file, fingerprint([text_of(voice, spoken, folder.name)]))
    except (NoSound, OSError) as error:
        _refuse(f"{file}: {error}")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.wav"
    target.write_bytes(sound.wav)
    click.echo(f"{target}: {sound.seconds:.1f} seconds")


def _list(voice: Voice, recordings: Path, wanted: tuple[str, bool]) -> None:
    language, as_json = wanted
    found = [
        prompt
        for prompt in prompts(voice, lambda path: fingerprint_in(recordings.parent / path))
        if language in ("", prompt.language)
    ]
    click.echo(json.dumps(list(map(_as_json, found)), indent=2, ensure_ascii=False) if as_json else _told(found))
    sys.exit(TO_DO if any(prompt.state in WANTED for prompt in found) else FINE)


def _as_json(prompt: Prompt) -> dict[str, object]:
    return {
        "language": prompt.language,
        "name": prompt.name,
        "state": prompt.state,
        "seconds": prompt.seconds,
        "path": prompt.path,
        "text": prompt.text,
    }


def _told(found: list[Prompt]) -> str:
    lines = [f"{prompt.path}: {prompt.state}: {prompt.text}" for prompt in found if prompt.state in WANTED]
    for language in dict.fromkeys(prompt.language for prompt in found):
        count = Counter(prompt.state for prompt in found if prompt.language == language)
        lines.append(f"{language}: " + ", ".join(f"{number} {state}" for state, number in sorted(count.items())))
    return "\n".join(lines)
