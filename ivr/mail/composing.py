"""A letter of ours as e-mail is written."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime

# Seven bits alone: every server takes it, and nothing is written anew on the way.
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class File:
    """Something that goes along."""

    name: str
    type: str  # audio/wav
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is written to whom."""

    to: str
    own: str  # our address
    name: str  # ours, as people read it
    subject: str
    body: str
    id: str  # Message-ID
    reply_to: str = ""
    answers: str = ""  # Message-ID of what it answers
    automatic: bool = False  # nobody of ours has written it
    files: tuple[File, ...] = ()


def composed(letter: Letter) -> bytes:
    """Write a letter down; ValueError where an address cannot stand in a head."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(_line(letter.name), addr_spec=letter.own)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = _line(letter.subject)
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = letter.id
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    if letter.answers:
        message["In-Reply-To"] = message["References"] = _line(letter.answers)
    if letter.automatic:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    for file in letter.files:
        main, _, kind = file.type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=kind, filename=_line(file.name))
    return message.as_bytes()


def _line(text: str) -> str:
    """Keep a head on one line: a line break in it would begin another head."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
