"""`ivr schema`: the form of menus, locales and config.yaml, for editors."""

from __future__ import annotations

import json

import click


@click.command(epilog="Example: ivr schema menu > menu.schema.json")
@click.argument("what", type=click.Choice(["menu", "config", "locale"]), default="menu")
def command(what: str) -> None:
    """Print the JSON Schema of a menu file (the default), of config.yaml or of a locale.

    Editors that read YAML by a schema complete keys and explain them. Whether a step exists, only `ivr check` says.
    """
    from ivr.menu.schema import SCHEMAS

    click.echo(json.dumps(SCHEMAS[what](), indent=2))
