"""What a call wants written becomes a message: the number made whole, its own number and words sealed with it."""

from __future__ import annotations

import json
from collections.abc import Callable

import phonenumbers

from ivr.content import Content
from ivr.engine.effects import SendMessage
from ivr.errors import StoreUnavailable, UnknownVersion
from ivr.keys import Keyring
from ivr.messages import SMS, Said, index_of
from ivr.messages.parts import keep_in_parts
from ivr.messages.polls import Polling
from ivr.privacy import key_of, open_call
from ivr.records import CallRecord
from ivr.store import Store
from ivr.store.effects import Wanted
from ivr.store.messages import OUT, WAITING, Message


class Writing:
    """Turns effects into messages."""

    def __init__(self, store: Store, keyring: Keyring, content: Callable[[str], Content]) -> None:
        """Keep in `store`; `content` gives a version, whose lines have a country."""
        self._store = store
        self._keyring = keyring
        self._content = content
        self.polling = Polling(store, keyring, content)

    def write(self, wanted: Wanted, opened: SendMessage, now: float) -> str:
        """Put a message in its case's conversation and settle its effect; twice is once."""
        call, turn = self._store.call(wanted.call), self._store.turn(wanted.call, wanted.turn)
        if call is None or turn is None:
            raise StoreUnavailable("a turn that stands there cannot be found")
        key = key_of(call, self._keyring)
        ours = str(json.loads(open_call(call, key)).get("to") or "")
        to = self._whole(call, turn.version, ours, opened.to) if opened.by == SMS else opened.to
        ident = wanted.record.id
        said = Said(opened.text, to, ours if opened.by == SMS else "", attach=opened.attach)
        made = Message(
            id=ident,
            direction=OUT,
            channel=opened.by,
            case=opened.case,
            call=wanted.call,
            at=turn.at,
            private=b"",
            state=WAITING,
            other=index_of(self._keyring, to),
            team=opened.team,
            language=opened.language,
            due_at=now,
            changed_at=now,
        )
        keep_in_parts(self._store, key, made, said, effect=ident)
        return "sent"

    def _whole(self, call: CallRecord, version: str, ours: str, number: str) -> str:
        """Write a number with its country: one that was keyed without is of the line's."""
        if number.startswith("+"):
            return number
        try:
            line = self._content(version).tree.lines.get(call.line)
        except UnknownVersion:
            line = None
        for known in (line.number if line else "", ours):
            try:
                region = phonenumbers.region_code_for_number(phonenumbers.parse(known)) if known else None
                parsed = phonenumbers.parse(number, region)
            except phonenumbers.NumberParseException:
                continue
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        return number
