"""Processes that are started again when they die, renewed when they are told to, and never outlive who started them.

A renewal starts the new process beside the old one, on the same port, and stops the old one when every worker of the
new one answers: no caller finds a closed door, and every answer in hand is finished. A new one that does not come up
leaves the old one where it is.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from ivr.errors import IvrError, PortTaken
from ivr.processes.listening import Listening
from ivr.processes.parent import READY, follow

FIRST_PAUSE = 0.5  # seconds before a process that died is started again; doubled each time
LONGEST_PAUSE = 10.0
SETTLED = 30.0  # seconds after which a process counts as having started well
PATIENCE = 20.0  # seconds a process may take to stop: longer than the carrier waits for an answer
COMING = 60.0  # seconds a new process may take until it answers

log = structlog.get_logger()


@dataclass(slots=True)
class Run:
    """One process with all it forks."""

    process: subprocess.Popen[bytes]
    started: float
    news: int  # the end of the pipe on which its workers say that they answer
    until: float = 0.0  # when it is killed, once it was asked to stop
    ready: int = 0  # workers that have said so

    def hear(self) -> int:
        """Say how many workers answer."""
        with suppress(BlockingIOError):
            self.ready += len(os.read(self.news, 4096))
        return self.ready

    def stop(self) -> None:
        """Ask it to stop."""
        self.until = time.monotonic() + PATIENCE
        if self.process.poll() is None:
            self.process.terminate()

    def gone(self, name: str) -> bool:
        """Tell whether it has stopped; past its time it is killed with all it forked."""
        if self.process.poll() is None:
            if time.monotonic() < self.until:
                return False
            log.error("killed", group=name)
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.news)
        return True


@dataclass(slots=True)
class Group:
    """What does one kind of work: one process with all it forks, and for a moment the next one beside it."""

    name: str
    command: Sequence[str]
    listening: Listening | None = None  # None: there may never be two at once
    workers: int = 1  # that say when they answer
    run: Run | None = field(default=None, init=False)
    coming: Run | None = field(default=None, init=False)  # takes over when it answers
    leaving: list[Run] = field(default_factory=list, init=False)
    due: float = field(default=0.0, init=False)  # when it may be started, on the monotonic clock
    pause: float = field(default=FIRST_PAUSE, init=False)

    def start(self, environ: Mapping[str, str]) -> Run:
        """Start it in a session of its own: a Ctrl-C reaches us alone, and we stop it in order."""
        port = [] if self.listening is None else [self.listening.open()]
        news, end = os.pipe()
        os.set_blocking(news, False)
        try:
            # preexec_fn is safe here: this process has one thread.
            process = subprocess.Popen(  # noqa: S603 - our own command
                [*self.command, *(f"--bind=fd://{number}" for number in port)],
                env={**environ, READY: str(end)},
                stdin=subprocess.DEVNULL,
                pass_fds=(end, *port),
                start_new_session=True,
                preexec_fn=follow,  # noqa: PLW1509
            )
        finally:
            os.close(end)
        log.info("started", group=self.name, pid=process.pid)
        return Run(process, time.monotonic(), news)

    def renew(self, environ: Mapping[str, str]) -> None:
        """Begin to put a new process in the place of the present one."""
        if self.coming is not None:  # of a renewal just before
            self.coming.stop()
            self.leaving.append(self.coming)
            self.coming = None
        if self.run is not None and self.listening is not None:
            self.coming = self.start(environ)
        elif self.run is not None:
            self._retire(None)

    def look_after(self, environ: Mapping[str, str]) -> None:
        """Start it when it is due; when it has died, make it due; let the new one take over when it answers."""
        self.leaving = [run for run in self.leaving if not run.gone(self.name)]
        if self.coming is not None:
            self._welcome(self.coming)
        if self.run is None:
            if time.monotonic() >= self.due and (self.listening is not None or not self.leaving):
                self._try(environ)
        elif self.run.process.poll() is not None:
            self._mourn(self.run)

    def _try(self, environ: Mapping[str, str]) -> None:
        """Start it; where somebody took its port meanwhile, try again later."""
        try:
            self.run = self.start(environ)
        except PortTaken as taken:
            self.due = time.monotonic() + LONGEST_PAUSE
            log.error("not_started", group=self.name, why=str(taken), again_in=LONGEST_PAUSE)  # noqa: TRY400

    def _welcome(self, coming: Run) -> None:
        """Let the new one take over, or give it up."""
        if coming.hear() >= self.workers or self.run is None:
            log.info("renewed", group=self.name, pid=coming.process.pid)
            self._retire(coming)
        elif coming.process.poll() is not None or time.monotonic() - coming.started > COMING:
            log.error("not_renewed", group=self.name, code=coming.process.poll())
            coming.stop()
            self.leaving.append(coming)
            self.coming = None

    def _retire(self, successor: Run | None) -> None:
        if self.run is not None:
            self.run.stop()
            self.leaving.append(self.run)
        self.run, self.coming = successor, None

    def _mourn(self, run: Run) -> None:
        """Make it due; who comes meanwhile waits once, and is refused where it dies again and again."""
        lived = time.monotonic() - run.started
        self.pause = FIRST_PAUSE if lived > SETTLED else min(self.pause * 2, LONGEST_PAUSE)
        self.due = time.monotonic() + self.pause
        log.error("died", group=self.name, code=run.process.returncode, again_in=self.pause)
        if self.listening is not None and lived <= SETTLED and self.coming is None:
            self.listening.close()
        os.close(run.news)
        self.run = None

    def stop(self) -> None:
        """Ask everything of it to stop."""
        for run in (self.run, self.coming):
            if run is not None:
                run.stop()
                self.leaving.append(run)
        self.run = self.coming = None
        if self.listening is not None:
            self.listening.close()

    def stopped(self) -> bool:
        """Tell whether nothing of it is left."""
        self.leaving = [run for run in self.leaving if not run.gone(self.name)]
        return not self.leaving


@dataclass(slots=True)
class Groups:
    """All groups of one node, kept alive until we are told to stop."""

    groups: Sequence[Group]
    environ: Mapping[str, str]
    reread: Callable[[], Mapping[str, str]] | None = None  # the environment of processes to come; raises IvrError
    stopping: bool = field(default=False, init=False)
    renewing: bool = field(default=False, init=False)

    def keep(self) -> None:
        """Run until SIGTERM or SIGINT, then stop everything in order; at SIGHUP renew everything."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._renew)
        try:
            while not self.stopping:
                if self.renewing:
                    self.renewing = False
                    self.renew()
                for group in self.groups:
                    group.look_after(self.environ)
                time.sleep(0.1)
        finally:
            for group in self.groups:
                group.stop()
            while not all(group.stopped() for group in self.groups):
                time.sleep(0.02)

    def renew(self) -> None:
        """Read the environment anew, and renew every group; with a wrong one all stays as it is."""
        try:
            self.environ = self.environ if self.reread is None else self.reread()
        except IvrError as error:
            log.error("not_renewed", why=str(error))  # noqa: TRY400 - it says all there is
            return
        for group in self.groups:
            group.renew(self.environ)

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _renew(self, *_: object) -> None:
        self.renewing = True
