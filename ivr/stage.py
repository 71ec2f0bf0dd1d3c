"""A stage for pretended calls: a voice server of their own on a free port, and what our records say of each call.

``ivr call``, ``ivr test`` and the scenario tests play here. `Rehearsal` begins a call; the carrier's double plays it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from socket import socket
from typing import Self

from ivr.archive.wording import wanted
from ivr.content import Content
from ivr.credentials import keep_local
from ivr.engine.events import CaseOpened, Event
from ivr.errors import IvrError, UnknownCall
from ivr.keys import Keyring
from ivr.menu.files import read_files
from ivr.node import Node
from ivr.privacy import key_of
from ivr.publishing.library import Library
from ivr.publishing.publish import Author, publish
from ivr.rehearsal import Rehearsal, Wish
from ivr.replay import check, heard, reel
from ivr.settings import Settings, read_settings
from ivr.simulator.call import Call
from ivr.simulator.carrier import Carrier
from ivr.simulator.scenario import Scenario
from ivr.store import Store
from ivr.turns import Told, read_told
from ivr.worker.addresses import pretended_leg

PATIENCE = 20.0  # seconds that a server may take until its first answer


class NotStarted(IvrError):
    """The voice server did not start."""


@contextmanager
def voice_server(environ: Mapping[str, str]) -> Iterator[Settings]:
    """Run one voice worker on a free port of this machine until the block is left; what it says is kept in a file."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {**environ, "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    settings = read_settings(own)
    command = [sys.executable, "-m", "gunicorn", "-c", "python:webhooks.gunicorn"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603 -- our own command
            [*command, "--bind", f"127.0.0.1:{port}", "--workers", "1"],
            env=own,
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl-C at the phone is ours to handle
        )
        try:
            if not _answers(process, port):
                log.seek(0)
                raise NotStarted(f"the voice server did not start:\n{log.read().decode(errors='replace')}")
            yield settings
        finally:
            process.terminate()
            process.wait(30)


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.02)
        else:
            return True
        finally:
            connection.close()
    return False


class Records:
    """What an installation's records say of a call."""

    def __init__(self, settings: Settings, node: Node, rehearsal: Rehearsal) -> None:
        """Read with this installation's keys."""
        self._keyring = Keyring(settings.secret_keys)
        self._public_url = settings.public_url
        self._node = node
        self._rehearsal = rehearsal

    def agents_leg(self, call: Call, target: str) -> tuple[str, str]:
        """Offer a caller who waits to somebody who is played: the addresses of the leg."""
        action = call.awaiting.action if call.awaiting else ""
        token = action.partition("/voice/t/")[2].partition("/")[0]
        pretend = self._rehearsal.tokens.open(token, call.sid, time.time()).pretend
        at = (call.sid, target, pretend.began if pretend else 0.0)
        return pretended_leg(self._node.store, self._keyring, self._public_url, at)

    def place(self, call: Call) -> str:
        """Say at which step of the menu a call stands, or stood last."""
        action = call.awaiting.action if call.awaiting else ""
        _, found, rest = action.partition("/voice/t/")
        if found:
            token = rest.partition("/")[0]
            return self._rehearsal.tokens.open(token, call.sid, time.time()).state.place
        turns = heard(self._node.store.chain(call.sid))
        return turns[-1].place if turns else ""

    def events(self, call: Call) -> list[Event]:
        """Give what was noted in the turns of a call, first to last."""
        return [event for told in self.told(call) for event in told.events]

    def told(self, call: Call) -> list[Told]:
        """Give what the turns of a call tell, first to last.

        A call that is over is ended as the job process would: the way on through steps that need no caller.
        """
        store = self._node.store
        record = store.call(call.sid)
        if record is None:
            raise UnknownCall(f"no record of call {call.sid}")
        if call.over:
            self._node.switchboard.end(call.sid, time.time())
        key = key_of(record, self._keyring)
        turns = [turn for turn in store.chain(call.sid) if turn.kind != "side"]
        return [read_told(turn, key) for turn in turns]

    def replay(self, call: Call) -> int:
        """Run every turn again from its record."""
        store = self._node.store
        record = store.call(call.sid)
        if record is None:
            raise UnknownCall(f"no record of call {call.sid}")
        return check(reel(record, store.chain(call.sid), self._keyring, self._node.library.get))


@dataclass(frozen=True, slots=True)
class Files:
    """Where a hotline's files lie."""

    config: Path
    menus: Path
    recordings: Path

    @classmethod
    def working_copy(cls, environ: Mapping[str, str]) -> Files:
        """Name the files that people are at work on."""
        names = (("IVR_CONFIG", "config.yaml"), ("IVR_MENUS", "menus"), ("IVR_RECORDINGS", "recordings"))
        return cls(*(Path(environ.get(name) or default).absolute() for name, default in names))

    @classmethod
    def under(cls, folder: Path) -> Files:
        """Name the files of a hotline that lies in one folder."""
        return cls(folder / "config.yaml", folder / "menus", folder / "recordings")


