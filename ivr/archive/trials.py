"""A menu tried on many past calls, in as many processes as there are cores; the records are read once, here."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ivr.archive.calls import Archive
from ivr.archive.past import Page, pages
from ivr.content import Content
from ivr.errors import UnknownVersion
from ivr.publishing.library import Library
from ivr.settings import Settings
from ivr.store.calls import Search
from ivr.trial.results import Tried
from ivr.trial.trying import Report, Trial

FEW = 300  # calls that are tried quicker than a second process starts
AHEAD = 2  # pages that wait for each process

Progress = Callable[[int], None]  # so many calls more are done
_trial: Trial  # of a process that tries


@dataclass(frozen=True, slots=True)
class Which:
    """Which past calls, and how many at most."""

    search: Search
    most: int


def trial(content: Content, archive: Archive, settings: Settings, which: Which, progress: Progress) -> Report:
    """Try a menu on past calls, the latest first."""
    report = Report()
    library = Library(settings.data, archive.store.versions)
    many = archive.store.calls.count(which.search, min(which.most, FEW + 1)) > FEW
    found = _fetched(pages(archive, which.search, which.most), library)
    for tried in (_spread if many else _here)(content, settings, found):
        progress(len(tried))
        for each in tried:
            report.add(each)
    return report


def _fetched(found: Iterator[Page], library: Library) -> Iterator[Page]:
    """Bring the versions of the calls to this disk, where the other processes find them."""
    known: set[str] = set()
    for page in found:
        wanted = {record.version for record, _ in page} | {turn.version for _, chain in page for turn in chain}
        for version in wanted - known:
            try:
                library.get(version)
            except UnknownVersion:
                continue  # the calls made in it are counted as not readable
        known |= wanted
        yield page


def _here(content: Content, settings: Settings, found: Iterator[Page]) -> Iterator[list[Tried | str]]:
    """Try a few calls in this process."""
    here = _of(content, settings.secret_keys, settings.data)
    return (here.page(page) for page in found)


def _spread(content: Content, settings: Settings, found: Iterator[Page]) -> Iterator[list[Tried | str]]:
    """Try many in a process for each core; this one reads the records meanwhile."""
    cores = len(os.sched_getaffinity(0))
    waiting: list[Future[list[Tried | str]]] = []
    start = (content, settings.secret_keys, settings.data)
    with ProcessPoolExecutor(cores, multiprocessing.get_context("spawn"), _begin, start) as pool:
        for page in found:
            waiting.append(pool.submit(_try, page))
            while len(waiting) > cores * AHEAD:
                yield waiting.pop(0).result()
        for each in waiting:
            yield each.result()


def _of(content: Content, secrets: tuple[tuple[str, bytes], ...], data: Path) -> Trial:
    return Trial(content, secrets, Library(data).get)


def _begin(content: Content, secrets: tuple[tuple[str, bytes], ...], data: Path) -> None:
    global _trial  # noqa: PLW0603 - a process of a pool keeps what it is given at its start nowhere else
    _trial = _of(content, secrets, data)


def _try(page: Page) -> list[Tried | str]:
    return _trial.page(page)
