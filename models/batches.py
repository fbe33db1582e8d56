"""Batches of answers that did not come one by one: imported, keyed; withdrawn by two people."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Key, Word


class UnfinishedBatch(Base):
    """A batch that is still being stored: none of it counts or is shown before all of it is in.

    One a unit. ``work``: by which one knows whether somebody still stores it, see
    ``models.at_work``. Of such a batch alone may rows be removed again.
    """

    __tablename__ = "unfinished_batches"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "period_id", "batch_id"],
            ["batches.unit_id", "batches.period_id", "batches.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("unit_id"),
        {"sqlite_with_rowid": False},
    )

    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[int]
    period_id: Mapped[int]
    work: Mapped[Digest]
    begun_at: Mapped[datetime]


class UnfinishedClosing(Base):
    """A period that has closed and whose responses have yet to forget their days.

    ``screened``: whether its units were screened for the last time, which goes before.
    """

    __tablename__ = "unfinished_closings"
    __table_args__ = ({"sqlite_with_rowid": False},)

    period_id: Mapped[int] = mapped_column(
        ForeignKey("periods.id"), primary_key=True, autoincrement=False
    )
    work: Mapped[Digest]
    screened: Mapped[bool]


class Withdrawal(Base):
    """That a batch shall no longer count, as one person proposes and another decides.

    ``confirmed`` is None until then.
    """

    __tablename__ = "withdrawals"
    __table_args__ = (
        CheckConstraint("length(trim(reason)) >= 10", name="reason"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(confirmed IS NULL) = (decided_by IS NULL)"
            " AND (confirmed IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
        Index(None, "batch_id"),
    )

    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    confirmed: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]


class Keying(Base):
    """A pile of numbered paper forms being keyed; ``batch_id``: what it became.

    ``compared`` and ``differing``: the entries of the sheets keyed twice, when the last of them
    was keyed the second time, before anything was corrected.
    """

    __tablename__ = "keyings"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        CheckConstraint("sheets BETWEEN 1 AND 1000", name="sheets"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    period_id: Mapped[int]
    name: Mapped[Code]
    sheets: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    compared: Mapped[int | None]
    differing: Mapped[int | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))


class KeyedSheet(Base):
    """One paper form as it was keyed the first or the second time; may be corrected until stored.

    ``filled``: JSON of what stands on the sheet.
    """

    __tablename__ = "keyed_sheets"
    __table_args__ = (CheckConstraint("round IN (1, 2)", name="round"),)

    keying_id: Mapped[int] = mapped_column(ForeignKey("keyings.id"), primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    filled: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    keyed_at: Mapped[datetime]


class ColumnMeaning(Base):
    """What somebody said that a heading in a unit's files means; the latest holds.

    ``heading``: its words in lower case; ``meaning``: an item, or what else a column holds.
    """

    __tablename__ = "column_meanings"
    __table_args__ = (Index(None, "unit_id"),)

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    heading: Mapped[str] = mapped_column(String(300))
    meaning: Mapped[Word]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
