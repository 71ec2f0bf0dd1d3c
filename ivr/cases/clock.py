"""The clock of cases: due times are reckoned, and what is late is seen to, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import structlog

from ivr.cases.due import due_after, schedule_of, time_for
from ivr.content import Content
from ivr.errors import UnknownVersion
from ivr.facts.hours import ScheduleRefused
from ivr.store import Store
from ivr.store.case_words import NEVER
from ivr.store.cases import Case

log = structlog.get_logger()


class Clock:
    """Keeps the due times of one installation; several at work over one store do no harm."""

    def __init__(self, store: Store, content: Callable[[str], Content]) -> None:
        """Take the hours and times from the version in force; `content` gives a version (UnknownVersion)."""
        self._store = store
        self._content = content

    def run(self, now: float) -> int:
        """Reckon what is to be reckoned, and see to what is late; says how many cases there were."""
        reckoned = sum(self.reckon(case) for case in self._store.cases.to_reckon())
        seen = 0
        for case in self._store.cases.unseen_late(now):
            if self._store.cases.escalate(case, now):
                log.info("case_late", number=case.number, team=case.team, priority=max(1, case.priority - 1))
                seen += 1
        return reckoned + seen

    def reckon(self, case: Case) -> bool:
        """Reckon one case's due time."""
        return self._store.cases.reckoned(case, self.due(case))

    def due(self, case: Case) -> float:
        """Say when an answer is due; NEVER where config.yaml gives the kind no time."""
        for content in self._contents(case):
            if case.kind not in content.kinds:
                continue
            written = time_for(content, case.kind, case.priority)
            try:
                return due_after(written, schedule_of(content, case.team), case.owed_at or case.at)
            except ScheduleRefused as error:  # hours are checked before they are published
                log.warning("case_without_due", number=case.number, why=str(error))
                return NEVER
        return NEVER

    def _contents(self, case: Case) -> Iterator[Content]:
        """Give the version in force, then the one that the caller heard: a kind may be gone since."""
        call = self._store.call(case.call) if case.call else None
        for version in (self._store.versions.active(), call.version if call else None):
            try:
                if version:
                    yield self._content(version)
            except UnknownVersion:
                log.warning("version_missing", version=version[:12] if version else "")
