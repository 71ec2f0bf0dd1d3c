"""How the carrier signs a request, written from its manual so that our guard is checked by another pen."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

Fields = tuple[tuple[str, str], ...]  # a form: names and values in the order sent, doubles and blanks kept


@dataclass(frozen=True, slots=True)
class SharedKey:
    """The newer mode: HMAC-SHA256 by a key that is not the account's token."""

    id: str
    secret: str


def signed_url(url: str) -> str:
    """Cut off what the carrier does not sign: fragment, user and password, and over https the port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https" and parts.port is not None:
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def text_to_sign(url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Join the address and the form: names in byte order, equal values of a name once, blanks kept."""
    values: dict[str, set[str]] = {}
    for name, value in fields:
        values.setdefault(name, set()).add(value)
    return url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))


def signature_headers(url: str, fields: Fields, token: str, key: SharedKey | None = None) -> Mapping[str, str]:
    """Sign a request to `url` (as asked for, before `signed_url`) with this form."""
    text = text_to_sign(signed_url(url), fields).encode()
    if key is None:
        digest = hmac.new(token.encode(), text, hashlib.sha1).digest()
        return {"X-Twilio-Signature": base64.b64encode(digest).decode()}
    digest = hmac.new(key.secret.encode(), text, hashlib.sha256).digest()
    return {
        "X-Twilio-Signature": base64.b64encode(digest).decode(),
        "X-Twilio-Webhooks-Signature-Settings": f"key={key.id},algorithm=HMAC_SHA256",
    }
