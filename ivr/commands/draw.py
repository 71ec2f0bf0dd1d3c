"""`ivr draw`: the menu as a picture, and as words for the public."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ivr.content import Content
from ivr.drawing.draw import FORMS, draw
from ivr.errors import IvrError, MenuRefused
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.publishing.library import Library
from ivr.publishing.publish import earlier
from ivr.settings import read_settings
from ivr.store import Store


@click.command(epilog="Example: ivr draw --as words --language da-DK --out menu.html")
@click.option("--as", "form", type=click.Choice(FORMS), default="svg", show_default=True, help="The form.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; the terminal unless you name one.")
@click.option("--language", default="", help="In which of its languages; the one it is written in unless you say.")
@click.option("--version", default="", help="A published version by its first digits; the working copy unless named.")
@click.option(
    "--config", default=lambda: os.environ.get("IVR_CONFIG", "config.yaml"), help="config.yaml of the working copy."
)
@click.option("--menus", default=lambda: os.environ.get("IVR_MENUS", "menus"), help="Its folder of menus.")
def command(form: str, out: Path | None, language: str, version: str, **copy: str) -> None:
    """Draw the menu: a picture (svg, html, mermaid), or the whole phone tree in words on one page for the public."""
    content = published(version) if version else working_copy(Path(copy["config"]), Path(copy["menus"]))
    drawn = draw(content, form, language)
    if out is None:
        click.echo(drawn, nl=False)
        return
    try:
        out.write_text(drawn, encoding="utf-8")
    except OSError as error:
        raise IvrError(f"cannot write {out}: {error.strerror}") from error


def working_copy(config: Path, menus: Path) -> Content:
    """Compile the files as they stand; MenuRefused names every error."""
    try:
        files = read_files(config, menus, config.parent / "recordings")
    except OSError as error:
        raise IvrError(f"cannot read {error.filename}: {error.strerror}") from error
    compiled = compile_hotline(files)
    if compiled.content is None:
        told = "\n".join(str(problem) for problem in compiled.problems)
        raise MenuRefused(f"the working copy has errors:\n{told}")
    return compiled.content


def published(version: str) -> Content:
    """Find a published version by the start of its name; UnknownVersion where there is none, or more than one."""
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        return Library(settings.data, store.versions).get(earlier(version, store))
    finally:
        store.close()
