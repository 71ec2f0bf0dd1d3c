"""What one node runs: voice workers, page workers and the job process, each a group of its own.

Callers and staff never share a worker or a port: a report over a year must not slow a key press.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ivr.errors import SettingError
from ivr.processes.groups import Group
from ivr.processes.listening import Listening
from ivr.settings import Settings, read_settings

GROUPS = ("voice", "pages", "jobs")
LEAVING = 5.0  # seconds in which a server of before that was killed lets go of its ports


def ports_of(settings: Settings) -> tuple[Listening, Listening]:
    """Name where callers and staff are heard."""
    voice = Listening("PORT", settings.voice_host, settings.port)
    return voice, Listening("CONSOLE_PORT", settings.console_host, settings.console_port)


def take_ports(settings: Settings, wanted: Sequence[str] = GROUPS) -> tuple[Listening, Listening]:
    """Listen for callers and staff, as far as they are `wanted` here; raise PortTaken where somebody does already.

    The ports for e-mail and metrics are only tried: those who listen there do so themselves.
    """
    ports = ports_of(settings)
    mail = Listening("MAIL_PORT", settings.mail_host, settings.mail_port)
    metrics = Listening("METRICS_PORT", settings.metrics_host, settings.metrics_port)
    mails = settings.mail_port and "jobs" in wanted
    tried = [port for port, used in ((mail, mails), (metrics, settings.metrics_port)) if used]
    for port in (*(port for group, port in zip(GROUPS, ports, strict=False) if group in wanted), *tried):
        port.open(LEAVING)
    for port in tried:
        port.close()
    return ports


def groups(
    ports: tuple[Listening, Listening], workers: int, wanted: Sequence[str] = GROUPS, *, metrics: bool = False
) -> list[Group]:
    """Name the `wanted` groups and how each is started; that of the metrics answers whatever befalls the rest."""
    voice, pages = ports
    every = [
        Group("voice", _gunicorn("webhooks.gunicorn", workers), voice, workers),
        Group("pages", _gunicorn("console.gunicorn", 1), pages, 1),
        Group("jobs", [sys.executable, "-m", "ivr", "worker"]),
    ]
    made = [group for group in every if group.name in wanted]
    if metrics:
        made.append(Group("metrics", [sys.executable, "-m", "ivr", "metrics"]))
    return made


def _gunicorn(config: str, workers: int) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "-c", f"python:{config}", "--workers", str(workers)]


def rereading(file: Path | None, started: Mapping[str, str], settings: Settings) -> Callable[[], Mapping[str, str]]:
    """Give what reads the environment anew: that of the start, with the file's lines over it.

    It raises SettingError for what a start would refuse, and for other ports: those are taken at the start.
    """

    def reread() -> Mapping[str, str]:
        environ = environment(file, started)
        told = read_settings(environ)
        if ports_of(told) != ports_of(settings) or told.metrics_port != settings.metrics_port:
            raise SettingError(
                "PORT, VOICE_HOST, CONSOLE_PORT, CONSOLE_HOST and METRICS_PORT change with a stop and a start alone"
            )
        return environ

    return reread


def environment(file: Path | None, started: Mapping[str, str]) -> dict[str, str]:
    """Put the lines `NAME=value` of a file over the environment. Raises SettingError."""
    if file is None:
        return dict(started)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{file}: cannot be read: {error}") from error
    values = {}
    for number, line in enumerate(lines, 1):
        name, equals, value = line.strip().partition("=")
        if not equals and name and not name.startswith("#"):
            raise SettingError(f"{file}:{number}: not a name with a value behind `=`")
        if equals and not name.startswith("#"):
            values[name] = value.strip("\"'")
    return {**started, **values}


def allow_files() -> None:
    """Let this process and those it starts have as many files open as the machine allows: a connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # what is allowed is enough, or there is no such limit here
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
