"""A case's conversation as the page shows it: the call, texts, mails and notes, the oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from console.case_words import WAYS, became
from ivr.archive.calls import Archive
from ivr.archive.written import written_down
from ivr.cases import OpenCase
from ivr.messages import Conversation, Piece
from ivr.store.messages import IN, NOTE
from ivr.store.recordings import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One piece of it."""

    at: float
    who: str
    how: str
    side: str  # caller | us | note
    words: str | None = None  # None where the key is not held here
    title: str = ""
    state: tuple[str, str] = ("", "")
    call: str = ""  # of which it tells
    number: str = ""  # of the case that it was left under
    recordings: tuple[Recording, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)  # sid of a recording -> its words, as the carrier heard
    files: tuple[tuple[str, str, int], ...] = ()  # address within the case, name, bytes
    left_out: tuple[str, ...] = ()  # names of files that were not kept, and why


def entries(archive: Archive, known: Sequence[OpenCase]) -> list[Entry]:
    """Put everything that belongs to a case, under all its numbers, in one order."""
    calls = [entry for one in known if one.case.call and (entry := of_call(archive, one))]
    pieces = Conversation(archive.store, archive.keyring).of_case(*(one.case.number for one in known))
    return sorted([*calls, *map(of_piece, pieces)], key=lambda entry: entry.at)


def of_call(archive: Archive, one: OpenCase) -> Entry | None:
    """Tell what a caller left by phone."""
    row = archive.store.calls.find(one.case.call)
    seen = archive.seen(row) if row else None
    return Entry(
        at=one.case.at,
        who=(seen.caller if seen and seen.caller else "A withheld number" if seen and seen.readable else "The caller"),
        how="by phone",
        side="caller",
        words=one.said.about if one.said else None,
        call=one.case.call if row else "",
        number=one.case.number,
        recordings=tuple(recordings_of(archive, one)),
        written=written_down(archive.store, archive.keyring, one.case.call),
    )


def recordings_of(archive: Archive, one: OpenCase) -> list[Recording]:
    """List the recordings that a caller left with a case."""
    wanted = set(one.said.recordings) if one.said else set()
    return [each for each in archive.store.recordings.of_call(one.case.call) if each.sid in wanted]


def of_piece(piece: Piece) -> Entry:
    """Tell a text, a mail or a note."""
    message, said = piece.message, piece.said
    came = message.direction == IN
    side = "note" if message.direction == NOTE else "caller" if came else "us"
    names = said.names if said else ()
    return Entry(
        at=message.at,
        who=message.author or ((said.address if said else "The caller") if came else "The hotline"),
        how=WAYS.get(message.channel, message.channel),
        side=side,
        words=said.body if said else None,
        title=said.subject if said else "",
        state=("", "") if side != "us" else became(message),
        number=message.case,
        left_out=said.left_out if said else (),
        files=tuple(
            (f"{message.id.hex()}/{ordinal}", names[ordinal] if ordinal < len(names) else file.type, file.size)
            for ordinal, file in enumerate(piece.files)
        ),
    )
