"""`ivr announce`: what every caller hears for a while."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import click

from ivr.commands.flag import ending, opened, show, with_owner, with_term
from ivr.menu.phone_quality import NoSound, phone_sound
from ivr.onair import LONGEST_TEXT, NAME, judge
from ivr.rehearsal import chosen_version
from ivr.settings import read_settings
from ivr.store.announcements import Announcement

LANGUAGE = re.compile(r"[a-z]{2,3}-[A-Z0-9]{2,3}", re.ASCII)


def as_name(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Read an announcement's name."""
    if not NAME.fullmatch(value):
        raise click.BadParameter("an announcement is named in small letters, such as storm")
    return value


def by_language(_context: click.Context, option: click.Parameter, values: Iterable[str]) -> dict[str, str]:
    """Read `da-DK=…`, each language once."""
    made: dict[str, str] = {}
    for value in values:
        language, equals, rest = value.partition("=")
        if not equals or not LANGUAGE.fullmatch(language) or not rest.strip():
            raise click.BadParameter(f"write the language before it: --{option.name} da-DK=…")
        if language in made:
            raise click.BadParameter(f"{language} stands there twice")
        made[language] = rest.strip()
    return made


@click.group()
def command() -> None:
    """Put announcements on the air, and take them off: callers hear them before the first menu.

    Those of an emergency come first of all, whatever the menus say.
    """


@command.command(
    "set",
    epilog="Example: ivr announce set storm --until '4 h' --text en-US='A storm has cut power lines in the north.' "
    "--text da-DK='En storm har afbrudt strømmen i nord.'",
)
@click.argument("name", callback=as_name)
@click.option("--text", "texts", multiple=True, callback=by_language, help="Words in a language: da-DK=…; again.")
@click.option("--audio", multiple=True, callback=by_language, help="A recording in place of words: da-DK=file; again.")
@click.option("--emergency", is_flag=True, help="Heard first of all, and to its end.")
@click.option("--line", "lines", multiple=True, help="Heard on this line alone; may be given again. Else on all.")
@with_term
def set_(name: str, texts: dict[str, str], audio: dict[str, str], emergency: bool, **term: object) -> None:
    """Put an announcement on the air, in the place of one of its name."""
    if not texts and not audio:
        raise click.UsageError("say --text da-DK=… or --audio da-DK=file, once for each language")
    long = [language for language, words in texts.items() if len(words) > LONGEST_TEXT]
    if long:
        raise click.UsageError(f"the words in {', '.join(long)} are longer than {LONGEST_TEXT} characters")
    lines = tuple(map(str, term["lines"])) if isinstance(term["lines"], tuple) else ()
    sounds = {language: _sound(Path(file)) for language, file in audio.items()}
    with opened() as store:
        judge(chosen_version(read_settings(), store, ""), lines, (*texts, *audio))
        for wav in sounds.values():
            store.versions.put_audio(sha256(wav).hexdigest(), wav)
        hashes = {language: sha256(wav).hexdigest() for language, wav in sounds.items()}
        until = float(str(term["until"]))
        made = Announcement(name, str(term["owner"]), until, time.time(), emergency, lines, texts, hashes)
        store.announcements.put(made)
    click.echo(f"{name} is on the air in {', '.join(dict.fromkeys((*texts, *audio)))} {ending(until)}")


def _sound(file: Path) -> bytes:
    """Make a file ready for the phone."""
    try:
        return phone_sound(file, "").wav
    except (NoSound, OSError) as error:
        raise click.UsageError(f"{file}: {error}") from error


@command.command(epilog="Example: ivr announce end storm")
@click.argument("name", callback=as_name)
@with_owner
def end(name: str, owner: str) -> None:
    """Take an announcement off the air."""
    with opened() as store:
        was_on = store.announcements.end(name, owner)
    click.echo(f"{name} is off the air" if was_on else f"{name} was not on the air")


@command.command("list", epilog="Example: ivr announce list --json")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_them(as_json: bool) -> None:
    """List what is on the air, in the order in which it is heard."""
    with opened() as store:
        found = [one for one in store.announcements.all() if one.until > time.time()]
    show(found, as_json, _lines, "nothing is on the air")


def _lines(one: Announcement) -> Iterator[str]:
    marks = " emergency" if one.emergency else ""
    where = f" on {', '.join(one.lines)}" if one.lines else ""
    yield f"{one.name}{marks}{where}  {ending(one.until)}  {one.owner}"
    yield from (f"  {language}: {words}" for language, words in one.texts.items())
    yield from (f"  {language}: recording {name[:12]}" for language, name in one.audio.items())
