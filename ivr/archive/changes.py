"""The difference between two versions, with the number of last month's callers who came through each changed step."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from ivr.archive.calls import Archive
from ivr.archive.passages import Passages, passages
from ivr.content import Content
from ivr.publishing.difference import Change, differences


@dataclass(frozen=True, slots=True)
class Changes:
    """What people read before they publish."""

    changes: tuple[Change, ...]
    passages: Passages

    def lines(self) -> list[str]:
        """Write it, a step's changes together."""
        if not self.changes:
            return ["no difference"]
        lines = []
        for step, found in groupby(self.changes, key=lambda change: change.step):
            lines.append(f"{step}  ({self._callers(step)})" if step else "the hotline")
            lines += [f"  {change.text}" for change in found]
        return [*lines, self.passages.told()]

    def as_json(self) -> dict[str, object]:
        """Give every change with its callers; null where it is about the hotline."""
        told = [
            {"step": change.step, "text": change.text, "callers": self.passages.through[change.step]}
            if change.step
            else {"step": None, "text": change.text, "callers": None}
            for change in self.changes
        ]
        seen = self.passages
        return {"changes": told, "calls": seen.calls, "unreadable": seen.unreadable, "cut": seen.cut}

    def _callers(self, step: str) -> str:
        count = self.passages.through[step]
        return f"{count} caller{'' if count == 1 else 's'}"


def changes(before: Content, after: Content, archive: Archive, now: float) -> Changes:
    """Compare, and count callers where a step has changed."""
    found = tuple(sorted(differences(before, after), key=lambda change: (not change.step, change.step)))
    concerned = any(change.step in before.tree.steps for change in found)
    return Changes(found, passages(archive, now) if concerned else Passages())