class Stage:
    """One hotline, published on an installation that is thrown away afterwards. A context manager."""

    def __init__(self, files: Files) -> None:
        """Remember what will be played."""
        self._files = files
        self._stack = ExitStack()
        self.content: Content
        self._records: Records
        self._rehearsal: Rehearsal
        self._carrier: Carrier

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open(self) -> None:
        data = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ivr-stage-")))
        environ = {name: value for name, value in os.environ.items() if not _is_ours(name)}
        environ["IVR_DATA"] = str(data)
        keep_local(data, environ)
        version = self._publish(data)
        settings = self._stack.enter_context(voice_server(environ))
        node = Node(settings)
        self._stack.callback(node.close)
        node.start()
        self.content = node.library.get(version)
        self._rehearsal = Rehearsal(settings, node.library)
        self._carrier = self._rehearsal.carrier()
        self._records = Records(settings, node, self._rehearsal)

    def _publish(self, data: Path) -> str:
        try:
            files = read_files(self._files.config, self._files.menus, self._files.recordings)
        except OSError as error:
            raise IvrError(f"cannot read {error.filename}: {error.strerror}") from error
        store = Store("", data)
        try:
            store.upgrade()
            return publish(files, Author("stage", ""), store, data).version
        finally:
            store.close()

    def begin(self, scenario: Scenario) -> tuple[Carrier, str]:
        """Give the carrier that plays and the address at which the pretended call begins."""
        wish = Wish(scenario.line, scenario.moment, dict(scenario.facts))
        return self._carrier, self._rehearsal.start(self.content, wish)

    def agents_leg(self, call: Call, target: str) -> tuple[str, str]:
        """Offer a caller who waits to somebody who is played: the addresses of the leg."""
        return self._records.agents_leg(call, target)

    def place(self, call: Call) -> str:
        """Say at which step of the menu the call stands."""
        return self._records.place(call)

    def cases(self, call: Call) -> Sequence[str]:
        """Give the kinds of the cases opened in this call so far."""
        return [event.kind for event in self.events(call) if isinstance(event, CaseOpened)]

    def outbox(self, call: Call) -> Sequence[str]:
        """Say what is to be done outside the call so far."""
        return [wanted(effect) for told in self._records.told(call) for effect in told.effects]

    def replay(self, call: Call) -> int:
        """Run every turn of a call again and count them; NotTheSame where one gives something else."""
        return self._records.replay(call)

    def events(self, call: Call) -> list[Event]:
        """Give what was noted of a call so far; of one that is over also the way on after a hang-up."""
        return self._records.events(call)


class Installed:
    """This installation: its published versions and drafts of the working copy, on its server or one of our own."""

    def __init__(self, version: str, url: str, environ: Mapping[str, str]) -> None:
        """Play a version ("" is the working copy as a draft) at a server that listens at `url` ("" starts one)."""
        self._version, self._url, self._environ = version, url, environ
        self._stack = ExitStack()
        self.content: Content
        self._rehearsal: Rehearsal
        self._carrier: Carrier

    def __enter__(self) -> Self:
        try:
            settings = read_settings(self._environ)
            if not self._url:
                settings = self._stack.enter_context(voice_server(self._environ))
            store = Store(settings.database_url, settings.data)
            self._stack.callback(store.close)
            library = Library(settings.data, store.versions)
            self._rehearsal = Rehearsal(settings, library)
            self._carrier = self._rehearsal.carrier(self._url)
            self.content = library.get(self._named(library)) if self._version else self._rehearsal.working_copy()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _named(self, library: Library) -> str:
        found = [name for name in library.hashes() if name.startswith(self._version)]
        if len(found) != 1:
            raise IvrError(f"{len(found)} versions begin with {self._version!r}", hint="ivr versions lists them")
        return found[0]

    def begin(self, scenario: Scenario) -> tuple[Carrier, str]:
        """Give the carrier that plays and the address at which the pretended call begins."""
        wish = Wish(scenario.line, scenario.moment, dict(scenario.facts))
        return self._carrier, self._rehearsal.start(self.content, wish)


def _is_ours(name: str) -> bool:
    return name.startswith(("IVR_", "TWILIO_")) or name in {"DATABASE_URL", "PUBLIC_URL", "PORT", "CONSOLE_URL"}


def files_of(scenario: Scenario, working_copy: Files) -> Files:
    """Say which hotline a scenario plays."""
    if not scenario.menu:
        return working_copy
    return Files.under((Path(scenario.path).parent / scenario.menu).resolve())
