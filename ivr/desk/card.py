"""The card of a call: who calls, why, since when, and what was promised. Opened from the records, whichever leg asks.

A secret stands in no record and so on no card; the answers are those that the caller heard read back or gave last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivr.archive.aftermath import seconds_of
from ivr.archive.calls import Archive, Seen
from ivr.archive.passages import events_of
from ivr.archive.paths import Step, path_of
from ivr.archive.story import Library, Story, story
from ivr.archive.texts import text_of
from ivr.archive.times import show_time, zone_of
from ivr.archive.wrap_ups import opened as written
from ivr.callers import WEEK, Callers, Kept
from ivr.cases import OpenCase, opened
from ivr.codec import NotCodable
from ivr.desk.plight import Plight, plight_of
from ivr.engine.effects import CreateCase, Effect, KeepRecording, SendMessage
from ivr.errors import UnknownVersion
from ivr.keys import KeyNotHeld
from ivr.privacy import NotReadable
from ivr.store.calls import Search

EARLIER = 5  # calls of the same number that are listed
YEAR = 365 * 86400.0


@dataclass(frozen=True, slots=True)
class Given:
    """One answer of the caller."""

    name: str
    value: str
    was: str = ""  # what the caller gave, where an agent has put it right


@dataclass(frozen=True, slots=True)
class Heard:
    """What the caller said, recorded."""

    sid: str
    seconds: int
    kept: bool  # it is here and can be played


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier call of the same number."""

    seen: Seen
    path: tuple[Step, ...]
    zone: str
    people: tuple[str, ...]  # who took it
    notes: tuple[str, ...]  # what they wrote


@dataclass(frozen=True, slots=True)
class CallCard:
    """One call as its agent reads it."""

    seen: Seen
    zone: str
    kept: Kept  # what staff keep of the caller
    language: str
    team: str  # the team's name
    summary: str
    path: tuple[Step, ...]
    given: tuple[Given, ...]
    recordings: tuple[Heard, ...]
    cases: tuple[OpenCase, ...]  # of this call
    asked_at: float  # when the caller asked for a person; 0: not yet
    taken_at: float | None
    calls_this_week: int  # this one too; 0 where the number is not known
    open_cases: tuple[OpenCase, ...]  # of earlier calls
    earlier: tuple[Earlier, ...]
    promised: tuple[str, ...]

    @property
    def who(self) -> str:
        """Name the caller, as far as anybody knows."""
        number = self.seen.caller or ("Number withheld" if self.seen.readable else "A number that is not readable here")
        return self.kept.name or number


def open_card(archive: Archive, library: Library, call: str, now: float) -> CallCard:
    """Open the card of a call; UnknownCall where nobody knows it. What cannot be read is left out."""
    told = story(archive, call, library)
    seen = told.call
    zone = zone_of(library, seen.version, seen.line)
    plight = plight_of(archive, library, call)
    indexes = archive.by_number(seen.caller) if seen.caller else ()
    rows = archive.store.caller_rows
    numbers = rows.open_case_numbers(indexes, EARLIER) if indexes else []
    mine = {one.case.number for one in told.cases}
    return CallCard(
        seen=seen,
        zone=zone,
        kept=_kept(archive, seen),
        language=plight.language,
        team=team_name(library, seen.version, plight.team),
        summary=plight.summary,
        path=path_of((event for scene in told.scenes if scene.heard for event in scene.events), library, seen.version),
        given=_given(plight, told),
        recordings=_recordings(told),
        cases=told.cases,
        asked_at=plight.asked_at,
        taken_at=plight.taken_at,
        calls_this_week=rows.calls_since(indexes, now - WEEK) if indexes else 0,
        open_cases=tuple(_cases(archive, [number for number in numbers if number not in mine])),
        earlier=_earlier(archive, library, seen, indexes, now),
        promised=_promised(archive, told, zone),
    )


def team_name(library: Library, version: str, team: str) -> str:
    """Name a team as its people say it."""
    try:
        found = library(version).tree.teams.get(team)
    except UnknownVersion:
        return team
    return text_of(found.name, "") if found else team


def _kept(archive: Archive, seen: Seen) -> Kept:
    if not seen.caller:
        return Kept()
    try:
        return Callers(archive.store, archive.keyring).kept(seen.caller)
    except (KeyNotHeld, NotReadable, NotCodable):
        return Kept()


def _given(plight: Plight, told: Story) -> tuple[Given, ...]:
    right: dict[str, str] = {}
    for one in told.wrap_ups:
        right |= one.said.answers if one.said else {}
    return tuple(
        Given(name, right.get(name, value), value if right.get(name, value) != value else "")
        for name, value in plight.answers.items()
    )


def _recordings(told: Story) -> tuple[Heard, ...]:
    """List what was recorded: what is still to be fetched, too."""
    seconds = {effect.sid: effect.seconds for effect in _wanted(told) if isinstance(effect, KeepRecording)}
    seconds |= seconds_of(told)
    kept = {one.sid for one in told.recordings if one.state == "kept"}
    return tuple(Heard(sid, length, sid in kept) for sid, length in seconds.items())


def _wanted(told: Story) -> Iterator[Effect]:
    for scene in told.scenes:
        if scene.heard:
            yield from scene.wanted


def _cases(archive: Archive, numbers: Sequence[str]) -> list[OpenCase]:
    found = (archive.store.cases.find(number) for number in numbers)
    return [opened(case, archive.store, archive.keyring) for case in found if case]


def _earlier(
    archive: Archive, library: Library, seen: Seen, indexes: Sequence[bytes], now: float
) -> tuple[Earlier, ...]:
    if not indexes:
        return ()
    rows = archive.store.calls.search(Search(callers=indexes, since=now - YEAR), EARLIER + 1)
    rows = [row for row in rows if row.record.call != seen.call and not row.record.pretend][:EARLIER]
    chains = archive.store.turns.chains([row.record.call for row in rows])
    made = []
    for row in rows:
        events = events_of(archive, row.record, chains.get(row.record.call, [])) or []
        other = archive.seen(row)
        wrote = [one for one in written(archive, other.call) if one.row.saved_at]
        made.append(
            Earlier(
                seen=other,
                path=path_of(events, library, other.version),
                zone=zone_of(library, other.version, other.line),
                people=tuple(one.name for one in wrote),
                notes=tuple(one.said.notes for one in wrote if one.said and one.said.notes),
            )
        )
    return tuple(made)


def _promised(archive: Archive, told: Story, zone: str) -> tuple[str, ...]:
    """Say what the caller was told to expect: a reference, a call back, a message."""
    numbers = [one.case.number for one in told.cases if not one.case.alias_of]
    numbers += [effect.number for effect in _wanted(told) if isinstance(effect, CreateCase)]
    said = [f"reference {number}" for number in dict.fromkeys(numbers)]
    backs = archive.store.call_backs.of_call(told.call.call)
    said += [f"a call back from {show_time(back.first_at, back.zone or zone)}" for back in backs]
    said += [
        f"a text by {'SMS' if effect.by == 'sms' else 'e-mail'}"
        for effect in _wanted(told)
        if isinstance(effect, SendMessage) and not effect.team
    ]
    return tuple(said)
