"""A draft as its page shows it: texts, problems at their place, what differs from what is live, words to choose."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

from console.frame import moment
from ivr.content import Content
from ivr.drafts.runs import SCENARIOS, TRIAL, going
from ivr.drafts.workshop import Look, Workshop
from ivr.menu.audio import is_recording
from ivr.menu.problems import LOOK_AT
from ivr.menu.schema import config_schema, menu_schema
from ivr.menu.shapes import Shape
from ivr.store.drafts import GONE, TEXT, DraftFile, Run

FLAG = "flag."


def face(workshop: Workshop, look: Look, *, texts: bool) -> dict[str, Any]:
    """Tell how a draft stands; with the `texts` where the page opens."""
    problems = [problem.as_json() for problem in look.compiled.problems]
    live = live_of(workshop)
    known = look.content or live
    runs = workshop.store.drafts.runs(look.draft.id)
    told: dict[str, Any] = {
        "state": look.draft.state,
        "mark": look.mark,
        "problems": problems,
        "errors": sum(one["severity"] != LOOK_AT for one in problems),
        "changed": changed(live, look.content),
        "hindered": workshop.hindered(look),
        "runs": {kind: run_told(runs[kind], look.mark) for kind in (SCENARIOS, TRIAL) if kind in runs},
        "files": {file.path: file_told(file, texts=texts) for file in look.files if file.kind == TEXT},
        "review": review_of(workshop, look),
    }
    if texts:
        told["words"] = words_of(known, look)
    return told


def file_told(file: DraftFile, *, texts: bool) -> dict[str, Any]:
    """Tell a file's revision, whose it is and since when."""
    told = {"revision": file.revision, "who": file.who, "at": moment(file.at), "gone": file.kind == GONE}
    return told | {"text": file.text} if texts else told


def run_told(run: Run, mark: str) -> dict[str, Any]:
    """Tell how far a run is, and what came of it."""
    state = run.state if run.state != "running" or going(run, time.time()) else "stopped"
    told = {"state": state, "done": run.done, "total": run.total, "who": run.who, "at": moment(run.began_at)}
    return told | {"stale": run.mark != mark, "result": json.loads(run.result)}


def review_of(workshop: Workshop, look: Look) -> dict[str, Any]:
    """Tell whether a review was asked for, and by whom the draft was seen as it stands."""
    return {
        "needed": workshop.settings.publish_review,
        "asked_by": look.draft.asked_by,
        "seen_by": look.draft.seen_by if look.draft.seen_mark == look.mark else "",
    }


def live_of(workshop: Workshop) -> Content | None:
    """Find the version in force; None before the first publish."""
    live = workshop.store.versions.active()
    return workshop.library.get(live) if live else None


def changed(live: Content | None, content: Content | None) -> dict[str, str]:
    """Name the steps that are new or changed against what is live."""
    if live is None or content is None:
        return {}
    before, after = live.tree.steps, content.tree.steps
    return {
        step: "changed" if step in before else "new" for step, made in after.items() if before.get(step) != made
    } | {step: "gone" for step in before if step not in after}


@cache
def forms() -> Mapping[str, Shape]:
    """Give the forms by which the editor completes keys and fixed words."""
    return {"menu": menu_schema(), "config": config_schema()}


def words_of(content: Content | None, look: Look) -> Mapping[str, Any]:
    """Give the words that a menu can name, and the forms of its files."""
    tree = content.tree if content else None
    recordings = {path.rpartition("/")[2].removesuffix(".wav") for path in look.contents if is_recording(path)}
    return {
        "steps": sorted(content.places) if content else [],
        "teams": sorted(tree.teams) if tree else [],
        "flags": sorted(name.removeprefix(FLAG) for name in tree.types if name.startswith(FLAG)) if tree else [],
        "recordings": sorted(recordings),
        "forms": forms(),
    }
