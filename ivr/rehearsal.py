"""A pretended call: a version or the working copy, a clock, a caller, begun at an address that we seal ourselves.

The phone page and ``ivr call`` both begin here. Nothing of it is counted, and its effects are shown but never relayed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.content import Content
from ivr.engine.state import CallState
from ivr.engine.tree import Line, Value
from ivr.errors import IvrError, MenuRefused, NothingPublished
from ivr.keys import Keyring
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.publishing.library import Library
from ivr.publishing.publish import earlier, recordings
from ivr.retries import RETRIES
from ivr.settings import Settings, shown
from ivr.simulator.carrier import Carrier
from ivr.store import Store
from ivr.token import START, Envelope, Pretend, Tokens

DRAFT = "draft"
VERSION = f"A version by the beginning of its hash, or `{DRAFT}` for the working copy; else the one in force."
YEARS = range(2000, 2100)  # of a caller's clock
VALID = 3600  # seconds within which the call must begin


@dataclass(frozen=True, slots=True)
class Wish:
    """What a pretended call takes for real."""

    line: str = ""  # "": the default line
    at: str = ""  # "2026-12-24 17:58" in the line's zone; "" now
    facts: Mapping[str, Value] = field(default_factory=dict)  # in place of ours: flag.storm, team.care.open, …


class Rehearsal:
    """Seals start addresses for one installation."""

    def __init__(self, settings: Settings, library: Library) -> None:
        """Take the installation's keys, and the library in which its server finds versions."""
        self._settings = settings
        self._library = library
        keyring = Keyring(settings.secret_keys)
        self._key = keyring.first
        self.tokens = Tokens(keyring, library.vocabulary)

    def working_copy(self) -> Content:
        """Compile the files as they stand and keep them as a draft; MenuRefused names every error."""
        settings = self._settings
        files = read_files(settings.config, settings.menus, settings.recordings)
        compiled = compile_hotline(files)
        if compiled.content is None:
            told = "\n".join(str(problem) for problem in compiled.problems)
            raise MenuRefused(f"the working copy has errors:\n{told}")
        self._library.keep(compiled.content, recordings(files, compiled.content))
        return compiled.content

    def start(self, content: Content, wish: Wish) -> str:
        """Give the address at which the pretended call begins."""
        line = line_of(content, wish.line)
        now = time.time()
        envelope = Envelope(
            key=self._key,
            seed=b"",
            version=content.hash,
            parent=b"",
            expires=int(now) + VALID,
            state=CallState(line=line.id),
            pretend=Pretend(moment(wish.at, line, now), wish.facts),
        )
        return f"{self._settings.public_url}/voice/t/{self.tokens.seal(envelope, START)}/step{RETRIES}"

    def carrier(self, listening: str = "") -> Carrier:
        """Give a double that signs as this installation's carrier; `listening` is where the server really is."""
        settings = self._settings
        return Carrier(
            account=settings.account_sid,
            token=settings.auth_token,
            fallback=f"{settings.public_url}/voice/fallback{RETRIES}",
            status=f"{settings.public_url}/voice/status{RETRIES}",
            addresses={settings.public_url: listening or f"http://{shown(settings.voice_host)}:{settings.port}"},
        )


def chosen_version(settings: Settings, store: Store, version: str) -> Content:
    """Find the version that people mean; see VERSION."""
    library = Library(settings.data, store.versions)
    if version == DRAFT:
        return Rehearsal(settings, library).working_copy()
    active = store.versions.active()
    if not version and active is None:
        raise NothingPublished(hint="ivr publish puts the working copy in force; --version draft takes it as it is")
    return library.get(earlier(version, store) if version else str(active))


def played(content: Content, version: str) -> str:
    """Say in one line what is played; see VERSION."""
    name = content.hash[:12]
    which = {DRAFT: f"the working copy ({name})", "": f"version {name}, which is in force"}
    return f"playing {which.get(version, f'version {name}')}"


def line_of(content: Content, wanted: str) -> Line:
    """Find a line by its id, else the default one, else the first; raise IvrError where there is no such line."""
    lines = content.tree.lines
    if wanted and wanted not in lines:
        raise IvrError(f"there is no line {wanted!r}", hint=f"one of {', '.join(lines)}")
    if wanted:
        return lines[wanted]
    return next((line for line in lines.values() if line.default), next(iter(lines.values())))


def moment(at: str, line: Line, now: float) -> float:
    """Read a moment in the line's zone as seconds since the epoch; IvrError where it is none."""
    if not at:
        return now
    try:
        read = datetime.fromisoformat(at)
        if read.year not in YEARS:
            raise IvrError(f"{at!r} is too far away", hint=f"a year from {YEARS[0]} to {YEARS[-1]}")
        return read.replace(tzinfo=ZoneInfo(line.zone)).timestamp()
    except ValueError as error:
        raise IvrError(f"{at!r} is not a moment", hint="write it as 2026-12-24 17:58") from error
