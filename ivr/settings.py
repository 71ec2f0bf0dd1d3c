"""The environment, read once at start: every wrong or missing value is named with its place, all at once.

Addresses, keys and secrets come from here and nowhere else; what a hotline *is* stands in ``config.yaml``.
The three secrets may also stand in ``IVR_DATA/local.env`` (``ivr/credentials.py`` makes it); the environment wins.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ivr.certificate import Certificate
from ivr.credentials import PAIR, read_local
from ivr.environment import (
    Issuer,
    Smtp,
    as_account,
    as_address,
    as_api_key,
    as_application,
    as_bucket,
    as_count,
    as_credential,
    as_currency,
    as_database,
    as_file_address,
    as_host,
    as_issuer,
    as_keys,
    as_mail,
    as_networks,
    as_pace,
    as_path,
    as_port,
    as_rate,
    as_roles,
    as_sender,
    as_shared_keys,
    as_shown,
    as_size,
    as_smtp,
    as_streams,
    as_token,
    as_yes_no,
)
from ivr.errors import SettingError

T = TypeVar("T")
# Pages that only this machine can open ask for no second factor: a first call must not need an app.
LEADERS = ("admin", "supervisor")  # whose sign-in opens what callers said
AT_HOME = frozenset({"127.0.0.1", "localhost", "::1"})
EVERYWHERE = "0.0.0.0"  # noqa: S104 # nosec B104 # callers come from anywhere
CARRIER = "https://api.twilio.com"
MEGABYTE = 1 << 20
CREDENTIAL = "IVR_CREDENTIAL_"  # begins the names of secrets that menus send to other systems


@dataclass(frozen=True, slots=True)
class Settings:
    """What one process was told. Paths are absolute, addresses have no slash at their end."""

    data: Path  # IVR_DATA: database, versions, keys; never in git
    config: Path  # IVR_CONFIG
    menus: Path  # IVR_MENUS
    recordings: Path  # IVR_RECORDINGS: `prompts` (our audio) and, where there is no bucket, `inbox` and `exports`
    database_url: str  # sqlite:///… or postgresql://…
    public_url: str  # as the carrier sees the voice port
    voice_host: str  # where the voice port listens
    port: int
    spool: Path  # IVR_SPOOL: where turns are kept while the database is away, best on a disk of its own
    spool_size: int  # bytes that it takes from the start
    console_host: str
    console_port: int
    console_url: str  # as people see the pages
    console_proxies: int  # proxies of ours in front of the pages: so many addresses of X-Forwarded-For are believed
    second_factor_roles: tuple[str, ...]  # who must have a second factor
    publish_review: bool  # a draft of the pages is published only when a second person has looked at it
    desk_streams: (
        int  # desk pages that are kept up to date by a stream, one thread each; further ones ask by themselves
    )
    api_per_minute: int  # requests that one token of the reading API may make in a minute
    account_sid: str
    auth_token: str = field(repr=False)
    api_url: str  # the carrier's REST host
    secret_keys: tuple[tuple[str, bytes], ...] = field(repr=False)  # (id, key): the first seals, all open
    fallback_url: str = ""  # of fallback.xml at another host; "" is our own /voice/fallback
    sms_from: str = ""  # a number of ours, or a messaging service; "" is the number that was called or written to
    smtp: Smtp | None = None
    mail_from: str = ""  # our own address
    mail_host: str = "127.0.0.1"  # where mail to that address is taken
    mail_port: int = 0  # 0: nowhere
    mail_tls: Certificate | None = None  # STARTTLS there; None: in the clear
    bucket: tuple[str, str] | None = None  # name and prefix: files of people, for all machines; None: folders here
    local_account: bool = False  # credentials of our own making: no carrier stands behind them
    shared_keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (id, secret): the carrier's HMAC-SHA256
    api_key: tuple[str, str] | None = field(default=None, repr=False)  # (id, secret): admits phones in browsers
    twiml_app: str = ""  # what a phone in a browser may call
    credentials: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (name, secret): what menus send outside
    sso: Issuer | None = None  # by whom people may sign in
    currency: str = "USD"  # ISO 4217, of the rates
    toll_free_rate: Decimal = Decimal(0)  # what the carrier takes for a minute of a caller's line, in minor units
    agent_rate: Decimal = Decimal(0)  # and of an agent's leg
    private_networks: tuple[str, ...] = ()  # that menus may ask, though they are not public; for tests
    metrics_host: str = "127.0.0.1"  # where Prometheus asks
    metrics_port: int = 0  # 0: nowhere, and nothing is counted
    traces_url: str = ""  # where spans are sent by OTLP; "": nowhere, and nothing is traced


@dataclass(slots=True)
class Reading:
    """The values at hand, and what was wrong with them so far."""

    environ: Mapping[str, str]
    local: Mapping[str, str]
    local_path: Path
    problems: list[str] = field(default_factory=list)

    def take(self, name: str, read: Callable[[str], T], fallback: T) -> T:
        """Read one value; note what is wrong and go on with the fallback, so that all problems come at once."""
        value = self.environ.get(name) or self.local.get(name)
        if not value:
            return fallback
        try:
            return read(value)
        except ValueError as problem:
            place = "environment" if self.environ.get(name) else str(self.local_path)
            self.problems.append(f"{name} ({place}): {problem}")
            return fallback

    def need(self, name: str, read: Callable[[str], T], fallback: T) -> T:
        """As `take`, but a missing value is a problem too."""
        if not (self.environ.get(name) or self.local.get(name)):
            self.problems.append(f"{name}: stands neither in the environment nor in {self.local_path}")
        return self.take(name, read, fallback)

    def credentials(self) -> tuple[tuple[str, str], ...]:
        """Take every `IVR_CREDENTIAL_<NAME>`, by its name in small letters as menus write it."""
        names = sorted(name for name, value in self.environ.items() if name.startswith(CREDENTIAL) and value)
        return tuple((name.removeprefix(CREDENTIAL).lower(), self.take(name, as_credential, "")) for name in names)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment (default: this process's); raise SettingError naming all that is wrong."""
    environ = os.environ if environ is None else environ
    data = data_folder(environ)
    local_path, local = read_local(data)
    if any(environ.get(name) for name in PAIR):  # an account from here and a token from there would never fit
        local = {name: value for name, value in local.items() if name not in PAIR}
    reading = Reading(environ, local, local_path)
    settings = gather(reading, data)
    if reading.problems:
        raise SettingError(
            "\n  ".join(["the environment is not right:", *reading.problems]),
            hint="`ivr prepare` makes what a machine of your own needs; docs/operating.md explains every name",
        )
    return settings


