"""When a survey runs, what is asked, and by which rules."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Digest, Key, Name, Word, one_of
from models.places import Institution

HEADLINES = ("pooled", "averaged")


class InstrumentUsed(Base):
    """The text of an instrument as it was asked, known by its hash."""

    __tablename__ = "instruments"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[Digest] = mapped_column(primary_key=True)
    key: Mapped[Code]
    text: Mapped[str] = mapped_column(Text)


class SchemeUsed(Base):
    """The text of a scheme as it was used, known by its hash."""

    __tablename__ = "schemes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[Digest] = mapped_column(primary_key=True)
    key: Mapped[Code]
    text: Mapped[str] = mapped_column(Text)


class Period(Base):
    """A survey period of an institution: its days, its instrument, its scheme.

    Open until it is closed; it takes answers on its days only.
    """

    __tablename__ = "periods"
    __table_args__ = (
        CheckConstraint("starts <= ends", name="days"),
        one_of("headline", HEADLINES),
        UniqueConstraint("institution_id", "id"),
        UniqueConstraint("institution_id", "code"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    code: Mapped[Code]
    name: Mapped[Name]
    starts: Mapped[date]
    ends: Mapped[date]
    instrument_hash: Mapped[Digest] = mapped_column(ForeignKey("instruments.hash"))
    scheme_hash: Mapped[Digest] = mapped_column(ForeignKey("schemes.hash"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    # What a unit's headline is: all its respondents together, or the mean of its services.
    headline: Mapped[Word] = mapped_column(server_default="pooled")

    institution: Mapped[Institution] = relationship()
    instrument: Mapped[InstrumentUsed] = relationship()
    scheme: Mapped[SchemeUsed] = relationship()


class Visits(Base):
    """How many visits a unit had in a period: the population of its survey."""

    __tablename__ = "visits"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        CheckConstraint("number > 0 AND number = CAST(number AS INTEGER)", name="number"),
        Index(None, "period_id"),
    )

    unit_id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int]
    number: Mapped[int]


class ServiceVisits(Base):
    """How many of a unit's visits in a period were for one of its services."""

    __tablename__ = "service_visits"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        ForeignKeyConstraint(["unit_id", "service_id"], ["services.unit_id", "services.id"]),
        CheckConstraint("number > 0 AND number = CAST(number AS INTEGER)", name="number"),
        Index(None, "unit_id", "period_id"),
    )

    service_id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    institution_id: Mapped[int]
    number: Mapped[int]
