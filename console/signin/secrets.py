"""What people prove themselves by: rules for passphrases, and codes of a second factor that are good once."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_security import PasswordUtil, Totp, UserMixin
from passlib.exc import UsedTokenError
from passlib.totp import TotpMatch
from zxcvbn import zxcvbn

from console.signin.user import User, Users

SHORTEST = 12
LONGEST = 200
LOOKED_AT = 72  # letters that are judged: judging takes longer than proportionally
STRONG = 3  # of 4: good against somebody who has a copy of the database
OF_ITS_OWN = 8  # letters that are no part of the person's name or address
KNOWN = ("hotline", "password", "passphrase")


class Rules(PasswordUtil):
    """Twelve letters or more that are hard to guess; no rule about which letters."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """Give what is wrong, and the passphrase in the form that is hashed."""
        del is_register
        normal = self.normalize(password)
        user = kwargs.get("user")
        return judge(normal, (user.name, user.email) if user else ()) or None, normal


def judge(password: str, about: tuple[str, ...] = ()) -> list[str]:
    """Say what is wrong with a passphrase of somebody of whom this is known; [] where it is good."""
    if not SHORTEST <= len(password) <= LONGEST:
        return [
            f"A passphrase has {SHORTEST} to {LONGEST} characters; four words that do not belong together are good."
        ]
    words = [word for text in about for word in (text, *text.replace("@", " ").replace(".", " ").split())]
    rest = password.lower()
    for word in sorted({word.lower() for word in words if len(word) > 2}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len("".join(letter for letter in rest if letter.isalnum())) < OF_ITS_OWN:
        return ["This is made of your name and address. Take words that have nothing to do with you."]
    judged = zxcvbn(password[:LOOKED_AT], user_inputs=[*KNOWN, *words])
    if judged["score"] >= STRONG:
        return []
    why = judged["feedback"]["warning"]
    return [f"This is guessed too soon{': ' + why.lower().rstrip('.') if why else ''}. Take longer or rarer words."]


class OnceOnly(Totp):
    """Codes of the moment, each good once: somebody who looked over a shoulder comes too late."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Leave the comparison to the database, which knows of other workers."""
        del user
        return None

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Spend this moment's code; UsedTokenError where it was spent."""
        users: Users = current_app.extensions["security"].datastore
        if not isinstance(user, User) or not users.store.accounts.count(user.key, tmatch.counter):
            raise UsedTokenError
