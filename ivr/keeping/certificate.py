"""The certificate of an erasure: what was destroyed, when and at whose wish, without a word of whose it was.

It is sealed by a key of ours (HMAC-SHA256) over its canonical JSON, and names the row of the audit trail that tells of
the erasure, whose hash hangs on all rows before it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ivr.errors import IvrError
from ivr.keeping.graves import name_of
from ivr.keys import Keyring, SecretKey
from ivr.privacy import tombstones
from ivr.store import Store
from ivr.store.erasures import Deletion, Erasure, Piece

WORDS = {
    "calls": "calls: numbers, everything said and pressed, agents' notes",
    "cases": "cases (each of their numbers counts)",
    "recordings": "recordings",
    "transcripts": "recordings as written down",
    "call_backs": "promises to call back",
    "messages": "messages and notes of conversations",
    "files": "folders of files that came with messages",
    "callers": "what was kept of the number itself",
    "exports": "files for download that may have held any of it",
}
STAYS = (
    "that calls were made: their line, their times, the steps they walked and how they ended, without numbers or words",
    "marks by which late records of them are known and refused; they cannot be turned back into names or numbers",
    "at the carrier, for 40 days: that a deleted recording existed; whatever the law has it keep for its bills",
    "on machines that were switched off at the time: their own files of it, until they are at work again",
    "in backups of the database made before: sealed parts, which the installation's secret keys alone open",
)
UNFINISHED = "Not finished yet: a call still goes on, or a legal hold was set since"


class NotOurs(IvrError):
    """This certificate was not made here, or was changed."""


def certificate(store: Store, keyring: Keyring, name: str) -> dict[str, Any]:
    """Make the certificate of an erasure; UnknownErasure."""
    made = store.erasures.find(name)
    copies = store.deletions.of(name)
    marks = {mark for mark, erasure, _ in store.erasures.buried(made.at) if erasure == name}
    told = {
        "certificate": "erasure",
        "erasure": made.id,
        "asked_at": _iso(made.at),
        "asked_by": made.who,
        "asked_via": made.via,
        "destroyed": dict(made.counts),
        "pieces": [
            {"kind": piece.kind, "mark": _mark(keyring, piece, marks), "at": _iso(piece.done_at)}
            for piece in store.erasures.pieces(name)
        ],
        "finished_at": _iso(made.done_at),
        "carrier": _carrier(copies),
        "audit": _audit(store, made),
        "stays": list(STAYS),
    }
    return told | {"key": keyring.first.id, "seal": _seal(keyring.first, told)}


def verify(keyring: Keyring, told: Mapping[str, Any]) -> None:
    """Check that a certificate is ours and unchanged; NotOurs, KeyNotHeld."""
    body = {name: value for name, value in told.items() if name not in {"key", "seal"}}
    if not hmac.compare_digest(_seal(keyring.held(str(told.get("key"))), body), str(told.get("seal"))):
        raise NotOurs("the seal does not fit: the certificate was changed, or made elsewhere")


def in_words(told: Mapping[str, Any]) -> list[str]:
    """Write a certificate for people."""
    carrier = told["carrier"]
    lines = [
        f"Erasure {told['erasure']}",
        f"Asked for on {told['asked_at']} by {told['asked_by']} ({told['asked_via']})",
        f"Finished on {told['finished_at']}"
        if told["finished_at"]
        else "Not finished yet: a call still goes on, or a legal hold was set since",
        "Destroyed:",
        *(f"  {count} {WORDS.get(kind, kind)}" for kind, count in told["destroyed"].items() if count),
        *(f"  {piece['kind']} {piece['mark']} {piece['at'] or 'is still to come'}" for piece in told["pieces"]),
        f"The carrier: {carrier['gone']} of {carrier['wanted']} copies are deleted"
        + (f", the last on {carrier['last_at']}" if carrier["last_at"] else ""),
        *(f"  waiting: {one['kind']}, {one['reason'] or 'to be asked'}" for one in carrier["waiting"]),
        "What stays:",
        *(f"  {line}" for line in told["stays"]),
        f"Audit trail, row {told['audit']['row']}: {told['audit']['hash']}" if told["audit"] else "",
        f"Seal by key {told['key']}: {told['seal']}",
    ]
    return [line for line in lines if line]


def _mark(keyring: Keyring, piece: Piece, marks: set[bytes]) -> str:
    """Find the mark that was set; "" before it is, and where its key was retired."""
    return next((mark.hex() for mark in tombstones(keyring, name_of(piece.kind, piece.subject)) if mark in marks), "")


def _carrier(copies: list[Deletion]) -> dict[str, Any]:
    gone = [copy.done_at for copy in copies if copy.done_at is not None]
    waiting = [copy for copy in copies if copy.done_at is None]
    return {
        "wanted": len(copies),
        "gone": len(gone),
        "last_at": _iso(max(gone)) if gone else None,
        "waiting": [{"kind": copy.kind, "reason": copy.reason} for copy in waiting],
    }


def _audit(store: Store, made: Erasure) -> dict[str, Any] | None:
    row = store.audit.of("had a person erased", made.id)
    return {"row": row.number, "hash": row.hash.hex()} if row else None


def _seal(key: SecretKey, body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.digest(key.graves, b"certificate" + text.encode(), "sha256").hex()


def _iso(at: float | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") if at is not None else None
