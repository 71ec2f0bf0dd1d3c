"""People who sign in: accounts, one-time codes, sessions, limits; and the audit trail, which only grows."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "people_and_audit"
down_revision = "0001"
branch_labels = None
depends_on = None

WITH_EMAIL = sa.text("email <> ''")
SQLITE_REFUSAL = """
CREATE TRIGGER audit_refuses_{deed} BEFORE {deed} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END
"""
POSTGRESQL_REFUSAL = """
CREATE FUNCTION audit_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is never changed'; END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER audit_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_never_changed()
"""


def upgrade() -> None:
    """Apply."""
    give_people_ids()
    make_accounts_and_codes()
    make_sessions_and_tries()
    make_the_audit()
    let_the_audit_only_grow()


def give_people_ids() -> None:
    """Make the table of people anew, with an id of their own, and take over who is there."""
    known = sa.table("people", *(sa.column(name) for name in ("name", "role", "teams", "phone")))
    there = [dict(row._mapping) for row in op.get_bind().execute(sa.select(known))]  # noqa: SLF001 - the public way
    op.drop_table("people")
    made = op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("teams", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), server_default="[]", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(create_constraint=False), server_default=sa.text("true"), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("name", name=op.f("uq_people_name")),
    )
    op.create_index(
        "ix_people_email", "people", ["email"], unique=True, sqlite_where=WITH_EMAIL, postgresql_where=WITH_EMAIL
    )
    if there:
        op.bulk_insert(made, [row | {"id": secrets.token_hex(8)} for row in there])


def make_accounts_and_codes() -> None:
    """Make what lets people in."""
    op.create_table(
        "accounts",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("totp", sa.Text(), server_default="", nullable=False),
        sa.Column("counter", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("recovery", sa.Text(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_accounts")),
        sa.UniqueConstraint("stamp", name=op.f("uq_accounts_stamp")),
    )
    op.create_table(
        "codes",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_codes")),
    )


def make_sessions_and_tries() -> None:
    """Make who is in, and who knocked too often."""
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("began", sa.Double(), nullable=False),
        sa.Column("seen", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_person"), "sessions", ["person"], unique=False)
    op.create_table(
        "tries",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_tries")),
    )


def make_the_audit() -> None:
    """Make the trail of what people did."""
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)


def let_the_audit_only_grow() -> None:
    """Have the database itself refuse every change of a row that stands."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(SQLITE_REFUSAL.format(deed=deed))
        return
    op.execute(POSTGRESQL_REFUSAL)
    op.execute(POSTGRESQL_TRIGGER)
