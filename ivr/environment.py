"""How each value of the environment is written: read strictly, refused in words that never repeat a secret."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ivr.roles import ROLES

MOST_STREAMS = 500  # threads of one process
KEY_BYTES = 32  # the least that a secret key may have


@dataclass(frozen=True, slots=True)
class Issuer:
    """A provider of OpenID Connect by which people may sign in."""

    address: str  # as it names itself in `iss`
    client: str  # who we are there
    secret: str = field(repr=False)
    name: str  # as people know it
    trusts_email: bool  # its addresses are taken though it does not say that it verified them


@dataclass(frozen=True, slots=True)
class Smtp:
    """A server that takes our e-mail."""

    host: str
    port: int
    tls: bool  # from the first byte; else by STARTTLS, without which only this machine is talked to
    user: str = ""
    password: str = field(default="", repr=False)


def as_port(text: str) -> int:
    """Read a port number."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise ValueError(f"{text!r} is not a port, a number from 1 to 65535")
    return int(text)


def as_sender(text: str) -> str:
    """Read what text messages are sent from: a number, or the id of a messaging service."""
    if not re.fullmatch(r"\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}", text):
        raise ValueError(f"{text!r} is neither a number such as +18005550100 nor the id of a messaging service (MG…)")
    return text


def as_mail(text: str) -> str:
    """Read our own e-mail address; what stands behind a plus is ours to choose."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,24}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", text):
        raise ValueError(
            f"{text!r} is not an address such as hotline@example.org (at most 24 signs before the @, no +)"
        )
    return text.lower()


def as_smtp(text: str) -> Smtp:
    """Read `smtp://user:password@host:port`; the value is never repeated: it may hold a password."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("is not an address of a mail server") from None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise ValueError("must be smtp://user:password@host:587 or smtps://user:password@host:465")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("has a user without a password, or a password without a user")
    tls = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Smtp(parts.hostname, port or (465 if tls else 587), tls, user, password)


def as_count(text: str) -> int:
    """Read a small number."""
    if not re.fullmatch(r"[0-9]", text):
        raise ValueError(f"{text!r} is not a number from 0 to 9")
    return int(text)


def as_size(text: str) -> int:
    """Read megabytes as bytes."""
    if not re.fullmatch(r"[1-9][0-9]{0,4}", text):
        raise ValueError(f"{text!r} is not a number of megabytes, from 1 to 99999")
    return int(text) << 20


def as_streams(text: str) -> int:
    """Read how many threads the desk's streams may have."""
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) > MOST_STREAMS:
        raise ValueError(f"{text!r} is not a number from 0 to {MOST_STREAMS}")
    return int(text)


def as_pace(text: str) -> int:
    """Read how many requests a minute are answered."""
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise ValueError(f"{text!r} is not a number from 1 to 999999")
    return int(text)


def as_yes_no(text: str) -> bool:
    """Read yes or no."""
    if text not in {"yes", "no"}:
        raise ValueError(f"{text!r} is neither yes nor no")
    return text == "yes"


def as_roles(text: str) -> tuple[str, ...]:
    """Read roles written with commas; "none" is none of them."""
    roles = () if text == "none" else tuple(part.strip() for part in text.split(","))
    if wrong := [role for role in roles if role not in ROLES]:
        raise ValueError(f"{wrong[0]!r} is not a role; write some of {', '.join(ROLES)}, or none")
    return roles


def as_host(text: str) -> str:
    """Read an address or a name to listen on."""
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{1,253}", text):
        raise ValueError(f"{text!r} is not a host to listen on, such as 127.0.0.1")
    return text


def as_path(text: str) -> Path:
    """Read a path; relative ones begin at the working folder."""
    if "\0" in text:
        raise ValueError("holds a NUL character")
    return Path(text).absolute()


def as_bucket(text: str) -> tuple[str, str]:
    """Read `s3://bucket/prefix`: the bucket and the prefix, without a slash at its end."""
    match = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9._-]+)*)/?", text)
    if match is None:
        raise ValueError(f"{text!r} is not the address of a bucket such as s3://recordings/hotline")
    return match[1], match[2].removeprefix("/")


def as_address(text: str) -> str:
    """Read scheme and host. No path: the carrier signs the address as it was written."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"{text!r} is not an address") from None
    if parts.scheme not in {"http", "https"} or not host or re.search(r"[\s<>\"']", text):
        raise ValueError(f"{text!r} is not an address such as https://hotline.example.org")
    if parts.username is not None or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("must be scheme, host and port alone, such as https://hotline.example.org")
    return text.rstrip("/")


def as_file_address(text: str) -> str:
    """Read the address of a file that the carrier fetches, without query and fragment: we add one."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"{text!r} is not an address") from None
    plain = parts.username is None and not parts.query and not parts.fragment
    if parts.scheme not in {"http", "https"} or not host or not plain or re.search(r"[\s<>\"']", text):
        raise ValueError(f"{text!r} is not the address of a file such as https://files.example.org/fallback.xml")
    return text


