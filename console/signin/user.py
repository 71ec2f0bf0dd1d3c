"""A person as flask-security-too sees one, and where it finds and keeps them: in our store, in short transactions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import abort
from flask_security import RoleMixin, UserDatastore, UserMixin

from ivr.store import Store
from ivr.store.accounts import Account


class Role(RoleMixin):
    """The one role of a person. What it may do stands in ``console/rights.py``."""

    def __init__(self, name: str) -> None:
        """Name it."""
        self.name = name


class User(UserMixin):
    """Somebody who can sign in."""

    # the library looks for these names on the class
    fs_uniquifier = ""
    tf_primary_method: str | None = None
    tf_totp_secret: str | None = None
    mf_recovery_codes: list[str] | None = None

    def __init__(self, account: Account, *, must_have_second_factor: bool) -> None:
        """Lay an account out in the library's names."""
        person = account.person
        self.account = account
        self.must_have_second_factor = must_have_second_factor
        self.key = person.id
        self.name = person.name
        self.email = person.email
        self.active = person.active
        self.password = account.password
        self.fs_uniquifier = account.stamp
        self.tf_primary_method = "authenticator" if account.totp else None
        self.tf_totp_secret = account.totp or None
        self.tf_phone_number = None
        self.mf_recovery_codes = list(account.recovery)
        self.roles = [Role(person.role)]

    @property
    def role(self) -> str:
        """Name the role."""
        return self.account.person.role

    @property
    def initials(self) -> str:
        """Give the first letters of the first and the last name."""
        words = self.name.split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def lacks_second_factor(self) -> bool:
        """Say whether this person has to set one up before anything else."""
        return self.must_have_second_factor and self.tf_totp_secret is None

    def check_tf_required(self, tf_setup_methods: list[Any], tf_fresh: bool) -> tuple[bool, list[Any]]:
        """Ask for the second factor of who has one, always; who still needs one sets it up first thing (rights.py)."""
        del tf_fresh
        return bool(tf_setup_methods), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Say whether it may be taken away."""
        return self.must_have_second_factor


class Users(UserDatastore):
    """Finds people by what the library asks for, and keeps what it changed at once."""

    def __init__(self, store: Store, must: Collection[str]) -> None:
        """Read and write this store; people of the roles in `must` need a second factor."""
        super().__init__(User, Role)
        self.store = store
        self._must = frozenset(must)

    def user(self, account: Account) -> User:
        """Make a user of an account."""
        return User(account, must_have_second_factor=self.must_have_second_factor(account.person.role))

    def must_have_second_factor(self, role: str) -> bool:
        """Say whether people of this role are asked for a second factor."""
        return role in self._must

    def find_user(self, case_insensitive: bool = False, **asked: Any) -> User | None:
        """Find by address or by the stamp that sessions hold."""
        del case_insensitive  # addresses are kept in small letters
        email = str(asked.get("email", "")).lower()
        account = self.store.accounts.find(stamp=str(asked.get("fs_uniquifier", "")), email=email)
        return self.user(account) if account else None

    def find_role(self, role: str) -> Role | None:
        """Make a role of its name."""
        return Role(role)

    def put(self, user: User) -> User:
        """Keep what differs from the account: the password with a new stamp, the same one hashed anew, the factor."""
        account, person = user.account, user.account.person
        if user.fs_uniquifier != account.stamp:
            user.fs_uniquifier = self.store.accounts.set_password(person, user.password or "", person.name).stamp
        elif user.password != account.password:
            self.store.accounts.rehash(person.id, user.password or "")
        if (user.tf_totp_secret or "") != account.totp:
            self.store.accounts.set_totp(person, user.tf_totp_secret or "", person.name)
        fresh = self.store.accounts.find(person=person.id)
        if fresh:
            user.account = fresh
        return user

    def commit(self) -> None:
        """Do nothing: what was put is kept already."""

    def mf_set_recovery_codes(self, user: UserMixin, rcs: list[str] | None) -> None:
        """Keep new recovery codes in the place of the old."""
        user = ours(user)
        self.store.accounts.set_recovery(user.account.person, tuple(rcs or ()))
        user.mf_recovery_codes = list(rcs or ())

    def mf_delete_recovery_code(self, user: UserMixin, idx: int) -> bool:
        """Use one up; of two at once with the same code one is refused."""
        if not self.store.accounts.spend_recovery(ours(user).account, idx):
            abort(403, "This recovery code was used a moment ago.")
        return True


def ours(user: UserMixin) -> User:
    """Take what the library hands back as what it is; it may stand behind the proxy of the request."""
    found = user._get_current_object() if hasattr(user, "_get_current_object") else user  # noqa: SLF001 - its way
    if not isinstance(found, User):
        raise TypeError(f"{found!r} was not made here")
    return found
