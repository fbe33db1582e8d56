"""Facts that an analyst states of an institution in a year, on which a scheme's suffix depends."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Key


class Declaration(Base):
    """That a fact holds of an institution in a year, or doesn't; the latest is current."""

    __tablename__ = "declarations"
    __table_args__ = (
        CheckConstraint("length(trim(reason)) BETWEEN 10 AND 2000", name="reason"),
        Index(None, "year", "fact"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    fact: Mapped[Code]
    holds: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
