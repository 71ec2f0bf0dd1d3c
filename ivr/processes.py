"""Processes that are started again when they die, and that never outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

PR_SET_PDEATHSIG = 1  # Linux, prctl(2)
FIRST_PAUSE = 0.5  # seconds before a process that died is started again; doubled each time
LONGEST_PAUSE = 10.0
SETTLED = 30.0  # seconds after which a process counts as having started well
PATIENCE = 20.0  # seconds a process may take to stop: longer than the carrier waits for an answer

_prctl = getattr(ctypes.CDLL(None), "prctl", None)

log = structlog.get_logger()


def die_with_parent(number: signal.Signals) -> None:
    """Have this process signalled when its parent dies, by whatever cause. Linux alone knows how."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def _follow() -> None:
    die_with_parent(signal.SIGTERM)


@dataclass(slots=True)
class Group:
    """One process with all it forks."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0  # when it may be started, on the monotonic clock
    pause: float = FIRST_PAUSE

    def start(self, environ: Mapping[str, str]) -> None:
        """Start it in a session of its own: a Ctrl-C reaches us alone, and we stop it in order."""
        self.started = time.monotonic()
        # preexec_fn is safe here: this process has one thread.
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self.command,
            env=environ,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_follow,  # noqa: PLW1509
        )
        log.info("started", group=self.name, pid=self.process.pid)

    def look_after(self, environ: Mapping[str, str]) -> None:
        """Start it when it is due; when it has died, make it due."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start(environ)
            return
        code = self.process.poll()
        if code is not None:
            self.pause = FIRST_PAUSE if now - self.started > SETTLED else min(self.pause * 2, LONGEST_PAUSE)
            self.due = now + self.pause
            self.process = None
            log.error("died", group=self.name, code=code, again_in=self.pause)

    def stop(self) -> None:
        """Ask it to stop."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait until it has stopped; past `until` (monotonic) it is killed with all it forked."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("killed", group=self.name)  # noqa: TRY400 - the trace would say nothing
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass(slots=True)
class Groups:
    """All groups of one node, kept alive until we are told to stop."""

    groups: Sequence[Group]
    environ: Mapping[str, str]
    stopping: bool = field(default=False, init=False)

    def keep(self) -> None:
        """Run until SIGTERM or SIGINT, then stop everything in order."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            while not self.stopping:
                for group in self.groups:
                    group.look_after(self.environ)
                time.sleep(0.1)
        finally:
            for group in self.groups:
                group.stop()
            until = time.monotonic() + PATIENCE
            for group in self.groups:
                group.wait(until)

    def _stop(self, *_: object) -> None:
        self.stopping = True
