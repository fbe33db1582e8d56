"""What was made public, and the trace of every act."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Digest, Key, Name


class Publication(Base):
    """A prepared result: its document, word for word; public once somebody else sealed it."""

    __tablename__ = "publications"
    __table_args__ = (
        Index(None, "id", "user_id", unique=True),
        Index(None, "id", unique=True),  # SQLite reads the document for each look by the key alone
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    scheme_hash: Mapped[Digest] = mapped_column(ForeignKey("schemes.hash"))
    year: Mapped[int] = mapped_column(SmallInteger)
    document: Mapped[str] = mapped_column(Text)
    document_hash: Mapped[Digest]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    counts: Mapped[list["PublishedCount"]] = relationship()
    seal: Mapped["Seal | None"] = relationship()


class Seal(Base):
    """That a second person approved a publication, signed, and put last in the chain.

    ``hash``: of the sealed bytes; ``previous_hash``: that of the publication before, which no
    other names; ``public_key``: PEM; ``signature``: hexadecimal; ``trace_event`` and
    ``trace_hash``: the last event of the trace at that moment, sealed too; None in seals of before.
    """

    __tablename__ = "seals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["publication_id", "prepared_by"], ["publications.id", "publications.user_id"]
        ),
        UniqueConstraint("hash"),
        UniqueConstraint("previous_hash"),
        CheckConstraint("approved_by <> prepared_by", name="two_people"),
        {"sqlite_with_rowid": False},
    )

    publication_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    prepared_by: Mapped[int]
    approved_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime]
    hash: Mapped[Digest]
    previous_hash: Mapped[Digest]
    public_key: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(128))
    trace_event: Mapped[int | None]
    trace_hash: Mapped[Digest | None]


class PublishedCount(Base):
    """How many of a unit's received responses of a period a publication counts."""

    __tablename__ = "published_counts"
    __table_args__ = (
        CheckConstraint("0 <= counted AND counted <= received", name="counted"),
        {"sqlite_with_rowid": False},
    )

    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publications.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    received: Mapped[int]
    counted: Mapped[int]


class AuditEvent(Base):
    """Who did what, when. ``actor`` names the command where no user is signed in.

    ``recorded_at``: by the database's clock, None in events of before; ``hash``: of the event's
    fields and of ``previous``, the hash of the event before. What sets them: ``models.trace``.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(None, "act", "actor", "created_at"),
        Index(None, "previous", unique=True),
    )

    id: Mapped[Key]
    created_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor: Mapped[Name]
    act: Mapped[Code]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    recorded_at: Mapped[datetime | None] = mapped_column(server_default=FetchedValue())
    previous: Mapped[Digest | None] = mapped_column(server_default=FetchedValue())
    hash: Mapped[Digest | None] = mapped_column(server_default=FetchedValue())