def data_folder(environ: Mapping[str, str]) -> Path:
    """Say where this node keeps its files."""
    return Path(environ.get("IVR_DATA") or "data").absolute()


def gather(reading: Reading, data: Path) -> Settings:
    """Take every value in turn."""
    port = reading.take("PORT", as_port, 8000)
    host = reading.take("CONSOLE_HOST", as_host, "127.0.0.1")
    console_port = reading.take("CONSOLE_PORT", as_port, 8001)
    if port == console_port:
        reading.problems.append(f"CONSOLE_PORT: {console_port} is PORT too; callers and staff never share a port")
    console_url = reading.take("CONSOLE_URL", as_address, f"http://{shown(host)}:{console_port}")
    reached = {host, urlsplit(console_url).hostname or ""}
    return Settings(
        data=data,
        config=reading.take("IVR_CONFIG", as_path, Path("config.yaml").absolute()),
        menus=reading.take("IVR_MENUS", as_path, Path("menus").absolute()),
        recordings=reading.take("IVR_RECORDINGS", as_path, Path("recordings").absolute()),
        database_url=reading.take("DATABASE_URL", as_database, f"sqlite:///{data / 'ivr.db'}"),
        public_url=reading.take("PUBLIC_URL", as_address, f"http://127.0.0.1:{port}"),
        fallback_url=reading.take("FALLBACK_URL", as_file_address, ""),
        **voice_port(reading, port),
        **spooling(reading, data),
        console_host=host,
        console_port=console_port,
        console_url=console_url,
        console_proxies=reading.take("CONSOLE_PROXIES", as_count, 0),
        second_factor_roles=reading.take("SECOND_FACTOR_ROLES", as_roles, () if reached <= AT_HOME else LEADERS),
        publish_review=reading.take("PUBLISH_REVIEW", as_yes_no, fallback=False),
        **loads(reading),
        account_sid=reading.need("TWILIO_ACCOUNT_SID", as_account, ""),
        auth_token=reading.need("TWILIO_AUTH_TOKEN", as_token, ""),
        shared_keys=reading.take("TWILIO_SHARED_KEYS", as_shared_keys, ()),
        api_url=reading.take("TWILIO_API_URL", as_address, CARRIER),
        api_key=api_key(reading),
        twiml_app=reading.take("TWILIO_TWIML_APP_SID", as_application, ""),
        secret_keys=reading.need("IVR_SECRET_KEYS", as_keys, ()),
        credentials=reading.credentials(),
        private_networks=reading.take("IVR_PRIVATE_NETWORKS", as_networks, ()),
        local_account="TWILIO_ACCOUNT_SID" in reading.local,
        sso=single_sign_on(reading),
        **rates(reading),
        **observing(reading, (port, console_port)),
        **messaging(reading, (port, console_port)),
    )


def shown(host: str) -> str:
    """Write where the pages listen as a browser asks for it."""
    everywhere = host in {EVERYWHERE, "::"}
    return "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host


