"""`ivr import`: a menu of another system, rewritten as ours."""  # noqa: N999  # the word that people type

from __future__ import annotations

from pathlib import Path

import click

from ivr.errors import IvrError
from ivr.importing.hotline import Hotline
from ivr.importing.reading import FORMATS, MOST_BYTES, read_hotline
from ivr.importing.writing import files_of
from ivr.menu.compile import compile_hotline


@click.command(
    epilog="Example: ivr import flow.json --out imported "
    "&& ivr check --config imported/config.yaml --menus imported/menus"
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--as", "form", type=click.Choice(FORMATS), default=None, help="The format; found by itself.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("imported"), show_default=True, help="A new folder."
)
@click.option("--company", default="Imported hotline", help="Whose hotline it will be.")
def command(file: Path, form: str | None, out: Path, company: str) -> None:
    """Rewrite a menu of another system as ours, and list all that is not as it was, with its place in FILE."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
        hotline = read_hotline(data, form or "", company)
        files = files_of(hotline)
        _write(out, files)
    except OSError as error:
        raise IvrError(f"{error.filename}: {error.strerror}") from error
    _report(hotline, files, out)


def _write(out: Path, files: dict[str, str]) -> None:
    taken = [path for path in files if (out / path).exists()]
    if taken:
        raise IvrError(f"{out / taken[0]} is there already", hint="name another folder with --out")
    for path, text in files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, encoding="utf-8")


def _report(hotline: Hotline, files: dict[str, str], out: Path) -> None:
    for one in hotline.findings:
        click.echo(str(one))
    compiled = compile_hotline({path: text.encode() for path, text in files.items()})
    decide = sum(one.decide for one in hotline.findings)
    state = "compiles" if compiled.content else "does not compile yet: ivr check says why"
    click.echo(
        f"{len(hotline.steps)} steps in {out}, which {state}; {len(hotline.findings)} to look at, {decide} to decide"
    )
