"""The command line: one file in ``ivr/commands`` per word, imported only when it is used."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click

import ivr.commands
from ivr.errors import IvrError


class Words(click.Group):
    """Find a command by its file's name: ``ivr call`` is ``command`` in ``ivr/commands/call.py``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every file of the room."""
        del ctx
        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(ivr.commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"ivr.commands.{cmd_name.replace('-', '_')}").command
        return command


@click.group(cls=Words, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def ivr_words() -> None:
    """Run a phone menu: check it, publish it, call it, and see what happened."""


def main() -> None:
    """Run one command; an error of ours is one clear sentence and exit code 1."""
    try:
        ivr_words(prog_name="ivr")
    except IvrError as error:
        click.echo(f"ivr: {error}", err=True)
        if error.hint:
            click.echo(f"  hint: {error.hint}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
