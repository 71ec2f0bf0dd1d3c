"""Everything that is held of a person, by proved calls and cases: a zip that people and programs can read."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import IO, Any

from ivr.archive.as_data import case_file, piece_data, story_data
from ivr.archive.in_lines import lines_of
from ivr.archive.opening import Opened
from ivr.archive.story import Story, story
from ivr.archive.times import zone_of
from ivr.callers import Callers
from ivr.keeping.places import Places
from ivr.keeping.reach import Reach
from ivr.messages import opened
from ivr.store.audit import Deed
from ivr.store.cases import Case

READ_ME = """What we hold of you, written on {when}.

person.json   all of it, for programs
calls/        each call in plain words, with its recordings
cases/        each case, with its conversation and the files that came with it

It was found by these: {subjects}
Held as well, and not in here: the steps of the calls without your words, as figures; who of us looked at them.
"""


def write_person(at: Opened, places: Places, reach: Reach, target: IO[bytes], who: str) -> dict[str, int]:
    """Write everything to `target`; says how much of each kind. That it was done stands in the audit trail."""
    store = at.archive.store
    stories = [story(at.archive, call, at.library) for call in reach.calls]
    cases = [case for number in reach.numbers if (case := store.cases.find(number)) and not case.alias_of]
    counts = {"calls": len(stories), "cases": len(cases), "recordings": 0, "files": 0}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("person.json", json.dumps(_data(at, stories, cases), ensure_ascii=False, indent=1))
        for told in stories:
            name = told.call.call
            zone = zone_of(at.library, told.call.version, told.call.line)
            out.writestr(f"calls/{name}.txt", "\n".join(lines_of(told, zone)) + "\n")
            for recording in told.recordings:
                path = places.recording(recording.path)
                if path:
                    _put(out, places, path, f"calls/{name}-{recording.sid}.wav")
                    counts["recordings"] += 1
        for case in cases:
            out.writestr(f"cases/{case.number}.txt", "\n".join(_case_lines(at, case)) + "\n")
            for path, written in _files(at, places, case):
                _put(out, places, path, written)
                counts["files"] += 1
        subjects = ", ".join((*reach.calls, *(case.number for case in cases)))
        when = datetime.now(UTC).isoformat(timespec="seconds")
        out.writestr("READ-ME.txt", READ_ME.format(when=when, subjects=subjects))
    store.audit.add(Deed(who, "took out all that is held of a person", subjects[:200], counts))
    return counts


def _put(out: zipfile.ZipFile, places: Places, name: str, written: str) -> None:
    with places.depot.open(name) as source, out.open(written, "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target)


def _data(at: Opened, stories: list[Story], cases: list[Case]) -> dict[str, Any]:
    numbers = sorted({told.call.caller for told in stories if told.call.caller})
    callers = Callers(at.archive.store, at.archive.keyring)
    return {
        "numbers": numbers,
        "kept_of_numbers": {number: asdict(callers.kept(number)) for number in numbers},
        "calls": [story_data(told) | _more(at, told.call.call) for told in stories],
        "cases": [case_file(at.archive, case) for case in cases],
    }


def _more(at: Opened, call: str) -> dict[str, Any]:
    """Add what a story leaves out: messages that the call sent, and survey answers."""
    store, keyring = at.archive.store, at.archive.keyring
    return {
        "messages": [piece_data(opened(one, store, keyring)) for one in store.messages.of_call(call)],
        "answers": [asdict(one) | {"effect": one.effect.hex()} for one in store.answers.of_call(call)],
    }


def _case_lines(at: Opened, case: Case) -> Iterator[str]:
    told = case_file(at.archive, case)
    yield f"Case {', '.join(told['numbers'])}: {told['kind']}, {told['status']}"
    yield from (f"{name}: {value}" for name, value in {"about": told["about"], **(told["fields"] or {})}.items())
    for piece in told["conversation"]:
        when = datetime.fromtimestamp(piece["at"], UTC).isoformat(timespec="minutes")
        who = {"in": "you", "out": "we", "note": "a note of ours"}[piece["direction"]]
        yield f"{when}  {who}, {piece['channel']}: {piece['said'] or '(cannot be read any more)'}"


def _files(at: Opened, places: Places, case: Case) -> Iterator[tuple[str, str]]:
    store = at.archive.store
    for message in store.messages.of_case(*store.cases.names_of(case.number)):
        said = opened(message, store, at.archive.keyring).said
        for ordinal, file in enumerate(store.messages.files(message.id)):
            name = said.names[ordinal] if said and ordinal < len(said.names) else str(ordinal)
            safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name)[:80]
            if places.recording(file.path):
                yield file.path, f"cases/{case.number}/{message.id.hex()[:8]}-{ordinal}-{safe}"
