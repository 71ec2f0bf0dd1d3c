"""What is tried on a draft while people read on: its scenarios, and past calls; how far it is stands in the store."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import structlog

from ivr.archive.calls import Archive
from ivr.archive.passages import DAYS
from ivr.archive.trials import Which, trial
from ivr.drafts.workshop import Look, NotYet, Workshop
from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.retelling.fiction import PERSONAL
from ivr.simulator.scenario import ScenarioRefused, read_scenario
from ivr.store.calls import Search
from ivr.store.drafts import Run
from ivr.trial.results import DEAD, LONG, PARTED, STOPPED, Example, Tally

log = structlog.get_logger()
SCENARIOS, TRIAL = "scenarios", "trial"
MOST = 10_000  # past calls
QUIET = 120.0  # seconds without a sign after which a run counts as stopped
BEAT = 0.5  # seconds between two notes of how far it is
SHOWN = 5  # groups of each kind
KINDS = {
    PARTED: "another way",
    DEAD: "a key that does nothing any more",
    LONG: "a longer wait",
    STOPPED: "not followed",
}
Note = Callable[[int, int], None]  # done, of how many


class Runs:
    """Begins runs, each in a thread of its own, and notes how far they are."""

    def __init__(self, workshop: Workshop) -> None:
        """Take the drafts."""
        self._workshop = workshop

    def begin(self, draft: str, kind: str, who: str) -> Run:
        """Begin a run; NotYet where one of its kind goes on, or the draft has errors."""
        look = self._workshop.look(draft)
        if look.content is None:
            raise NotYet("the draft has errors", hint="put them right first")
        now = time.time()
        before = self._workshop.store.drafts.runs(draft).get(kind)
        if before and going(before, now):
            raise NotYet("this is being tried already", hint="wait until it is done")
        run = Run(kind, look.mark, who, now, now)
        self._workshop.store.drafts.put_run(draft, run)
        work = {SCENARIOS: self._scenarios, TRIAL: self._trial}[kind]
        threading.Thread(target=self._carry, args=(draft, run, look, work), daemon=True).start()
        return run

    def _carry(self, draft: str, run: Run, look: Look, work: Callable[[Look, Note], Mapping[str, Any]]) -> None:
        store = self._workshop.store
        told = [run]

        def note(done: int, total: int) -> None:
            now = time.time()
            if now - told[0].beat_at >= BEAT or done == 0:
                told[0] = replace(run, beat_at=now, done=done, total=total)
                store.drafts.put_run(draft, told[0])

        try:
            result, state = work(look, note), "done"
        except IvrError as error:
            result, state = {"error": f"{error}{': ' + error.hint if error.hint else ''}."}, "failed"
        except Exception as error:
            log.exception("draft_run_failed", draft=draft, kind=run.kind)
            told_of = f"It failed where it should not ({type(error).__name__}); the log of the pages says why."
            result, state = {"error": told_of}, "failed"
        ended = replace(told[0], state=state, beat_at=time.time(), result=json.dumps(result, ensure_ascii=False))
        store.drafts.put_run(draft, ended)

    def _scenarios(self, look: Look, note: Note) -> Mapping[str, Any]:
        """Play the draft's scenarios on its texts, as `ivr test` does; of one that has none, those of this machine."""
        scenarios = look.scenarios or self._workshop.scenarios_here("", 0.0)
        if not scenarios:
            told = "add one to the draft as menus/tests/name.yaml; the phone page saves a call as one"
            raise NotYet("there are no scenarios", hint=told)
        note(0, len(scenarios))
        with tempfile.TemporaryDirectory(prefix="ivr-draft-") as name:
            folder = Path(name).resolve()
            texts = {file.path: file.text.encode() for file in scenarios}
            for path, text in {**look.contents, **texts}.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(text)
            for path in texts:
                _stays_inside(folder, folder / path)
            return _played(folder, len(scenarios), note)

    def _trial(self, look: Look, note: Note) -> Mapping[str, Any]:
        """Try the draft on the past calls of the last month."""
        store, settings = self._workshop.store, self._workshop.settings
        if look.content is None:
            raise NotYet("the draft has errors", hint="put them right first")
        which = Which(Search(since=time.time() - DAYS * 86400), MOST)
        total = store.calls.count(which.search, which.most)
        note(0, total)
        done = [0]

        def progress(count: int) -> None:
            done[0] += count
            note(done[0], total)

        report = trial(look.content, Archive(store, Keyring(settings.secret_keys)), settings, which, progress)
        tallies = {"keys": report.same_keys, "meaning": report.same_meaning}
        told = {name: _told(tally) for name, tally in tallies.items()}
        return {"calls": report.calls, "left_out": dict(report.left_out)} | told


def going(run: Run, now: float) -> bool:
    """Tell whether a run goes on; one whose process is gone gives no sign any more."""
    return run.state == "running" and now - run.beat_at < QUIET


def _told(tally: Tally) -> dict[str, Any]:
    names = ("alike", "parted", "elsewhere", "dead", "longer", "stopped")
    groups = [
        {
            "kind": words,
            "told": group.told,
            "calls": group.calls,
            "examples": [example_told(one) for one in group.examples],
        }
        for kind, words in KINDS.items()
        for group in tally.largest(kind)[:SHOWN]
    ]
    return {name: getattr(tally, name) for name in names} | {"groups": groups}


def example_told(one: Example) -> dict[str, Any]:
    """Tell a call with its keys up to the first that may be a number of the caller's own: those stay in its records."""
    keys = list(takewhile(lambda pressed: len(pressed) < PERSONAL, one.keys))
    return asdict(one) | {"keys": keys, "more": len(keys) < len(one.keys)}


def _stays_inside(folder: Path, path: Path) -> None:
    """Refuse a scenario that would play another hotline of this machine: what is typed in a page reads no file here."""
    try:
        menu = read_scenario(path).menu
    except ScenarioRefused:
        return  # it is told with the others
    if not (path.parent / menu).resolve().is_relative_to(folder):
        raise NotYet(f"{path.name} plays the menus of another folder", hint="take its `menu` out")


def _played(folder: Path, total: int, note: Note) -> Mapping[str, Any]:
    """Let `ivr test` play what lies in a folder, in a process of its own, and read line by line how it goes."""
    own = {"IVR_CONFIG": "config.yaml", "IVR_MENUS": "menus", "IVR_RECORDINGS": "recordings"}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "ivr", "test"],
        cwd=folder,
        env=os.environ | {name: str(folder / path) for name, path in own.items()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    passed, failures, rest = 0, [], []
    with process:
        for line in process.stdout or ():
            if line.startswith("ok "):
                passed += 1
            elif line.startswith("FAIL "):
                failures.append({"path": line.removeprefix("FAIL").strip().removeprefix(f"{folder}/"), "why": ""})
            elif line.startswith("  ") and failures and not line.startswith("  never:"):
                failures[-1]["why"] += line.strip() + "\n"
            else:
                rest.append(line.strip())
            note(passed + len(failures), total)
    if process.returncode not in (0, 1) or not re.search(r"\d+ passed", "\n".join(rest)):
        raise IvrError("the scenarios could not be played: " + " ".join(rest)[-300:])
    return {"passed": passed, "failed": len(failures), "failures": failures}
