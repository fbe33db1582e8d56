"""Late ratings: filled in before their period closed, sent after. They wait apart to be counted.

Nothing here joins a late receipt to a late response, as nothing joins a receipt to a response.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Key


class LateReceipt(Base):
    """That a late rating was received: as ``Receipt``, for answers that wait apart."""

    __tablename__ = "late_receipts"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        {"sqlite_with_rowid": False},
    )

    code_hash: Mapped[Digest] = mapped_column(primary_key=True)
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    period_id: Mapped[int]


class LateResponse(Base):
    """A late rating as it was checked; never changed, never removed.

    ``filled_on``: the day that the device tells, None where it tells none; ``content``: JSON of
    a ``survey.storage.CheckedResponse`` without times and client, its comment without personal
    data.
    """

    __tablename__ = "late_responses"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        Index(None, "unit_id", "period_id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    period_id: Mapped[int]
    came_on: Mapped[date]
    filled_on: Mapped[date | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class LateCounting(Base):
    """That all late ratings that waited for a unit were counted, by whom and why."""

    __tablename__ = "late_countings"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        CheckConstraint("length(trim(reason)) BETWEEN 10 AND 2000", name="reason"),
        Index(None, "unit_id", "period_id"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    period_id: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class LateCounted(Base):
    """A late rating that was counted: it stands among the responses, under the same id."""

    __tablename__ = "late_counted"
    __table_args__ = ({"sqlite_with_rowid": False},)

    late_id: Mapped[UUID] = mapped_column(ForeignKey("late_responses.id"), primary_key=True)
    counting_id: Mapped[int] = mapped_column(ForeignKey("late_countings.id"))
