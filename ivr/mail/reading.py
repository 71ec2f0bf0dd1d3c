"""A letter that came in, read: who wrote it, about what, what goes along, and whether a machine wrote it.

What is broken in a letter costs as little of it as possible: letters come from anybody's program.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email.message import Message
from email.policy import default
from email.utils import getaddresses, parseaddr
from hashlib import sha256
from html.parser import HTMLParser

from ivr.messages.files import Came

_ID = re.compile(r"<[^<>\s]{1,250}>")
_ADDRESS = re.compile(r"(?=.{3,250}$)[^@\s\"<>,;]{1,64}@[^@\s\"<>,;.]+(\.[^@\s\"<>,;.]+)+")
_SKIPPED = frozenset({"style", "script", "head", "title"})
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a letter says."""

    once: str  # Message-ID, or a hash where it has none
    address: str  # of whoever wrote it; "" where none can be read
    answer_to: str  # the one address at which answers are wanted; "" where that is `address`, or none can be read
    subject: str
    body: str
    answers: tuple[str, ...]  # Message-IDs that it names, the nearest first
    files: tuple[Came, ...]
    automatic: bool  # a machine wrote it
    answering: bool  # a machine wrote it because something came: a notice of absence, a bounce
    undelivered: str = ""  # the code for which a letter of ours was not delivered, such as 5.1.1


def read(content: bytes, sender: str) -> Read:
    """Read a letter; `sender` is who the mail server said it comes from, "" for a bounce."""
    message = email.message_from_bytes(content, policy=default)
    head = _Head(message)
    automatic = head.get("auto-submitted").lower()
    bulk = head.get("precedence").lower() in {"bulk", "junk", "list", "auto_reply"}
    answering = (
        not sender
        or automatic.startswith("auto-replied")
        or bool(head.get("x-autoreply") or head.get("x-autorespond"))
        or head.get("precedence").lower() == "auto_reply"
        or message.get_content_type() == "multipart/report"
    )
    undelivered, inner = _report(message)
    name = _ID.search(head.get("message-id"))
    address = (parseaddr(head.get("from"))[1] or sender)[:250]
    return Read(
        once=name[0] if name else f"sha256:{sha256(content).hexdigest()}",
        address=address,
        answer_to=_answer_to(head, address),
        subject=" ".join(head.get("subject").split()),
        body=_body(message),
        answers=(*_ids(head.get("in-reply-to")), *_ids(head.get("references"))[::-1], *inner),
        files=tuple(_files(message)),
        automatic=answering or bulk or automatic not in {"", "no"},
        answering=answering,
        undelivered=undelivered,
    )


class _Head:
    """Heads as text; one that cannot be read is empty."""

    def __init__(self, message: Message) -> None:
        self._message = message

    def get(self, name: str) -> str:
        try:
            return str(self._message.get(name) or "")
        except (ValueError, IndexError, AttributeError, TypeError, UnicodeError):  # heads that the library cannot parse
            return next((str(value) for key, value in self._message.raw_items() if key.lower() == name), "")


def _answer_to(head: _Head, address: str) -> str:
    """Read where answers are wanted; never at a list, whose readers are not meant."""
    found = getaddresses([head.get("reply-to")])
    if len(found) != 1 or head.get("list-id") or head.get("list-post"):
        return ""
    wanted = found[0][1]
    fits = wanted.isprintable() and _ADDRESS.fullmatch(wanted)
    return wanted if fits and wanted.lower() != address.lower() else ""


def _ids(text: str) -> list[str]:
    return _ID.findall(text)[:20]


def _body(message: Message) -> str:
    """Give the words: plain where there are any, else those of the page."""
    plain, pages = [], []
    for part in message.walk():
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        if part.get_content_type() == "text/plain":
            plain.append(_text(part))
        elif part.get_content_type() == "text/html":
            pages.append(_words(_text(part)))
    return "\n".join(plain or pages).replace("\r\n", "\n").strip()


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        return content.decode(charset, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self._hidden += tag in _SKIPPED
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _SKIPPED and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


def _words(page: str) -> str:
    parser = _Words()
    parser.feed(page)
    parser.close()
    return re.sub(r"\n\s*\n+", "\n\n", "".join(parser.found)).strip()


def _files(message: Message) -> list[Came]:
    found = []
    for part in message.walk():
        words = part.get_content_type() in {"text/plain", "text/html"}
        if part.is_multipart() or (words and part.get_content_disposition() != "attachment"):
            continue
        if part.get_content_type() in {"message/delivery-status", "text/rfc822-headers"}:
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            found.append(Came(_name(part), part.get_content_type(), content))
    return found


def _name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, IndexError, AttributeError, TypeError, UnicodeError):
        name = ""
    plain = "".join(sign for sign in name if sign.isprintable()).replace("\\", "/").rpartition("/")[2]
    return plain or "file"


def _report(message: Message) -> tuple[str, tuple[str, ...]]:
    """Read from a report of delivery why a letter was not delivered, and which it was."""
    if message.get_content_type() != "multipart/report":
        return "", ()
    code = ""
    ids: tuple[str, ...] = ()
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            told = "\n".join(str(block) for block in part.get_payload()) if part.is_multipart() else _text(part)
            failed = re.search(r"(?im)^action:\s*failed", told)
            status = re.search(r"(?im)^status:\s*([45]\.\d{1,3}\.\d{1,3})", told)
            code = (status[1] if status else "5.0.0") if failed else code
        elif kind in {"message/rfc822", "text/rfc822-headers"}:
            inner = part.get_payload(0) if part.is_multipart() else email.message_from_string(_text(part))
            ids = tuple(_ids(str(inner.get("message-id") or ""))) if isinstance(inner, Message) else ()
    return code, ids
