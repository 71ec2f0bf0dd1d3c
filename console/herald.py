"""Looks for all desk streams of one process, so that none of them asks the database: two threads, while any is open.

One looks at what people do, since a call that rings must be on their screen at once. The other looks at who waits and
opens the cards of those, which takes longer and must hold up no ring.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from console.desk_face import Face
from console.streams import Streams
from ivr.desk.view import view_of
from ivr.desk.watch import PEOPLE, QUEUE, Line, Scene
from ivr.errors import StoreUnavailable

LATER = 1.0  # seconds until it is looked again where the store is away

log = structlog.get_logger()


class Herald:
    """Tells each stream what its person sees. Safe for threads."""

    def __init__(self, streams: Streams, face: Face) -> None:
        """Look by the face's watch."""
        self._streams = streams
        self._face = face
        self._line: Line | None = None  # whose cards are open
        self._at_work: set[str] = set()
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Begin, where nobody looks yet: after a stream was opened."""
        with self._lock:
            for name, look, pause in (("people", self._people, PEOPLE), ("queue", self._queue, QUEUE)):
                if name not in self._at_work:
                    self._at_work.add(name)
                    thread = threading.Thread(target=self._run, args=(name, look, pause), name=name, daemon=True)
                    thread.start()

    def _run(self, name: str, look: Callable[[], None], pause: float) -> None:
        while not self._is_over(name):
            try:
                look()
            except StoreUnavailable as away:  # the beat of the streams goes on, and pages keep what they have
                log.warning("desks_not_looked_at", part=name, why=str(away))
                time.sleep(LATER)
            except Exception:
                log.exception("desks_not_looked_at", part=name)  # one bad ticket must not end it for all
                time.sleep(LATER)
            time.sleep(pause)

    def _is_over(self, name: str) -> bool:
        """Tell whether no stream is left; whoever opens the next one begins again."""
        with self._lock:
            if self._streams.desks():
                return False
            self._at_work.discard(name)
            self._line = None
            return True

    def _people(self) -> None:
        streams, going = self._streams.desks(), self._streams.going()
        watch = self._face.watch
        scene = Scene(self._line or watch.queue(), *watch.people()) if going else None
        for stream in streams:
            if scene is None:
                stream.wake()
            else:
                stream.tell(view_of(scene, stream.person, stream.teams or ()))

    def _queue(self) -> None:
        line = self._face.watch.queue()
        scene = Scene(line, *self._face.watch.people())
        for stream in self._streams.desks():
            self._face.prepare(view_of(scene, stream.person, stream.teams or ()))
        self._line = line
