"""What is written to us: it lands on its case, opens one, or says that somebody wants no more messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from ivr.codec import dumps
from ivr.content import Content, Kind
from ivr.depot import Depot
from ivr.engine.effects import CreateCase, Effect
from ivr.errors import StoreUnavailable
from ivr.keys import KeyNotHeld, Keyring
from ivr.messages import EMAIL, SMS, Said, index_of, indexes_of, key_for, new_case_key, seal
from ivr.messages.files import Came, keep, why_not
from ivr.messages.parts import keep_in_parts
from ivr.messages.polls import Polling
from ivr.messages.wording import words
from ivr.privacy import CallKey, NotReadable
from ivr.records import name_of
from ivr.store import Store
from ivr.store.cases import Case
from ivr.store.messages import DELIVERED, FAILED, IN, KEPT, OUT, SENT, WAITING, Message, Opening
from ivr.store.messages import Came as Outcome

# Source: https://help.twilio.com/articles/223134027 (the carrier acts on them, too)
STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "UNSTOP", "YES"})
YES = "YES"  # begins our messages where they had been stopped; else it is an answer
HELP = frozenset({"HELP", "INFO"})

DAY = 86400.0
STILL_ABOUT = 7 * DAY  # after what we wrote of a settled case, a text is taken for an answer to it
AFTER = 0.001  # seconds: thanks stand behind what they thank for
ABOUT = 120  # characters of a message that say what its case is about
LONGEST = 100_000  # characters that are kept of a message
PLAIN = Kind("message", "M")  # of a case, where the hotline has no kinds
PRIORITY = 3

# What the carrier calls a message of ours -> its state.
REPORTED: Mapping[str, str] = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), SENT),
    **dict.fromkeys(("delivered", "read"), DELIVERED),
    **dict.fromkeys(("undelivered", "failed", "canceled"), FAILED),
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One message as it came."""

    channel: str  # sms | email
    once: str  # MessageSid or Message-ID: the same again is the same message
    address: str  # of whoever writes
    ours: str
    body: str
    answer_to: str = ""  # where they want answers, if not there; it proves nothing
    subject: str = ""
    case: str = ""  # that our own signed address names
    answers: tuple[str, ...] = ()  # Message-IDs of ours that it answers
    files: tuple[Came, ...] = ()
    left_out: tuple[str, ...] = ()
    media: tuple[str, ...] = ()  # files that are still at the carrier: type and address of each
    asked: str = ""  # STOP, START or HELP, where the carrier has seen to it already
    late: bool = False  # found at the carrier: nothing is answered at once
    overtaken: bool = False  # the same person has asked for STOP or START since: what they wanted here counts no more
    automatic: bool = False  # no person wrote it: it is not answered
    opens: bool = True  # a case, where none is found


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the carrier says of a message of ours."""

    status: str
    name: str  # MessageSid
    code: str
    reason: str  # the code in words
    stopped: str = ""  # the address of whoever wants no more, where that is why


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of it."""

    case: str  # "" where it is on none
    new: bool  # it was not there before
    reply: str = ""  # to be answered at once


