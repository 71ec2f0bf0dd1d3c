"""`ivr messages`: what was written to us and by us, and what became of it."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.table import Column, Table

from ivr.archive.opening import open_archive
from ivr.archive.times import show_time
from ivr.messages import Piece, opened
from ivr.screen import screen
from ivr.store.messages import STATES

NONE = "no message fits"
WAYS = {"in": "from", "out": "to", "note": "note"}


@click.command()
@click.argument("number", required=False)
@click.option("--state", type=click.Choice(STATES), help="Those in this state alone: failed, unknown, waiting.")
@click.option("--limit", default=50, type=click.IntRange(1, 10_000), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per message and line.")
def command(number: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """List messages, the latest first, with their state and why; or those of the case with this NUMBER.

    A message that is `unknown` may have left: it is not sent again by itself.

    Example: ivr messages --state failed
    """
    with open_archive() as place:
        store = place.archive.store
        case = store.cases.meant(number.strip().upper()) if number else None
        wanted = store.cases.names_of(case.number) if case else [number] if number else []
        found = store.messages.latest(limit, state or "", cases=wanted)
        pieces = [opened(message, store, place.archive.keyring) for message in found]
    if as_json:
        for piece in pieces:
            click.echo(json.dumps(_data(piece), ensure_ascii=False))
    else:
        _show(pieces)
    if number and not pieces:
        raise SystemExit(1)


def _data(piece: Piece) -> dict[str, Any]:
    message, said = piece.message, piece.said
    names = ("direction", "channel", "case", "call", "team", "author", "language", "at", "state", "reason", "code")
    known = {"id": message.id.hex()} | {name: getattr(message, name) for name in (*names, "provider", "attempts")}
    told = {name: getattr(said, name) if said else None for name in ("address", "subject", "body", "left_out")}
    files = [
        {"name": name, "type": file.type, "size": file.size, "path": file.path}
        for name, file in zip(said.names if said else [""] * len(piece.files), piece.files, strict=False)
    ]
    return known | told | {"files": files}


def _show(pieces: list[Piece]) -> None:
    table = Table("At", "Case", "Way", "With", "State", Column("Words, and why", ratio=1), box=None, pad_edge=False)
    for piece in pieces:
        message, said = piece.message, piece.said
        words = " ".join((said.body if said else "not readable").split())
        why = f"{message.reason}{f' ({message.code})' if message.code else ''}"
        way = "note" if message.channel == "note" else f"{message.channel} {WAYS[message.direction]}"
        table.add_row(
            show_time(message.at),
            message.case,
            way,
            said.address if said else "",
            message.state,
            "\n".join(part for part in (words[:160], why) if part),
        )
    screen().print(table if pieces else NONE)
