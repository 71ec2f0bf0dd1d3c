"""`ivr prompts`: recordings for the menus, and which texts have one."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click

from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.menu.locales import fingerprint
from ivr.menu.phone_quality import NoSound, fingerprint_in, phone_sound
from ivr.menu.prompts import WANTED, Prompt, find, folder_of, has_values, prompts, recordable, text_of
from ivr.menu.staff import numbered
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
@click.option("--all", "every", is_flag=True, help="List those with which nothing is to be done, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(files: tuple[Path, ...], name: str, language: str, every: bool, as_json: bool, **places: str) -> None:
    """Make audio files of any kind ready for the phone (8 kHz, µ-law, level, trimmed) and put them where they play.

    Without files: list the recordings that are missing (in languages without a voice) or speak a text that has changed,
    each with the number under which it can be recorded on the staff's own line.
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
    _list(voice, recordings, Wish(language, every, as_json))


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


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be listed, and how."""

    language: str
    every: bool
    as_json: bool


def _list(voice: Voice, recordings: Path, wish: Wish) -> None:
    numbers = {name: number for number, name in numbered(recordable(voice)).items()}
    found = [
        prompt
        for prompt in prompts(voice, lambda path: fingerprint_in(recordings.parent / path))
        if wish.language in ("", prompt.language)
    ]
    if wish.as_json:
        listed = [{"number": numbers.get(prompt.name, "")} | _as_json(prompt) for prompt in found]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join([*_lines(found, numbers, every=wish.every), *_counts(found)]))
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


def _lines(found: list[Prompt], numbers: Mapping[str, str], *, every: bool) -> Iterator[str]:
    for prompt in found:
        if every or prompt.state in WANTED:
            seconds = "" if prompt.seconds is None else f", {prompt.seconds:.1f} s"
            yield f"{numbers.get(prompt.name, '----')} {prompt.path}: {prompt.state}{seconds}: {prompt.text}"


def _counts(found: list[Prompt]) -> Iterator[str]:
    for language in dict.fromkeys(prompt.language for prompt in found):
        count = Counter(prompt.state for prompt in found if prompt.language == language)
        yield f"{language}: " + ", ".join(f"{number} {state}" for state, number in sorted(count.items()))
