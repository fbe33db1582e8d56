"""The table of objections to items of a prepared publication, with their decisions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Key


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
