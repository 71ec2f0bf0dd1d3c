"""The two ways out: text messages by the carrier, letters by a mail server."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ivr.carrier.texts import Texts
from ivr.content import Content
from ivr.depot import Depot, DepotAway, NotKept
from ivr.errors import IvrError, NotSent, SendingRefused
from ivr.keys import Keyring
from ivr.mail.addresses import message_id, reply_address
from ivr.mail.composing import File, Letter, composed
from ivr.mail.sending import Mailer
from ivr.messages import EMAIL
from ivr.messages.wording import words
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.messages import IN, Message
from ivr.worker.post import Parcel

PATIENCE = 3600.0  # seconds that a letter waits for a recording that goes along
LARGEST = 15 * 1024 * 1024  # bytes of recordings in one letter; most mailboxes take 20 MB, as written in letters


class BySms:
    """Text messages."""

    def __init__(self, texts: Texts) -> None:
        """Send by this account."""
        self._texts = texts

    def lacks(self) -> str:
        """Say what is missing."""
        return self._texts.lacks()

    def name(self, message: Message) -> str:
        """Give none: the carrier names it."""
        del message
        return ""

    def prepare(self, parcel: Parcel) -> Callable[[], str]:
        """Make ready."""
        said, path = parcel.said, f"/sms/status/{parcel.message.id.hex()}"
        if not said.ours and not self._texts.sender:
            raise NotSent("no number of ours is known that it could come from: SMS_FROM is not set")
        return lambda: self._texts.send(said.address, said.ours, said.body, path)


@dataclass(frozen=True, slots=True)
class Papers:
    """What letters are made of."""

    store: Store
    keyring: Keyring
    content: Callable[[], Content]
    depot: Depot


class ByMail:
    """Letters."""

    def __init__(self, settings: Settings, papers: Papers) -> None:
        """Send by the server of these settings."""
        self._own = settings.mail_from
        self._mailer = Mailer(settings.smtp) if settings.smtp else None
        self._answered = settings.mail_port > 0
        self._papers = papers

    def lacks(self) -> str:
        """Say what is missing."""
        return "" if self._mailer else "no mail server: SMTP_URL and MAIL_FROM are not set"

    def name(self, message: Message) -> str:
        """Give the Message-ID."""
        return message_id(self._own, message.id)

    def prepare(self, parcel: Parcel) -> Callable[[], str]:
        """Write the letter; NotSent while a recording that goes along is on its way."""
        message, said, mailer = parcel.message, parcel.said, self._mailer
        if mailer is None:
            raise NotSent(self.lacks())
        name = self.name(message)
        try:
            written = composed(self._letter(parcel, name))
        except (ValueError, IndexError) as error:
            raise SendingRefused("its address cannot be written to") from error

        def send() -> str:
            mailer.send(self._own, said.address, written)
            return name

        return send

    def _letter(self, parcel: Parcel, name: str) -> Letter:
        message, said = parcel.message, parcel.said
        try:
            content = self._papers.content()
        except IvrError as error:
            raise NotSent(f"the hotline's words cannot be read: {error}") from error
        language = message.language or content.tree.language
        files, missing = self._recordings(parcel)
        footer = ["-- ", words(content, "footer", language)] if self._reply_to(message) else []
        return Letter(
            to=said.address,
            own=self._own,
            name=content.tree.company,
            subject=said.subject or words(content, "subject", language, message.case),
            body="\n".join([said.body, *missing, "", *footer]).rstrip("\n") + "\n",
            id=name,
            reply_to=self._reply_to(message),
            answers=self._answers(message),
            automatic=not message.author,
            files=files,
        )

    def _reply_to(self, message: Message) -> str:
        """Answers of whoever opened the case land on it; a team's own colleagues are known by what they answer."""
        if not message.case or message.team or not self._answered:
            return ""
        return reply_address(self._papers.keyring, self._own, message.case)

    def _answers(self, message: Message) -> str:
        if not message.case or message.team:
            return ""
        store = self._papers.store
        for number in store.cases.names_of(message.case):  # of its doubles only where the case itself has no letter
            came = [
                one.provider
                for one in store.messages.of_case(number)
                if one.direction == IN and one.channel == EMAIL and not one.team
            ]
            if came:
                return came[-1] if came[-1].startswith("<") else ""
        return ""

    def _recordings(self, parcel: Parcel) -> tuple[tuple[File, ...], list[str]]:
        files: list[File] = []
        missing = []
        size = 0
        for number, sid in enumerate(parcel.said.attach, 1):
            found = self._papers.store.recordings.find(sid)
            if found is not None and found.state == "kept" and size + found.size <= LARGEST:
                size += found.size
                try:
                    with self._papers.depot.open(found.path) as file:
                        sound = file.read()
                except (NotKept, DepotAway) as error:
                    raise NotSent(f"recording {number} cannot be read: {error}") from error
                files.append(File(f"recording-{number}.wav", "audio/wav", sound))
            elif (found is None or found.state == "waiting") and time.time() - parcel.message.at < PATIENCE:
                raise NotSent(f"recording {number} is not here yet")
            else:
                missing.append(f"[recording {number} does not go along]")
        return tuple(files), missing
