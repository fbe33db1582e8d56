"""What was counted of closed periods, so that nobody has to count it again.

Derived from the responses, and never more than that: what is kept here may be thrown away and
counted anew at any time. Whoever reads it asks first whether it still holds: see ``CountChange``.
"""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Word, one_of

MARGINS = ("whole", "service_id", "month")


class CountChange(Base):
    """How often it has changed which responses of a unit's period count, since it may be closed.

    Counted by the database itself, in the transaction of the change: when one is excluded, a batch
    withdrawn, a late rating counted. It only ever grows.
    """

    __tablename__ = "count_changes"
    __table_args__ = (
        CheckConstraint("changes >= 0", name="changes"),
        {"sqlite_with_rowid": False},
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    changes: Mapped[int]


class FinalCount(Base):
    """That a unit's closed period was counted, and how many responses there are.

    ``changes``: of ``CountChange`` before the counting began; as long as it is the same, this
    holds. ``shape``: the hash of the names of the counts, in their order. ``people``: JSON of
    source, field, value and number, as ``survey.counts.count_people`` has them. ``digest``: of
    this and the whole's tallies; ``parts_digest``: of the other tallies and the people.
    """

    __tablename__ = "final_counts"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        {"sqlite_with_rowid": False},
    )

    unit_id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int]
    changes: Mapped[int]
    shape: Mapped[Digest]
    received: Mapped[int]
    withdrawn: Mapped[int]
    people: Mapped[str] = mapped_column(Text)
    digest: Mapped[Digest]
    parts_digest: Mapped[Digest]


class FinalTally(Base):
    """The counts of one source of a unit's closed period: of all, of a service, or of a month.

    ``part``: the service's id or the month ("2026-11"), empty for answers that name none;
    ``counted``: responses that count; ``counts``: a JSON list, as ``FinalCount.shape`` names them;
    ``experienced``: the same of what was experienced, of the whole only.
    """

    __tablename__ = "final_tallies"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "period_id"],
            ["final_counts.unit_id", "final_counts.period_id"],
            ondelete="CASCADE",
        ),
        one_of("margin", MARGINS),
        CheckConstraint("(margin = 'whole') = (experienced IS NOT NULL)", name="experienced"),
        {"sqlite_with_rowid": False},
    )

    unit_id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(primary_key=True)
    margin: Mapped[Word] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    counted: Mapped[int]
    counts: Mapped[str] = mapped_column(Text)
    experienced: Mapped[str | None] = mapped_column(Text)
