"""The tables of objections to items of a prepared publication, with what is decided of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Key


class ObjectionRelease(Base):
    """That an accepted objection stands in the way of nothing any more, and why."""

    __tablename__ = "objection_releases"
    __table_args__ = (
        UniqueConstraint("objection_id"),
        CheckConstraint("length(trim(reason)) BETWEEN 10 AND 2000", name="reason"),
    )

    id: Mapped[Key]
    objection_id: Mapped[int] = mapped_column(ForeignKey("objections.id"))
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class Objection(Base):
    """An objection (sanggah) to one item of one unit, decided once, by somebody else."""

    __tablename__ = "objections"
    __table_args__ = (
        UniqueConstraint("publication_id", "unit_id", "item"),
        CheckConstraint("length(trim(reason)) BETWEEN 10 AND 2000", name="reason"),
        CheckConstraint("length(trim(answer)) BETWEEN 10 AND 2000", name="answer"),
        CheckConstraint(
            "(accepted IS NULL) = (answer IS NULL) AND (accepted IS NULL) = (decided_by IS NULL)"
            " AND (accepted IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
        CheckConstraint("decided_by <> raised_by", name="two_people"),
    )

    id: Mapped[Key]
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publications.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    item: Mapped[Code]
    reason: Mapped[str] = mapped_column(Text)
    raised_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    raised_at: Mapped[datetime]
    accepted: Mapped[bool | None]
    answer: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    # Beside the query, which may lock the objection's own row.
    release: Mapped["ObjectionRelease | None"] = relationship(lazy="selectin")


class ToMend(Base):
    """What an accepted objection names to be stated anew: what one person stated of one place.

    ``item``: that was judged, or declared; of an interview its area. ``subject``: of the
    judgement, or the number of the user who was interviewed. ``person_id``: who stated it.
    """

    __tablename__ = "mendings"
    __table_args__ = ({"sqlite_with_rowid": False},)

    objection_id: Mapped[int] = mapped_column(ForeignKey("objections.id"), primary_key=True)
    item: Mapped[Code] = mapped_column(primary_key=True)
    subject: Mapped[Code] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
