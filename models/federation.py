"""What instances send each other: at the district what was signed, at the nation what came.

A key is believed once a second person has confirmed it, until it ends or another takes its place.
"""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Digest, Key


class SentBundle(Base):
    """A bundle that this instance signed, word for word; ``hash``: by which the next names it."""

    __tablename__ = "sent_bundles"
    __table_args__ = (
        UniqueConstraint("institution_id", "year", "number"),
        UniqueConstraint("hash"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int]
    hash: Mapped[Digest]
    document: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class TrustedKeyDecision(Base):
    """That a second person compared a key with the district's, and confirms it or not."""

    __tablename__ = "trusted_key_decisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["key_id", "proposed_by"], ["trusted_keys.id", "trusted_keys.user_id"]
        ),
        UniqueConstraint("key_id"),
        CheckConstraint("user_id <> proposed_by", name="two_people"),
    )

    id: Mapped[Key]
    key_id: Mapped[int]
    proposed_by: Mapped[int]
    confirmed: Mapped[bool]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class TrustedKeyEnd(Base):
    """That a key is no longer believed, and why; one person is enough to say so."""

    __tablename__ = "trusted_key_ends"
    __table_args__ = (
        CheckConstraint("length(trim(reason)) BETWEEN 10 AND 2000", name="reason"),
        {"sqlite_with_rowid": False},
    )

    key_id: Mapped[int] = mapped_column(ForeignKey("trusted_keys.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class TrustedKey(Base):
    """A district's public key (PEM), as an administrator enters it for an institution."""

    __tablename__ = "trusted_keys"
    __table_args__ = (
        UniqueConstraint("id", "user_id"),
        UniqueConstraint("id", "institution_id"),
        CheckConstraint("length(trim(reason)) BETWEEN 10 AND 2000", name="reason"),
        Index(None, "institution_id"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    public_key: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    decision: Mapped["TrustedKeyDecision | None"] = relationship()
    end: Mapped["TrustedKeyEnd | None"] = relationship()


class ReceivedBundle(Base):
    """A bundle that came, word for word; the one of the highest number of its year holds.

    ``key_id``: the key by which it was checked.
    """

    __tablename__ = "received_bundles"
    __table_args__ = (
        ForeignKeyConstraint(
            ["key_id", "institution_id"], ["trusted_keys.id", "trusted_keys.institution_id"]
        ),
        UniqueConstraint("institution_id", "year", "number"),
        UniqueConstraint("hash"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int]
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int]
    hash: Mapped[Digest]
    document: Mapped[str] = mapped_column(Text)
    key_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class ReceivedPeriod(Base):
    """That a period's answers are not stored here: a bundle told of it first."""

    __tablename__ = "received_periods"
    __table_args__ = ({"sqlite_with_rowid": False},)

    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    bundle_id: Mapped[int] = mapped_column(ForeignKey("received_bundles.id"))
