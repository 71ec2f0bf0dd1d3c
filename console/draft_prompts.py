"""The prompts of a draft: which texts are recorded, stale or missing in which language; heard, and brought."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.brought import FORMS, brought
from console.drafts import looked, said, workshop
from console.menus import number_in
from ivr.drafts.workshop import Look, NotYet, SavedOver
from ivr.errors import IvrError
from ivr.menu.locales import fingerprint
from ivr.menu.phone_quality import fingerprint_in
from ivr.menu.prompts import BY_VOICE, MISSING, RECORDED, STALE, UNMARKED, Prompt, find, prompts, recordable, text_of
from ivr.menu.words import Voice
from ivr.store.drafts import RECORDING, DraftFile

bp = Blueprint("draft_prompts", __name__)
# state -> its shape, and what to do about it
STATES: Mapping[str, tuple[str, str]] = {
    MISSING: ("bad", "Nobody says it: the language has no voice."),
    STALE: ("warn", "It speaks a text that has changed since."),
    UNMARKED: ("note", "It does not say which text it speaks: listen, and bring it again where it is not this one."),
    RECORDED: ("ok", "It speaks this text."),
    BY_VOICE: ("off", "The carrier's voice speaks it; a recording comes before the voice."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One text in one language."""

    prompt: Prompt
    file: DraftFile | None  # its recording
    revision: int  # of the recording that stands there, or stood; 0 where there was none

    @property
    def of(self) -> str:
        """Which text it is, as the form says it."""
        return fingerprint([self.prompt.text])

    @property
    def shape(self) -> str:
        """How its state looks."""
        return STATES[self.prompt.state][0]


@bp.get("/menus/drafts/<draft>/prompts")
def page(draft: str) -> str:
    """List the texts that can be recorded: what is wanted first; a language and a state in the address."""
    g.recorder = True  # the guard's policy lets this page use a microphone
    look = looked(draft)
    voice = look.compiled.voice
    rows = list(rows_of(look, voice)) if voice else []
    counts = Counter((row.prompt.language, row.prompt.state) for row in rows)
    languages = sorted({row.prompt.language for row in rows})
    asked = {name: request.args.get(name, "") for name in ("language", "state")}
    shown = [row for row in rows if asked["language"] in ("", row.prompt.language)]
    shown = [row for row in shown if asked["state"] in ("", row.prompt.state)]
    order = list(STATES)
    return render_template(
        "draft-prompts.html",
        page="menus",
        draft=look.draft,
        rows=sorted(shown, key=lambda row: (order.index(row.prompt.state), row.prompt.language, row.prompt.name)),
        asked=asked,
        languages=languages,
        states=STATES,
        counts=counts,
    )


@bp.get("/menus/drafts/<draft>/prompts/<language>/<name>")
def listen(draft: str, language: str, name: str) -> BaseResponse:
    """Play a recording of the draft."""
    file = recording_of(looked(draft), language, name)
    sound = workshop().library.audio(file.text) if file else None
    if sound is None:
        abort(404, "The draft has no such recording.")
    return send_file(sound, mimetype="audio/wav", conditional=True)


@bp.post("/menus/drafts/<draft>/prompts/<language>/<name>")
def bring(draft: str, language: str, name: str) -> BaseResponse:
    """Make what somebody brings ready for the phone, and keep it in the draft."""
    look = looked(draft)
    voice = look.compiled.voice
    spoken = find(voice, name) if voice else None
    if voice is None or spoken is None or name not in recordable(voice) or language not in voice.scope.languages:
        abort(404, "No text of this draft has this name and language.")
    seen = number_in("revision", "which recording was there")
    there = url_for("draft_prompts.page", draft=draft, language=language, _anchor=f"{language}-{name}")
    text = text_of(voice, spoken, language)
    try:
        if request.form.get("of") != fingerprint([text]):
            raise NotYet(f"the text of {name} has changed since you opened the page", hint="read it, and record that")
        file = workshop().recording(path_of(language, name), sound_of(text), me().name, time.time(), seen)
        workshop().save(look.draft.id, file)
    except SavedOver as error:
        flash(f"{said(error)} Listen to it, then bring yours again.", "bad")
    except IvrError as error:
        flash(said(error), "bad")
    else:
        flash(f"{name}.wav is in the draft. Callers hear it when the draft is published.", "ok")
    return redirect(there)


def sound_of(text: str) -> bytes:
    """Take the sound that was brought of a text; NotYet and NotTaken where it is none."""
    sound = brought("sound", fingerprint([text]))
    if sound is None:
        raise NotYet("no file was chosen", hint=f"choose one first: {FORMS}")
    return sound


def rows_of(look: Look, voice: Voice) -> list[Row]:
    """Give every text that a recording can speak, in every language, with its recording; steps may share one."""
    rows = {row.path: row for row in workshop().store.drafts.rows(look.draft.id)}
    files = {file.path: file for file in look.files if file.kind == RECORDING}

    def mark(path: str) -> str:
        sound = workshop().library.audio(files[path].text) if path in files else None
        return fingerprint_in(sound) if sound else ""

    names = recordable(voice)
    found = {one.path: one for one in prompts(voice, mark) if one.name in names}
    return [Row(one, files.get(path), rows[path].revision if path in rows else 0) for path, one in found.items()]


def path_of(language: str, name: str) -> str:
    """Say where a recording stands."""
    return f"recordings/prompts/{language}/{name}.wav"


def recording_of(look: Look, language: str, name: str) -> DraftFile | None:
    """Find a recording of a draft."""
    path = path_of(language, name)
    return next((file for file in look.files if file.path == path and file.kind == RECORDING), None)
