"""How a survey's answers were collected, as those who collected them tell it; latest holds."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Key, Name

LONGEST_TOLD = 2000


class CollectionNote(Base):
    """Who collected a survey's answers, where, how and from when to when.

    ``unit_id`` None: of the institution's own survey.
    """

    __tablename__ = "collection_notes"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        *(
            CheckConstraint(f"length({told}) <= {LONGEST_TOLD}", name=told)
            for told in ("team", "place", "way")
        ),
        CheckConstraint("first_day <= last_day", name="days"),
        Index(None, "period_id", "unit_id"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int]
    unit_id: Mapped[int | None]
    period_id: Mapped[int]
    team: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class CollectionPhoto(Base):
    """A photograph of how it was done; the latest row of a picture says whether it is shown."""

    __tablename__ = "collection_photos"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        CheckConstraint("shown IN (TRUE, FALSE)", name="shown"),
        Index(None, "period_id", "unit_id"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int]
    unit_id: Mapped[int | None]
    period_id: Mapped[int]
    evidence_hash: Mapped[Digest] = mapped_column(ForeignKey("evidence.hash"))
    caption: Mapped[Name]
    shown: Mapped[bool]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
