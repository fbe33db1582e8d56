"""Late corrections of visits, added once a period has closed; the newest of a unit counts.

``current_visits`` and ``current_service_visits`` are the one place that says what counts.
"""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    column,
    table,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key

current_visits = table(
    "current_visits", *map(column, ("unit_id", "period_id", "institution_id", "number"))
)
current_service_visits = table(
    "current_service_visits", *map(column, ("service_id", "period_id", "unit_id", "number"))
)


class ServiceVisitCorrection(Base):
    """How many of the corrected visits were for one of the unit's services."""

    __tablename__ = "service_visit_corrections"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "correction_id"], ["visit_corrections.unit_id", "visit_corrections.id"]
        ),
        ForeignKeyConstraint(["unit_id", "service_id"], ["services.unit_id", "services.id"]),
        CheckConstraint("number > 0 AND number = CAST(number AS INTEGER)", name="number"),
        {"sqlite_with_rowid": False},
    )

    correction_id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    number: Mapped[int]


class VisitCorrection(Base):
    """How many visits a unit had in a closed period after all: who says so, when and why.

    ``parts``: its services as far as they are known, all of them anew.
    """

    __tablename__ = "visit_corrections"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        CheckConstraint("number > 0 AND number = CAST(number AS INTEGER)", name="number"),
        CheckConstraint("length(trim(reason)) >= 10", name="reason"),
        UniqueConstraint("unit_id", "id"),
        Index(None, "unit_id", "period_id"),
        Index(None, "period_id"),
    )

    id: Mapped[Key]
    unit_id: Mapped[int]
    period_id: Mapped[int]
    institution_id: Mapped[int]
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    parts: Mapped[list["ServiceVisitCorrection"]] = relationship()
