"""Our own address, and the one that names a case: `hotline+c10017.<mark>@example.org`.

The mark is made with the first secret key, so that nobody writes on a case who was not written to.
"""

from __future__ import annotations

import base64
import hmac
import re

from ivr.keys import Keyring, SecretKey

_TAG = re.compile(r"([a-z]{1,2}[0-9]{2,12})\.([a-z2-7]{16})", re.ASCII)


def reply_address(keyring: Keyring, own: str, case: str) -> str:
    """Make the address to which answers about a case go."""
    local, _, domain = own.partition("@")
    return f"{local}+{case.lower()}.{_mark(keyring.first, case)}@{domain}"


def is_ours(own: str, address: str) -> bool:
    """Say whether mail to an address is for us: our own address, with or without something behind a plus."""
    local, _, domain = address.lower().rpartition("@")
    wanted, _, here = own.partition("@")
    return domain == here and local.partition("+")[0] == wanted


def case_in(keyring: Keyring, own: str, address: str) -> str:
    """Read which case an address names; "" where it names none, or not by our mark."""
    local = address.lower().rpartition("@")[0]
    tag = _TAG.fullmatch(local.partition("+")[2])
    if tag is None or not is_ours(own, address):
        return ""
    case = tag[1].upper()
    return case if any(hmac.compare_digest(_mark(key, case), tag[2]) for key in keyring) else ""


def message_id(own: str, message: bytes) -> str:
    """Write the Message-ID of a message of ours."""
    return f"<{message.hex()}@{own.partition('@')[2]}>"


def _mark(key: SecretKey, case: str) -> str:
    return base64.b32encode(key.record_id(b"reply", case.encode())[:10]).decode().lower()