def as_issuer(text: str) -> str:
    """Read a provider's address, as it names itself: https, or this machine alone."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"{text!r} is not an address") from None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in {"127.0.0.1", "localhost"})):
        raise ValueError(f"{text!r} is not an https address such as https://login.example.org/realms/staff")
    if parts.username is not None or parts.query or parts.fragment or re.search(r"[\s<>\"']", text):
        raise ValueError("must be an address without user, query and fragment")
    return text


def as_shown(text: str) -> str:
    """Read a few words that people see."""
    if not (text.isprintable() and 1 <= len(text.strip()) <= 40):
        raise ValueError("must be 1 to 40 letters")
    return text.strip()


def as_database(text: str) -> str:
    """Read a database URL of the two kinds we run on. The value is never repeated: it may hold a password."""
    if re.match(r"sqlite:///.", text) or re.match(r"postgresql(\+psycopg)?://.", text):
        return text
    raise ValueError("must begin with sqlite:/// or postgresql://")


def as_account(text: str) -> str:
    """Read the account's id."""
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", text):
        raise ValueError(f"{text!r} is not an account id, AC and 32 hexadecimal digits")
    return text


def as_api_key(text: str) -> str:
    """Read the id of a key of the account's."""
    if not re.fullmatch(r"SK[0-9a-fA-F]{32}", text):
        raise ValueError(f"{text!r} is not the id of a key, SK and 32 hexadecimal digits")
    return text


def as_application(text: str) -> str:
    """Read the id of an application of the account's."""
    if not re.fullmatch(r"AP[0-9a-fA-F]{32}", text):
        raise ValueError(f"{text!r} is not the id of an application, AP and 32 hexadecimal digits")
    return text


def as_token(text: str) -> str:
    """Read the carrier's secret, which is never repeated."""
    if not re.fullmatch(r"[!-~]{8,128}", text):
        raise ValueError("must be 8 to 128 visible characters without spaces")
    return text


def as_credential(text: str) -> str:
    """Read a secret that menus send outside, as a header can hold it; it is never repeated."""
    if not re.fullmatch(r"[!-~]{1,1000}", text):
        raise ValueError("must be visible characters without spaces")
    return text


def as_networks(text: str) -> tuple[str, ...]:
    """Read `127.0.0.1/32,fd00::/8`."""
    try:
        return tuple(str(ip_network(part.strip())) for part in text.split(","))
    except ValueError:
        raise ValueError(f"{text!r} is no list of networks such as 127.0.0.1/32,::1/128") from None


def as_shared_keys(text: str) -> tuple[tuple[str, str], ...]:
    """Read `id:secret,…`; the secrets are never repeated."""
    pairs = [part.strip().partition(":")[::2] for part in text.split(",")]
    for ordinal, (name, secret) in enumerate(pairs, 1):
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", name) or not re.fullmatch(r"[!-~]{8,256}", secret):
            raise ValueError(f"key {ordinal}: must be the carrier's id of it, a colon, and its secret")
    return tuple(pairs)


def as_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """Read `id:base64,…`; the keys are never repeated."""
    keys: dict[str, bytes] = {}
    for ordinal, part in enumerate(text.split(","), 1):
        name, _, encoded = part.strip().partition(":")
        if not re.fullmatch(r"[A-Za-z0-9]{1,8}", name):
            raise ValueError(f"key {ordinal}: its id must be 1 to 8 letters or digits, before a colon")
        if name in keys:
            raise ValueError(f"key {ordinal}: the id {name!r} is there twice")
        keys[name] = decode_key(encoded, ordinal)
    return tuple(keys.items())


def decode_key(encoded: str, ordinal: int) -> bytes:
    """Read one key of at least 32 bytes."""
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"key {ordinal}: what stands behind the colon is not base64") from None
    if len(key) < KEY_BYTES:
        raise ValueError(f"key {ordinal}: has {len(key)} bytes; it needs {KEY_BYTES} or more")
    return key


def as_rate(text: str) -> Decimal:
    """Read what a minute costs, in minor units: a fraction is usual."""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise ValueError(f"{text!r} is not an amount in minor units, such as 2.2 (cents)")
    return Decimal(text)


def as_currency(text: str) -> str:
    """Read a currency."""
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError(f"{text!r} is not the code of a currency, such as USD")
    return text
