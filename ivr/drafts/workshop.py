"""Drafts as people work on them: begun from what is in force, looked at, saved, reviewed, published."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from ivr.content import Content
from ivr.drafts.paths import SCENARIOS, may_write
from ivr.errors import IvrError, MenuRefused
from ivr.menu.audio import is_recording
from ivr.menu.compile import Compiled, compile_hotline
from ivr.menu.config import PATH
from ivr.menu.files import read_files
from ivr.menu.source import MOST_BYTES
from ivr.publishing.library import Library
from ivr.publishing.publish import Author, put_in_force, recordings, refused
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.drafts import GONE, OPEN, PUBLISHING, RECORDING, Draft, DraftFile

log = structlog.get_logger()

KEPT = 8  # drafts whose last check is remembered


class NotYet(IvrError):
    """A draft cannot be published yet."""


class SavedOver(IvrError):
    """Somebody else has changed the same file meanwhile."""

    def __init__(self, theirs: DraftFile | None) -> None:
        """Keep what stands there now; None where the file is new to both."""
        who = f"{theirs.who} has changed {theirs.path}" if theirs else "the file has changed"
        super().__init__(f"{who} meanwhile; nothing is written over", hint="yours is kept here, choose between the two")
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class Look:
    """A draft as it stands."""

    draft: Draft
    files: Sequence[DraftFile]
    mark: str  # of the texts
    contents: Mapping[str, bytes]
    compiled: Compiled

    @property
    def scenarios(self) -> list[DraftFile]:
        """What it is tried by; no part of a version."""
        return [file for file in self.files if file.path.startswith(SCENARIOS)]

    @property
    def content(self) -> Content | None:
        """The version that it would be; None where it has errors."""
        return self.compiled.content


class Workshop:
    """All drafts of one installation. Safe for threads."""

    def __init__(self, store: Store, library: Library, settings: Settings) -> None:
        """Take where drafts and versions are kept."""
        self.store = store
        self.library = library
        self.settings = settings
        self._checked: OrderedDict[str, tuple[Mapping[str, bytes], Compiled]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, who: str) -> Draft:
        """Begin a draft from the version in force; where there is none, from the files of this machine."""
        base = self.store.versions.active() or ""
        now = time.time()
        draft = Draft(secrets.token_hex(6), base, who, now)
        self.store.drafts.begin(draft, self._first(base, who, now))
        return draft

    def _first(self, base: str, who: str, now: float) -> list[DraftFile]:
        """Give what the version in force was made of; where there is none, the files of this machine."""
        if not base:
            settings = self.settings
            try:
                here = read_files(settings.config, settings.menus, settings.recordings)
            except OSError as error:
                told = f"nothing is published, and {error.filename} cannot be read: {error.strerror}"
                raise NotYet(told) from error
            return [
                self.recording(path, data, who, now)
                if is_recording(path)
                else DraftFile(path, 1, data.decode(errors="replace"), who, now)
                for path, data in here.items()
            ] + self.scenarios_here(who, now)
        version = self.library.get(base)
        before = self.store.drafts.published_as(base)
        files = self.store.drafts.files(before.id) if before else []
        kept = [replace(file, revision=1, since=now) for file in files if file.path.startswith(SCENARIOS)]
        if before is not None:
            sounds = [replace(file, revision=1, since=now) for file in files if file.kind == RECORDING]
        else:
            sounds = list(self._sounds(version, who, now))
        texts = [DraftFile(path, 1, text, who, now) for path, text in version.sources.items()]
        return [*texts, *sounds, *(kept or self.scenarios_here(who, now))]

    def scenarios_here(self, who: str, now: float) -> list[DraftFile]:
        """Read the scenarios of this machine."""
        paths = sorted((self.settings.menus / "tests").glob("*.yaml"))
        read = ((path.name, path.read_text(encoding="utf-8", errors="replace")) for path in paths)
        return [DraftFile(f"{SCENARIOS}{name}", 1, text, who, now) for name, text in read]

    def _sounds(self, version: Content, who: str, now: float) -> Iterator[DraftFile]:
        """Find the recordings of a version: in the store by their names, else among the files of this machine."""
        if version.recordings:
            for path, name in version.recordings.items():
                if self.library.audio(name):
                    yield DraftFile(path, 1, name, who, now, RECORDING)
            return
        # It was published before versions knew the names: the hashes alone say what they are.
        folder = self.settings.recordings / "prompts"
        for file in sorted(folder.glob("*/*.wav")):
            data = file.read_bytes()
            if hashlib.sha256(data).hexdigest() in version.audio:
                yield self.recording(f"recordings/prompts/{file.parent.name}/{file.name}", data, who, now)

    def lacking(self, draft: Draft) -> int:
        """Count the recordings that a draft's version plays and the draft has not got."""
        if not draft.base:
            return 0
        has = {file.text for file in self.store.drafts.files(draft.id) if file.kind == RECORDING}
        return len(set(self.library.get(draft.base).audio) - has)

    def recording(self, path: str, wav: bytes, who: str, now: float, seen: int = 1) -> DraftFile:
        """Keep a recording's sound, and give the row that names it."""
        name = hashlib.sha256(wav).hexdigest()
        self.store.versions.put_audio(name, wav)
        return DraftFile(path, seen, name, who, now, RECORDING)

    def look(self, draft: str) -> Look:
        """Check a draft as it stands; NoDraft."""
        found = self.store.drafts.find(draft)
        files = self.store.drafts.files(draft)
        mark = mark_of(files)
        with self._lock:
            known = self._checked.get(mark)
        if known is None:
            contents = dict(self._contents(files))
            known = contents, compile_hotline(contents)
            with self._lock:
                self._checked[mark] = known
                while len(self._checked) > KEPT:
                    self._checked.popitem(last=False)
        return Look(found, files, mark, *known)

    def save(self, draft: str, file: DraftFile) -> DraftFile:
        """Keep a text over the revision that its writer has seen; SavedOver gives what somebody else wrote."""
        if file.kind == GONE and file.path == PATH:
            raise NotYet(f"{PATH} stays: without it there is no hotline")
        if not may_write(file.path, file.kind):
            raise NotYet(
                f"{file.path!r} is no file of a menu",
                hint="name it menus/area.yaml, menus/locales/da-DK.yaml, menus/messages/da-DK.yaml, "
                "menus/tables/name.csv or menus/tests/name.yaml",
            )
        if file.kind == GONE and not file.revision:
            raise NotYet(f"the draft has no {file.path}")
        if len(file.text.encode()) > MOST_BYTES:
            raise NotYet(f"{file.path} is too long", hint="cut it into several areas")
        made = self.store.drafts.save(draft, file)
        if made is None:
            there = (each for each in self.store.drafts.rows(draft) if each.path == file.path)
            raise SavedOver(next(there, None))
        return made

    def hear(self, draft: str) -> str:
        """Keep the draft where the phone finds it, and name it; MenuRefused where it has errors."""
        look = self.look(draft)
        if look.content is None:
            raise refused(look.compiled, "the draft has errors")
        self.library.keep(look.content, recordings(look.contents, look.content))
        return look.content.hash

    def hindered(self, look: Look) -> str:
        """Say what stands in the way of publishing a draft; "" where nothing does."""
        if look.draft.state == PUBLISHING:
            return "It is being published at this moment: wait until that is done."
        if look.draft.state != OPEN:
            return f"This draft was {look.draft.state}."
        if look.content is None:
            return "It has errors: put them right first."
        if self.settings.publish_review and look.draft.seen_mark != look.mark:
            return "A second person has to review it as it stands."
        live = self.store.versions.active()
        asked = look.content.tested or (live and self.library.get(live).tested)
        return self._untried(look) if asked else ""

    def _untried(self, look: Look) -> str:
        """Say what is wrong with the scenarios; "" where they were played on these very texts, and all of them pass."""
        run = self.store.drafts.runs(look.draft.id).get("scenarios")
        if run is None or run.mark != look.mark or run.state != "done":
            return "config.yaml asks for scenarios that pass: play them first."
        result = json.loads(run.result)
        if failed := result["failed"]:
            told = f"{failed} scenarios fail" if failed > 1 else "one scenario fails"
            return f"config.yaml asks for scenarios that pass, and {told}: change the menus, or what it expects."
        return "" if result["passed"] else "config.yaml asks for scenarios that pass, and there is none: add one."

    def approve(self, draft: str, who: str, mark: str) -> None:
        """Review a draft; NotYet for whoever has written in it, or where it has changed since."""
        look = self.look(draft)
        if who in (self.store.drafts.authors(look.draft) or {look.draft.begun_by}):
            raise NotYet("a review is done by somebody who has not written in the draft")
        if look.mark != mark:
            raise NotYet("the draft has changed since you opened it", hint="look once more")
        self.store.drafts.approve(draft, who, mark)

    def publish(self, draft: str, author: Author, mark: str) -> str:
        """Put a draft in force, as it was seen; MenuRefused, NotYet, NoDraft, Overtaken, NodesBehind."""
        look = self.look(draft)
        if look.content is None:
            log.warning("publish_refused", draft=draft, author=author.name)
            raise MenuRefused("the draft has errors; the published version stays")
        if hindered := self.hindered(look):
            raise NotYet(hindered.rstrip("."))
        self.store.drafts.claim(draft, author.name, look.mark, look.content.hash)
        try:
            self._put_in_force(look, author, mark)
        except BaseException:
            self.store.drafts.let_go(draft)
            raise
        self.store.drafts.settle(draft, author.name, look.content.hash)
        return look.content.hash

    def _put_in_force(self, look: Look, author: Author, mark: str) -> None:
        if not look.mark == mark == mark_of(self.store.drafts.files(look.draft.id)):
            raise NotYet("the draft has changed since you opened it", hint="look at the difference once more")
        seen_by = look.draft.seen_by if look.draft.seen_mark == look.mark else ""
        comment = f"{author.comment} (seen by {seen_by})" if seen_by else author.comment
        content = look.content
        if content is not None:
            sounds = recordings(look.contents, content)
            put_in_force(content, sounds, replace(author, comment=comment), self.store, self.settings.data)

    def _contents(self, files: Sequence[DraftFile]) -> Iterator[tuple[str, bytes]]:
        for file in files:
            if file.path.startswith(SCENARIOS):
                continue
            if file.kind == RECORDING:
                sound = self.library.audio(file.text)
                if sound is not None:
                    yield file.path, sound.read_bytes()
            else:
                yield file.path, file.text.encode()


def mark_of(files: Sequence[DraftFile]) -> str:
    """Name the texts as they stand."""
    made = hashlib.sha256()
    for file in files:
        made.update(f"{file.path}\0{file.kind}\0{hashlib.sha256(file.text.encode()).hexdigest()}\n".encode())
    return made.hexdigest()