class Mailroom:
    """Takes what is written to us."""

    def __init__(
        self, store: Store, keyring: Keyring, content: Callable[[], Content], take: Callable[[str], str], depot: Depot
    ) -> None:
        """Keep in `store`, files in `depot`; `take` takes the next number of a series, as calls do."""
        self.polls: Polling | None = None  # surveys in writing, where their versions can be had
        self._store = store
        self._keyring = keyring
        self._content = content
        self._take = take
        self._depot = depot

    def receive(self, came: Incoming) -> Landed:
        """Keep a message, once. StoreUnavailable: nothing was kept, it may come again."""
        ident = name_of(came.channel, came.once)
        there = self._store.messages.find(ident)
        if there is not None:
            self._thank(came, there)
            return Landed(there.case, False)
        if self.polls is not None and came.channel == SMS and not came.media:
            reply = self.polls.hear(came.address, came.once, came.body, time.time())
            if reply is not None:
                return Landed("", True, reply)
        content = self._content()
        case, team = self._case_of(came)
        word = self._word(came, case)
        reply = self._asked(word, came, content)
        command = word in STOP or word in START or word in HELP
        if case is None and (command or not came.opens):
            log.info("message_opens_no_case", channel=came.channel, word=word if command else "")
            return Landed("", True, reply)
        made, opening = self._written(came, ident, case, content)
        files, left_out = self._judged(came)
        message = self._message(came, made, files, left_out, team)
        kept = keep(self._depot, ident, files)
        answers = not (came.automatic or team or word in STOP or word in START)
        new = self._store.messages.keep(message, kept, opens=opening, answers=answers)
        self._thank(came, message)
        return Landed(message.case, new, reply)

    def reported(self, message: bytes, report: Report) -> None:
        """Write down what the carrier says of a message of ours; who stopped us there is written to no more."""
        state = REPORTED.get(report.status)
        if state is None:
            return
        failed = state == FAILED
        came = Outcome(state, report.reason if failed else "", report.code if failed else "", report.name)
        if self._store.messages.told(message, came, time.time()) and report.stopped:
            self._store.messages.opt_out(index_of(self._keyring, report.stopped), time.time())

    def bounced(self, answers: tuple[str, ...], reason: str, code: str) -> bool:
        """Write down that a letter of ours was not delivered; False where it is none of ours."""
        message = self._store.messages.by_provider(*answers) if answers else None
        if message is None or message.direction != OUT:
            return False
        self._store.messages.told(message.id, Outcome(FAILED, reason, code), time.time())
        return True

    def _case_of(self, came: Incoming) -> tuple[Case | None, str]:
        """Find the case that a message belongs to, and the team whose address it comes from, "" for anybody else."""
        number, team = came.case, ""
        if not number:
            answered = self._store.messages.by_provider(*came.answers) if came.answers else None
            number, team = (answered.case, answered.team) if answered else ("", "")
        if not number and came.channel == SMS:
            indexes = indexes_of(self._keyring, came.address)
            number = self._store.messages.case_of(indexes)
            number = number or self._store.messages.written_of(indexes, time.time() - STILL_ABOUT)
        case = self._store.cases.meant(number) if number else None
        if case is not None and came.channel == SMS:
            names = self._store.cases.names_of(case.number)
            team = self._store.messages.team_of(indexes_of(self._keyring, came.address), names)
        return case, team

    def _word(self, came: Incoming, case: Case | None) -> str:
        """Read a text message as the word that asks for something; "" for a letter, and for Yes where that answers."""
        if came.channel != SMS:
            return ""
        answer = case is not None and word_of(came.body) == YES
        if answer and not self._store.messages.opted_out(indexes_of(self._keyring, came.address)):
            return ""
        return came.asked or word_of(came.body)

    def _asked(self, word: str, came: Incoming, content: Content) -> str:
        """Do what single words ask for; says what is answered at once."""
        indexes = indexes_of(self._keyring, came.address)
        if word in STOP | START and came.overtaken:
            return ""
        if word in STOP:
            self._store.messages.opt_out(index_of(self._keyring, came.address), time.time())
        elif word in START:
            self._store.messages.opt_in(indexes)
        elif word in HELP and not (came.asked or came.late):
            return words(content, "help", self._language(came, content))
        return ""

    def _written(
        self, came: Incoming, ident: bytes, case: Case | None, content: Content
    ) -> tuple[tuple[bytes, Case, CallKey], Opening | None]:
        """Give the case, opened anew where there is none, and the key of what belongs to it."""
        if case is not None:
            try:
                return (ident, case, key_for(self._store, self._keyring, case.call, case.number)), None
            except (KeyNotHeld, NotReadable):
                log.warning("case_not_readable", case=case.number)  # its key was erased: the answer opens another case
        kind = content.kinds.get(content.messages_kind) or next(iter(content.kinds.values()), PLAIN)
        number = self._take(kind.series)
        row, key = new_case_key(self._keyring, number)
        about = (came.subject or came.body).strip()[:ABOUT]
        language = self._language(came, content)
        created = CreateCase(number, kind.id, about, PRIORITY, kind.team, language)
        opened = Case(
            number=number,
            effect=ident,
            call="",
            visit=ident.hex(),
            kind=kind.id,
            team=kind.team,
            priority=PRIORITY,
            language=language,
            at=time.time(),
            private=key.seal(ident, dumps(Effect, created).encode("utf-8", "replace")),
        )
        return (ident, opened, key), Opening(opened, row)

    def _message(
        self,
        came: Incoming,
        made: tuple[bytes, Case, CallKey],
        files: list[Came],
        left_out: tuple[str, ...],
        team: str,
    ) -> Message:
        ident, case, key = made
        said = Said(
            body=came.body[:LONGEST],
            address=came.address,
            ours=came.ours,
            subject=came.subject[:500],
            names=tuple(file.name[:200] for file in files),
            media=came.media,
            left_out=left_out,
            answer_to=came.answer_to,
            automatic=came.automatic,
        )
        return Message(
            id=ident,
            direction=IN,
            channel=came.channel,
            case=case.number,
            call=case.call,
            at=time.time(),
            private=seal(key, ident, said),
            state=WAITING if came.media else KEPT,
            due_at=time.time() if came.media else None,
            other=index_of(self._keyring, came.address),
            team=team,
            language=case.language,
            provider=came.once[:500],
        )

    def _judged(self, came: Incoming) -> tuple[list[Came], tuple[str, ...]]:
        kept: list[Came] = []
        left_out = list(came.left_out)
        for file in came.files:
            reason = why_not(file, len(kept))
            if reason:
                left_out.append(f"{file.name[:200]}: {reason}")
            else:
                kept.append(file)
        return kept, tuple(left_out)

    def _language(self, came: Incoming, content: Content) -> str:
        """Say in which language a stranger is answered: that of the line that was written to."""
        lines = content.tree.lines.values()
        line = next((each for each in lines if each.number == came.ours), None)
        return line.languages[0] if line and line.languages else content.tree.language

    def _thank(self, came: Incoming, message: Message) -> None:
        """Tell a stranger the number of the case; once a day and never a machine, so that no two machines thank."""
        case = self._store.cases.find(message.case)
        to = came.answer_to or came.address
        if case is None or case.effect != message.id or came.automatic or not to:
            return
        recent = self._store.messages.sent_since(indexes_of(self._keyring, to), message.at - DAY)
        ident = name_of("received", case.number)
        if any(each.id != ident for each in recent):
            return
        key = key_for(self._store, self._keyring, "", case.number)
        subject = came.subject if came.channel == EMAIL else ""
        text = words(self._content(), "received", case.language, case.number)
        thanks = Message(
            id=ident,
            direction=OUT,
            channel=came.channel,
            case=case.number,
            call="",
            at=message.at + AFTER,
            private=b"",
            state=WAITING,
            other=index_of(self._keyring, to),
            language=case.language,
            due_at=message.at + AFTER,
        )
        keep_in_parts(self._store, key, thanks, Said(text, to, came.ours, subject[:500]))


def word_of(body: str) -> str:
    """Read a text message as the single word that it may be."""
    return body.strip().strip(".!\"'").upper()


def numbers_of(take: Callable[[str], str | None], fill: Callable[[str], None]) -> Callable[[str], str]:
    """Take numbers as calls do; StoreUnavailable where none can be had now."""

    def next_one(series: str) -> str:
        number = take(series)
        if number is None:
            fill(series)
            number = take(series)
        if number is None:
            raise StoreUnavailable(f"no number of the series {series} can be had")
        return number

    return next_one
