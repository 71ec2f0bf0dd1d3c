"""What the staff's own line orders: a flag switched, an announcement, a prompt for the working copy.

An order that needs a recording waits until it was fetched. Each may be done twice and counts once. A flag that was
switched after the order was given stays as it is: an order may come late, when the database was away.
"""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

from ivr.codec import loads
from ivr.content import Content
from ivr.depot import Depot
from ivr.engine.effects import KeepPrompt, PutOnAir, Staff, SwitchFlag, TakeOffAir
from ivr.engine.staff import PROMPT
from ivr.engine.tree import Tree
from ivr.errors import IvrError
from ivr.menu.checks.listening import plain
from ivr.menu.locales import fingerprint
from ivr.menu.phone_quality import NoSound, PhoneSound, phone_sound
from ivr.store import Store
from ivr.store.announcements import Announcement
from ivr.store.effects import Wanted
from ivr.store.flags import Flag

ORDERS = ("SwitchFlag", "PutOnAir", "TakeOffAir", "KeepPrompt")
BY_PHONE = "by_phone"  # the announcement that is spoken by phone; a new one takes its place
SOON = 2.0  # seconds until we look again for a recording that is on its way


class NotThere(IvrError):
    """The recording cannot be had."""


class StaffDeeds:
    """Does what staff have confirmed by phone, in their name."""

    def __init__(self, store: Store, recordings: Path, depot: Depot) -> None:
        """Switch in this store; prompts go to the working copy, below `recordings`; callers' lie in `depot`."""
        self._store = store
        self._recordings = recordings
        self._depot = depot

    def do(self, wanted: Wanted, order: Staff) -> str:
        """Do one order; says what became of it."""
        try:
            done = self._done(wanted, order)
        except (IvrError, NoSound, OSError) as error:
            self._store.effects.settle(wanted.record.id, "failed", time.time(), str(error))
            return "failed"
        if not done:
            self._store.effects.postpone(wanted.record.id, time.time() + SOON)
            return "waiting"
        self._store.effects.settle(wanted.record.id, "sent", time.time())
        return "sent"

    def _done(self, wanted: Wanted, order: Staff) -> bool:
        match order:
            case SwitchFlag():
                self._switch(order)
            case TakeOffAir(owner):
                self._store.announcements.end(BY_PHONE, owner)
            case PutOnAir():
                return self._put_on_air(order)
            case KeepPrompt():
                return self._keep_prompt(wanted, order)
        return True

    def _switch(self, order: SwitchFlag) -> None:
        later = any(flag.name == order.flag and flag.set_at > order.at for flag in self._store.flags.all())
        if later:
            return
        if order.until is None:
            self._store.flags.off(order.flag, order.owner)
        else:
            self._store.flags.on(Flag(order.flag, order.owner, order.until, order.at))

    def _put_on_air(self, order: PutOnAir) -> bool:
        sound = self._sound(order.sid, "")
        if sound is None:
            return False
        name = sha256(sound.wav).hexdigest()
        self._store.versions.put_audio(name, sound.wav)
        audio = {order.language: name}
        self._store.announcements.put(Announcement(BY_PHONE, order.owner, order.until, time.time(), audio=audio))
        return True

    def _keep_prompt(self, wanted: Wanted, order: KeepPrompt) -> bool:
        sound = self._sound(order.sid, fingerprint([self._text(wanted.call, order)]))
        if sound is None:
            return False
        folder = self._recordings / "prompts" / order.language
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{order.name}.{os.getpid()}.part"
        draft.write_bytes(sound.wav)
        draft.replace(folder / f"{order.name}.wav")
        return True

    def _text(self, call: str, order: KeepPrompt) -> str:
        """Find the text that was read aloud, in the version that the call heard: a later text makes it stale."""
        record = self._store.call(call)
        content = self._store.versions.get(record.version) if record else None
        tree: Tree | None = loads(Content, content).tree if content else None
        words = tree.labels.get(PROMPT, {}).get(order.name) if tree else None
        if tree is None or words is None:
            raise NotThere(f"the version of this call has no prompt {order.name}")
        text = words.texts.get(order.language) or words.texts.get(tree.language) or next(iter(words.texts.values()))
        return plain(text)

    def _sound(self, sid: str, of: str) -> PhoneSound | None:
        """Make a recording ready for the phone; None while it is on its way."""
        found = self._store.recordings.find(sid)
        if found is not None and found.state == "absent":
            raise NotThere(found.reason or "the carrier has no recording")
        if found is None or found.state != "kept":
            return None
        with self._depot.open(found.path) as file:
            return phone_sound(file, of)
