"""Live streams of desk and wall: one thread each, one desk for each agent, never so many that other pages must wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Response, stream_with_context

from ivr.desk.view import View

SCREENS = 6  # walls of one person at once: every one has a thread that others may need
FULL = "retry: 30000\nevent: full\ndata: {}\n\n"  # no thread is left: the page asks by itself, and tries again later


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream; a desk's sleeps until what its person sees has changed."""

    person: str
    teams: Sequence[str] | None  # None: it is no desk's, and looks for itself
    going: Callable[[], bool]  # as long as this process does
    view: View | None = None  # None: nobody has been able to look yet
    replaced: bool = False
    _news: threading.Event = field(default_factory=threading.Event)

    def tell(self, view: View) -> None:
        """Show what the person sees now."""
        if view != self.view:
            self.view = view
            self._news.set()

    def wake(self) -> None:
        """Have it look whether it is to end."""
        self._news.set()

    def rest(self, seconds: float) -> bool:
        """Wait for news; False where the stream is to end."""
        self._news.wait(seconds)
        self._news.clear()
        return not self.replaced and self.going()


class Streams:
    """All streams of one process. Safe for threads."""

    def __init__(self, most: int) -> None:
        """Let at most so many be open."""
        self._most = most
        self._open: dict[str, Stream] = {}
        self._lock = threading.Lock()
        self.going: Callable[[], bool] = lambda: True  # gunicorn says when the process is to stop

    def desks(self) -> list[Stream]:
        """List those of desks."""
        with self._lock:
            return [each for each in self._open.values() if each.teams is not None]

    @contextmanager
    def begin(self, person: str, teams: Sequence[str] | None = None) -> Iterator[Stream | None]:
        """Open a person's stream in place of the one they had; None where all are taken."""
        made = self._enter(person, teams)
        try:
            yield made
        finally:
            with self._lock:
                if made is not None and self._open.get(person) is made:
                    del self._open[person]

    def screen(self, person: str) -> str:
        """Name a place for one more wall of a person; their first, where they have too many: it is not another's."""
        places = [f"wall {person} {number}" for number in range(SCREENS)]
        with self._lock:
            return next((place for place in places if place not in self._open), places[0])

    def _enter(self, person: str, teams: Sequence[str] | None) -> Stream | None:
        with self._lock:
            before = self._open.get(person)
            if before is None and len(self._open) >= self._most:
                return None
            if before is not None:
                before.replaced = True
                before.wake()
            made = Stream(person, teams, self.going)
            self._open[person] = made
            return made


def response_of(events: Iterator[str]) -> Response:
    """Answer with events as they come, past whatever would gather them or keep them on the way."""
    return Response(
        stream_with_context(events),
        mimetype="text/event-stream",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )
