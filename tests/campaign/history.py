"""What the carrier's double sent, got, and did: one JSON object a line, which the checker reads.

Every line has `what` and `at` (seconds since the epoch); the rest depends on `what`:

* `asked`: one attempt at one request: `ask` (the same for all copies of the same bytes), `part` (own, copy, late,
  stray, forged), `call`, `leg`, `parent`, `path`, `form`, `node`, `sent`, `done`, `status` (0: no answer, and `why`),
  `answer`, `heard` (whether the double went on with this answer).
* `rest`: one request of ours to the carrier: `method`, `target`, `body`, `status`, `answer` (a hash where it is long).
* `over`: a caller's call has ended at the carrier: `call`, `status`.
* `recorded`: the carrier has made a recording: `sid`, `call`, `seconds`.
* `weather`: what was done to us: `did`, `since`, `until`, and `away` where the database was kept from
  us: then until all is folded.
* `spooled`: what waited in a node's spool while the database was away: `records`, each number, table and id.
* `left`: what the carrier holds at the end: `queues` (name -> callers in it), `texts` (`sid`, `to`, `body`).
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from ivr.simulator.replies import Reply
from ivr.simulator.web import Ask

LONG = 20_000  # bytes of an answer by REST that is kept as it is


class History:
    """Writes the lines; safe for threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: Counter[str] = Counter()
        self._file = path.open("w", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, what: str, **told: object) -> None:
        line = json.dumps({"what": what, "at": time.time(), **told}, ensure_ascii=False)
        with self._lock:
            self.counts[what] += 1
            self._file.write(line + "\n")

    def asked(self, ask: Ask, **told: object) -> None:
        """Write one attempt down."""
        parts, form = urlsplit(ask.url), (ask.body or b"").decode()
        given = parse_qs(form, keep_blank_values=True)
        leg = given.get("CallSid", [""])[0]
        parent = given.get("ParentCallSid", [""])[0]
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        self.write("asked", ask=ask_of(ask), call=parent or leg, leg=leg, parent=parent, path=path, form=form, **told)

    def rest(self, method: str, target: str, body: bytes, reply: Reply) -> None:
        """Write down what was asked of the carrier; a witness of its REST side."""
        answer = reply.body.decode("latin-1")
        if len(reply.body) > LONG or reply.type.startswith("audio/"):
            answer = f"sha256 {hashlib.sha256(reply.body).hexdigest()}"
        self.write("rest", method=method, target=target, body=body.decode(), status=reply.status, answer=answer)

    def close(self) -> None:
        self._file.close()


def ask_of(ask: Ask) -> str:
    """Name a request by its bytes."""
    return hashlib.sha256(ask.url.partition("#")[0].encode() + b"\n" + (ask.body or b"")).hexdigest()[:20]
