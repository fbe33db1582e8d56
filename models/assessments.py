"""What assessors judged: items of service standards, competence, facilities, complaints."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Key, Word, one_of

AREAS = ("standards", "competence", "facilities", "complaints")


class Assessment(Base):
    """One judgement, 0-4, of one item of a unit in one year's round.

    A correction is a new row; an assessor's latest is current.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        one_of("area", AREAS),
        CheckConstraint("judgement IN (0, 1, 2, 3, 4)", name="judgement"),
        CheckConstraint("length(note) <= 2000", name="note"),
        Index(None, "year", "unit_id"),
    )

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    area: Mapped[Word]
    item: Mapped[Code]
    assessor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    judgement: Mapped[int] = mapped_column(SmallInteger)
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
