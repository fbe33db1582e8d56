"""What the screening of a unit's period found, kept: of an open period until the next step."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code


class Screened(Base):
    """The latest screening of a unit in a period; ``final``: made when it closed, for good.

    ``counted``: the responses that counted then; ``document``: JSON of what was found, with the
    ids of flagged responses and, once it is final, without any day or time.
    """

    __tablename__ = "screenings"
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
    rules: Mapped[Code]
    made_at: Mapped[datetime]
    counted: Mapped[int]
    final: Mapped[bool]
    document: Mapped[str] = mapped_column(Text)
