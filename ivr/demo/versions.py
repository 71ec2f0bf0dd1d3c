"""The versions of the menu that the history went through: the working copy, and what may have been before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ivr.content import Content
from ivr.demo.plan import Day
from ivr.menu.compile import compile_hotline
from ivr.menu.config import PATH
from ivr.publishing.publish import Author, put_in_force, recordings, refused
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.bulk import Bulk

Files = Mapping[str, bytes]
SECOND_LINE = """lines:
  business:
    number: "+18005550110"
    zone: Europe/Copenhagen
    start: main
    person: front_desk
    languages: [en-US, da-DK]
"""
RINGING = """    by: ring
    ring: ["+15005550105"]
"""
QUEUEING = """    by: queue
    patience: 4 min
    target: 30 s
"""
WAITING = """  busy: front_desk
  while_waiting:
    keys:
      1: {to: be called back, then: call_me}
"""
CALL_ME = """
call_me:
  call_back: service
  failed: message.start
  then: goodbye
"""
SEEDED = ("teams: [complaints]", "teams: [complaints, service]")  # somebody is to take their calls
CALL_ME_IN = {"da-DK": "blive ringet op", "hu-HU": "visszahívást kérni", "lv-LV": "saņemt atzvanu"}
AUTHORS = ("Ida Holm", "Mikkel Lund", "Ida Holm", "Sofie Dahl")
WHY = ("the first menu", "Complaints on key 2", "A line for businesses", "Bills and meters wait in a queue")


def _lines(files: Files) -> Files:
    """Add a line for businesses."""
    text = files[PATH].decode()
    return {**files, PATH: text.replace("lines:\n", SECOND_LINE, 1).encode()}


def _queues(files: Files) -> Files:
    """Let the callers of one team wait in a queue, where they may ask to be called back."""
    config, path = files[PATH].decode(), "menus/doubts.yaml"
    text, way = files.get(path, b"").decode(), "  transfer: service\n"
    if RINGING not in config or way not in text:
        return files
    made = {
        path: text.replace(way, way + WAITING) + CALL_ME,
        PATH: config.replace(RINGING, QUEUEING, 1).replace(*SEEDED),
    }
    for language, words in CALL_ME_IN.items():
        spoken = f'  of: "7266a168"\n  while_waiting:\n    keys:\n      1: {words}\n'
        locale = f"menus/locales/{language}.yaml"
        both = "".join(f"\ndoubts.{step}:\n{spoken}" for step in ("bill", "desk"))
        made[locale] = files.get(locale, b"").decode() + both
    return {**files, **{name: each.encode() for name, each in made.items()}}


def _swapped(one: str, other: str) -> Callable[[Files], Files]:
    """Let two choices of the first menu change their keys."""

    def edit(files: Files) -> Files:
        path = "menus/main.yaml"
        text = files.get(path, b"").decode()
        keys = {one: other, other: one}
        change = re.compile(rf"^    ([{one}{other}]):", re.MULTILINE)
        return {**files, path: change.sub(lambda found: f"    {keys[found[1]]}:", text).encode()}

    return edit


# The oldest first; each edits the working copy. What does not compile, or changes nothing, was never published.
EDITS: tuple[tuple[Callable[[Files], Files], ...], ...] = (
    (_swapped("1", "2"),),
    (_swapped("2", "3"),),
    (_swapped("1", "3"), _lines),
    (_lines, _queues),
)


@dataclass(frozen=True, slots=True)
class Reign:
    """A version, and the first day on which it was in force."""

    content: Content
    first: int  # number of the day


def published(files: Files, days: list[Day], store: Store, settings: Settings) -> list[Reign]:
    """Publish the versions one after the other, each in force from its own time on; MenuRefused where none can be."""
    last = compile_hotline(files)
    if last.content is None:
        raise refused(last, "the working copy has errors, so there is no menu for callers to walk through")
    found: dict[str, tuple[Content, Files]] = {}
    for edits in EDITS:
        made = files
        for edit in edits:
            made = edit(made)
        content = compile_hotline(made).content
        if content is not None:
            found[content.hash] = (content, made)
    reigns = []
    bulk = Bulk(store.database)
    for before in store.versions.history(10_000):
        bulk.change("switches", {"at": min(before.at, days[0].begins - 3600)}, {"number": before.number})
    for place, (content, made) in enumerate(found.values()):
        first = place * len(days) // len(found)
        at = days[first].begins - 3600
        author = Author(AUTHORS[place % len(AUTHORS)], WHY[place % len(WHY)])
        put_in_force(content, recordings(made, content), author, store, settings.data)
        switch = store.versions.last()
        bulk.change("versions", {"at": at}, {"hash": content.hash})
        bulk.change("switches", {"at": at}, {"number": switch.number if switch else 0})
        reigns.append(Reign(content, first))
    return reigns


def in_force(reigns: list[Reign], day: Day) -> Content:
    """Say which version answers on a day."""
    return next(reign.content for reign in reversed(reigns) if reign.first <= day.number)