def voice_port(reading: Reading, port: int) -> dict[str, Any]:
    """Take where the carrier is heard."""
    return {"voice_host": reading.take("VOICE_HOST", as_host, EVERYWHERE), "port": port}


def loads(reading: Reading) -> dict[str, Any]:
    """Take how much the pages bear."""
    return {
        "desk_streams": reading.take("DESK_STREAMS", as_streams, 50),
        "api_per_minute": reading.take("API_PER_MINUTE", as_pace, 300),
    }


def single_sign_on(reading: Reading) -> Issuer | None:
    """Take what single sign-on needs: the provider's address, our name and secret there, or none of them."""
    issuer = reading.take("OIDC_ISSUER", as_issuer, "")
    client = reading.take("OIDC_CLIENT_ID", as_credential, "")
    secret = reading.take("OIDC_CLIENT_SECRET", as_credential, "")
    named = {"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": client, "OIDC_CLIENT_SECRET": secret}
    if not any(named.values()):
        return None
    for name in (name for name, value in named.items() if not value):
        reading.problems.append(f"{name}: single sign-on needs {', '.join(named)}, and this one is not set")
    name = reading.take("OIDC_NAME", as_shown, "single sign-on")
    return Issuer(issuer, client, secret, name, reading.take("OIDC_TRUST_EMAIL", as_yes_no, fallback=False))


def rates(reading: Reading) -> dict[str, Any]:
    """Take what calls cost."""
    return {
        "currency": reading.take("CURRENCY", as_currency, "USD"),
        "toll_free_rate": reading.take("TOLL_FREE_RATE", as_rate, Decimal(0)),
        "agent_rate": reading.take("AGENT_RATE", as_rate, Decimal(0)),
    }


def spooling(reading: Reading, data: Path) -> dict[str, Any]:
    """Take where turns are kept while the database is away, and where the files of people are."""
    return {
        "bucket": reading.take("RECORDINGS_URL", as_bucket, None),
        "spool": reading.take("IVR_SPOOL", as_path, data / "spool"),
        "spool_size": reading.take("IVR_SPOOL_MB", as_size, 64 * MEGABYTE),
    }


def observing(reading: Reading, ports: tuple[int, ...]) -> dict[str, Any]:
    """Take where metrics are shown and traces are sent; `ports` are in use."""
    port = reading.take("METRICS_PORT", as_port, 0)
    if port in ports:
        reading.problems.append(f"METRICS_PORT: {port} is PORT or CONSOLE_PORT too")
    return {
        "metrics_host": reading.take("METRICS_HOST", as_host, "127.0.0.1"),
        "metrics_port": port,
        "traces_url": reading.take("TRACES_URL", as_file_address, ""),
    }


def messaging(reading: Reading, ports: tuple[int, ...]) -> dict[str, Any]:
    """Take what messages need; `ports` are in use."""
    mail_from, mail_port = reading.take("MAIL_FROM", as_mail, ""), reading.take("MAIL_PORT", as_port, 0)
    if not mail_from and (mail_port or reading.environ.get("SMTP_URL")):
        reading.problems.append("MAIL_FROM: is missing; it is the address that we write from, and that is answered")
    if mail_port in ports:
        reading.problems.append(f"MAIL_PORT: {mail_port} is PORT or CONSOLE_PORT too")
    return {
        "sms_from": reading.take("SMS_FROM", as_sender, ""),
        "smtp": reading.take("SMTP_URL", as_smtp, None),
        "mail_from": mail_from,
        "mail_host": reading.take("MAIL_HOST", as_host, "127.0.0.1"),
        "mail_port": mail_port,
        "mail_tls": mail_tls(reading),
    }


def mail_tls(reading: Reading) -> Certificate | None:
    """Take the certificate by which e-mail comes in encrypted, and its key: both or neither."""
    chain, key = reading.take("MAIL_TLS_CERT", as_path, None), reading.take("MAIL_TLS_KEY", as_path, None)
    required = reading.take("MAIL_TLS_REQUIRED", as_yes_no, fallback=False)
    if chain is not None and key is not None:
        return reading.take("MAIL_TLS_CERT", lambda _: Certificate(chain, key, required).judged(), None)
    if chain or key or required:
        reading.problems.append("MAIL_TLS_CERT: certificate and MAIL_TLS_KEY belong together, and one is not set")
    return None


def api_key(reading: Reading) -> tuple[str, str] | None:
    """Take the key that admits phones in browsers: its id and its secret, or neither."""
    name = reading.take("TWILIO_API_KEY_SID", as_api_key, "")
    secret = reading.take("TWILIO_API_KEY_SECRET", as_token, "")
    if bool(name) != bool(secret):
        lacks = "TWILIO_API_KEY_SECRET" if name else "TWILIO_API_KEY_SID"
        reading.problems.append(f"{lacks}: the id and the secret of a key belong together, and this one is not set")
    return (name, secret) if name and secret else None
