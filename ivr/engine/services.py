"""Steps of a menu that do something for the caller beside answering: they write, ask for an opinion, promise a call.

They stand beside ``ivr/engine/tree.py`` and are part of every tree.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.engine.tree import Choice, Listening, Record, Step, Template, Words

SMS, EMAIL = "sms", "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Step):
    """Send a text by SMS or e-mail."""

    text: Words
    by: str  # sms | email
    to: Template  # an address, or the name that holds one
    team: str = ""  # whose address it is, "" for anybody else
    attach: tuple[str, ...] = ()  # names of recordings that go along

    @property
    def personal(self) -> bool:
        """Tell whether the caller reads it: it is then written in the call's language."""
        return not isinstance(self.to[0], str)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedRecord(Record):
    """Record the words of a caller who has said yes to it; the exit ``refused`` is for everybody else."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a survey: a choice of answers, yes or no, or a number of a scale."""

    name: str  # resolved | representative | recommend | the question's `as`
    text: Words
    low: int = 1
    high: int = 2
    answers: tuple[Choice, ...] = ()  # spoken after the text; () for a scale, and for yes and no
    yes_no: bool = False
    talked: bool = False  # asked only of a caller who has talked to somebody


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Listening):
    """Ask for opinions, one after the other; each answer is kept as it is given. `prompt` is the first question."""

    questions: tuple[Question, ...]
    opt_in: bool = False  # ask first whether the caller wants to be asked
    comment: bool = False  # let the caller say something at the end
    consent: Words | None = None  # said before that is recorded
    by_sms: bool = False  # whoever hangs up before a question is asked it by SMS
    read: frozenset[str] = frozenset()  # names of questions whose answer another step reads: those stay in the call

    @property
    def keeps(self) -> dict[str, str]:
        """Give the names that the answers are kept under, with their types."""
        return {
            question.name: "yes_no" if question.yes_no else "choice" if question.answers else "number"
            for question in self.questions
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack(Listening):
    """Promise that a team calls. `prompt` asks for a number, where none is known or another is wanted."""

    team: str
    number: str = "caller.number"  # the name of the number that is offered
    when: str = "now"  # now | ask


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOffice(Listening):
    """Tell the office of a postal code (the deed `office`). `prompt` asks for it, unless `by` names one."""

    by: str = ""  # the name that holds a postal code


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Listening):
    """Tell how a case stands, to whoever knows its reference and the `proof` that was kept with it."""

    proof: str  # the name of what was asked, and of the case's field that it must equal
