"""How places were called before, and what became of units."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, Name, Word, one_of
from models.places import Unit

HOW_UNITS_CHANGE = ("close", "reopen", "merge", "split", "move")


class FormerName(Base):
    """The name of an institution, a unit or a service until a day, on which another began.

    A place's name on a day is the one that ended first after it, or else its present name.
    """

    __tablename__ = "former_names"
    __table_args__ = (
        CheckConstraint(
            "(institution_id IS NOT NULL AND unit_id IS NULL AND service_id IS NULL)"
            " OR (institution_id IS NULL AND unit_id IS NOT NULL AND service_id IS NULL)"
            " OR (institution_id IS NULL AND unit_id IS NULL AND service_id IS NOT NULL)",
            name="one_place",
        ),
        Index(None, "institution_id"),
        Index(None, "unit_id"),
        Index(None, "service_id"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))
    name: Mapped[Name]
    until: Mapped[date]


class UnitChange(Base):
    """That a unit ends on a day, as one of several ways, or that it doesn't after all."""

    __tablename__ = "unit_changes"
    __table_args__ = (
        one_of("how", HOW_UNITS_CHANGE),
        CheckConstraint("length(trim(reason)) >= 10", name="reason"),
        CheckConstraint("(how = 'reopen') = (day IS NULL)", name="day"),
        Index(None, "unit_id"),
    )

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    how: Mapped[Word]
    day: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    successions: Mapped[list["Succession"]] = relationship(back_populates="change")


class Succession(Base):
    """The unit that goes on from another: what a merger, a split or a move leads to."""

    __tablename__ = "successions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    change_id: Mapped[int] = mapped_column(ForeignKey("unit_changes.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)

    change: Mapped[UnitChange] = relationship(back_populates="successions")
    successor: Mapped[Unit] = relationship()
