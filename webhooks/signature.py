"""Refuse what the carrier did not sign.

The carrier signs the exact public address it called, then every form field sorted by name, each name followed by its
value; of a name that came twice the values are sorted and said once each. Base64 of HMAC-SHA1 under the account's
auth token, or of HMAC-SHA256 under a shared key that a second header names. Source: the carrier's security page and
its own ``twilio.request_validator``, the oracle of our tests.
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import permutations
from urllib.parse import parse_qs, urlsplit

from webhooks.form import Form

MOST_ORDERS = 4  # parameters of a query that are tried in every order: 24 tries

_ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says of its signature."""

    signature: str  # X-Twilio-Signature; "" where it is missing
    settings: str = ""  # X-Twilio-Webhooks-Signature-Settings


class Seal:
    """The carrier's signature on requests to one public address."""

    def __init__(self, public_url: str, auth_token: str, shared_keys: Mapping[str, str] | None = None) -> None:
        """Prepare both forms of the address: the carrier signs now with, now without the port.

        `shared_keys` are secrets by the id that the settings header names.
        """
        self._bases = _both_ports(public_url)
        self._token = _keyed(auth_token)
        self._shared = {name: _keyed(secret) for name, secret in (shared_keys or {}).items()}

    def signed(self, target: str, form: Form, claim: Claim) -> bool:
        """Tell whether the carrier signed this form for this request target (raw path and raw query)."""
        return self._matches(target, _spoken(form), claim)

    def signed_body(self, target: str, body: bytes, claim: Claim) -> bool:
        """Tell whether the carrier signed this JSON body, whose hash stands in the query."""
        named = parse_qs(urlsplit(target).query).get("bodySHA256", [""])[0]
        hashed = hmac.compare_digest(named.encode(), sha256(body).hexdigest().encode())
        return hashed and self._matches(target, "", claim)

    def _matches(self, target: str, fields: str, claim: Claim) -> bool:
        begun = self._begun(claim.settings)
        if begun is None:
            return False
        theirs = claim.signature.encode()
        for way in _orders(target):
            for base in self._bases:
                ours = begun.copy()
                ours.update(f"{base}{way}{fields}".encode())
                if hmac.compare_digest(b2a_base64(ours.digest(), newline=False), theirs):
                    return True
        return False

    def _begun(self, settings: str) -> hmac.HMAC | None:
        """Choose key and algorithm, None for one we do not know; without the header it is the auth token and SHA-1."""
        if not settings:
            return self._token["sha1"]
        named = dict(part.strip().partition("=")[::2] for part in settings.split(","))
        algorithm = _ALGORITHMS.get((named.get("algorithm") or "HMAC_SHA1").strip().upper(), "")
        return self._shared.get(named.get("key", "").strip(), self._token).get(algorithm)


def _keyed(secret: str) -> dict[str, hmac.HMAC]:
    """Begin a hash of each algorithm with a key, to be copied: `hmac.digest` lets another thread in at each call."""
    return {algorithm: hmac.new(secret.encode(), digestmod=algorithm) for algorithm in _ALGORITHMS.values()}


def _both_ports(public_url: str) -> tuple[str, str]:
    """Write the address with and without its port, as it is written first; user and password are never signed."""
    parts = urlsplit(public_url)
    host = parts.netloc.rpartition("@")[2]
    other = f"{host}:{_PORTS.get(parts.scheme, 80)}" if parts.port is None else host.rpartition(":")[0]
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{host}{path}", f"{parts.scheme}://{other}{path}"


def _spoken(form: Form) -> str:
    """Write the fields as they are signed."""
    if form.repeated:
        return "".join([name + value for name, value in sorted(set(form.repeated))])
    fields = form.fields
    return "".join([name + fields[name] for name in _in_order(tuple(fields))])


@lru_cache(maxsize=32)
def _in_order(names: tuple[str, ...]) -> list[str]:
    """Sort names; a call's requests have the same few sets of them."""
    return sorted(names)


def _orders(target: str) -> Iterator[str]:
    """Give the target as it came, then with its query in other orders.

    The carrier may sort a query that it signed unsorted (twilio-php issue 790). Our own addresses have no query; one
    that an operator gave to the number may have.
    """
    yield target
    path, mark, query = target.partition("?")
    parts = query.split("&")
    if mark and 1 < len(parts) <= MOST_ORDERS:
        for order in permutations(parts):
            yield f"{path}?{'&'.join(order)}"
