"""Who signs in, in which roles, over which units and institutions."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Digest, Key, Name, Word, one_of

ROLES = ("official", "coordinator", "analyst", "administrator")
CHANGES = ("made", "role", "password", "second_factor", "identity", "confirmed")
TRIED = ("password", "code", "identity")
EVERYWHERE = text("institution_id IS NULL AND unit_id IS NULL")


class User(Base):
    """A person with a local account."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("username = lower(username)", name="username"),)

    id: Mapped[Key]
    username: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    password_hash: Mapped[Name]
    active: Mapped[bool]
    demonstration: Mapped[bool] = mapped_column(default=False)

    roles: Mapped[list["Role"]] = relationship(back_populates="user")


class Role(Base):
    """One role of a user in one scope: a unit, an institution, or everywhere."""

    __tablename__ = "roles"
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint(
            "(role = 'official') = (unit_id IS NOT NULL)"
            " AND (role = 'coordinator') = (institution_id IS NOT NULL)",
            name="scope",
        ),
        # Three, since NULLs equal nothing: each refuses a role that was given before.
        UniqueConstraint("user_id", "unit_id"),
        UniqueConstraint("user_id", "institution_id"),
        Index(
            None,
            "user_id",
            "role",
            unique=True,
            sqlite_where=EVERYWHERE,
        ),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Word]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))

    user: Mapped[User] = relationship(back_populates="roles")


class LogIn(Base):
    """A signed-in browser, known by the hash of its cookie.

    ``code_at``: when the second factor's code was typed; None: not in this one.
    """

    __tablename__ = "log_ins"

    cookie_hash: Mapped[Digest] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    code_at: Mapped[datetime | None]


class CredentialChange(Base):
    """What was done to how somebody gets in, and by whom: append-only.

    ``by_id``: themselves, an administrator, or nobody: who has the server's files.
    """

    __tablename__ = "credential_changes"
    __table_args__ = (one_of("what", CHANGES),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    what: Mapped[Word]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class SecondFactor(Base):
    """What a user's telephone makes codes of, encrypted; ``last_step``: of the last code used."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    encrypted: Mapped[Name]
    last_step: Mapped[int]
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """A code, as a keyed hash, that lets its owner in once without the telephone."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[Digest] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)


class LinkedIdentity(Base):
    """By whose word somebody may log in without a password: a subject of an OpenID provider's."""

    __tablename__ = "linked_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("user_id", "issuer"))

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    issuer: Mapped[Name]
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]


class LogInFailure(Base):
    """A wrong password or code, or an identity that opens nothing, kept for a while.

    Keyed hashes of a name and of whence it came.
    """

    __tablename__ = "log_in_failures"
    __table_args__ = (
        one_of("what", TRIED),
        Index(None, "whose", "whence"),
        Index(None, "whence"),
    )

    id: Mapped[Key]
    what: Mapped[Word]
    whose: Mapped[Digest]
    whence: Mapped[Digest]
    created_at: Mapped[datetime] = mapped_column(index=True)
