"""What other systems are told, and how they know that we said it: Standard Webhooks (standardwebhooks.com), version 1.

A message says what happened and to what, never who called or what was said: that is read by the API, with a token.
"""

from __future__ import annotations

import binascii
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import structlog

from ivr.errors import IvrError
from ivr.inquiries.addresses import Inner, Network, NotAsked, resolve
from ivr.inquiries.exchange import Request
from ivr.keys import Keyring
from ivr.privacy import open_named, seal_named
from ivr.store import Store
from ivr.store.hooks import CALL_ENDED, CASE_OPENED, EVENTS, MENU_PUBLISHED, RECORDING_SAVED, TEST, Delivery, Hook

SECRET = 32  # bytes
BEGINS = "whsec_"
LONGEST = 500  # characters of an address
LOOK_UP = 3.0  # seconds in which a name server says where a name leads, while somebody waits for the page
HERE = frozenset({"localhost", "127.0.0.1", "::1"})

log = structlog.get_logger()


class BadHook(IvrError):
    """A webhook cannot be made like this."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: to tell this address of these events."""

    url: str
    events: Sequence[str]
    by: str  # a person's name
    at: float  # seconds since the epoch


def new_hook(wish: Wish, keyring: Keyring, inside: tuple[Network, ...] = ()) -> tuple[Hook, str]:
    """Make a webhook and the secret that signs its messages, which is shown once. BadHook says what is wrong."""
    judge_url(wish.url, inside)
    if not wish.events or not set(wish.events) <= EVENTS.keys():
        raise BadHook("a webhook needs something that it is told of", hint=", ".join(EVENTS))
    ident, raw = "wh_" + secrets.token_hex(6), secrets.token_bytes(SECRET)
    sealed = seal_named(keyring.first, b"hook", ident.encode(), raw)
    chosen = tuple(event for event in EVENTS if event in wish.events)
    return Hook(ident, wish.url, chosen, keyring.first.id, sealed, wish.by, wish.at), BEGINS + written(raw)


def judge_url(url: str, inside: tuple[Network, ...] = ()) -> None:
    """Take https alone, but for this machine itself, and the public network alone, but for `inside`; BadHook says why.

    A name without an address today is taken: each message judges anew where it goes.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadHook("this is not an address", hint="https://crm.example/hotline") from None
    host = parts.hostname or ""
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST and port != 0
    if not plain or not host or parts.username or parts.fragment:
        raise BadHook("this is not an address that can be told", hint="https://crm.example/hotline")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in HERE):
        raise BadHook("messages go by https alone", hint="https://crm.example/hotline")
    try:
        resolve(host, port or 443, time.monotonic() + LOOK_UP, inside)
    except Inner as error:
        raise BadHook(str(error), hint="networks of your own that may be told stand in IVR_PRIVATE_NETWORKS") from error
    except NotAsked as error:
        log.info("webhook_without_address", host=host, why=str(error))


def secret_of(hook: Hook, keyring: Keyring) -> bytes:
    """Open a webhook's secret; KeyNotHeld or NotReadable where that cannot be."""
    return open_named(keyring.held(hook.key), b"hook", hook.id.encode(), hook.secret)


def request_of(hook: Hook, delivery: Delivery, secret: bytes, body: bytes, now: float) -> Request:
    """Write one message, signed."""
    parts = urlsplit(hook.url)
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    stamp = str(int(now))
    headers = {
        "webhook-id": delivery.id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + written(hmac.digest(secret, f"{delivery.id}.{stamp}.".encode() + body, "sha256")),
    }
    return Request("POST", parts.hostname or "", parts.port or (443 if secure else 80), secure, path, headers, body)


def written(raw: bytes) -> str:
    """Write bytes as base64."""
    return binascii.b2a_base64(raw, newline=False).decode()


def body_of(delivery: Delivery, store: Store) -> bytes:
    """Write what happened as JSON."""
    when = datetime.fromtimestamp(delivery.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told = {"type": delivery.event, "timestamp": when, "data": dict(_DATA[delivery.event](store, delivery.subject))}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _call(store: Store, call: str) -> Mapping[str, Any]:
    row = store.calls.find(call)
    if row is None:
        return {"call": call}
    told = {"call": call, "line": row.record.line, "version": row.record.version, "pretend": row.record.pretend}
    return told | {"began": row.record.at, "ended": row.ended_at, "outcome": row.outcome, "talked": row.talked}


def _case(store: Store, number: str) -> Mapping[str, Any]:
    case = store.cases.find(number)
    shown = ("kind", "team", "priority", "language", "call", "at")
    return {"number": number} | ({name: getattr(case, name) for name in shown} if case else {})


def _recording(store: Store, sid: str) -> Mapping[str, Any]:
    found = store.recordings.find(sid)
    return {"recording": sid} | ({"call": found.call, "seconds": found.seconds, "size": found.size} if found else {})


def _menu(store: Store, number: str) -> Mapping[str, Any]:
    switch = store.versions.switched(int(number))
    told = {"version": switch.hash, "author": switch.author, "comment": switch.comment} if switch else {}
    return {"number": int(number)} | told


def _test(_store: Store, subject: str) -> Mapping[str, Any]:
    return {"asked_by": subject.partition("/")[0]}


_DATA: Mapping[str, Callable[[Store, str], Mapping[str, Any]]] = {
    CALL_ENDED: _call,
    CASE_OPENED: _case,
    RECORDING_SAVED: _recording,
    MENU_PUBLISHED: _menu,
    TEST: _test,
}
