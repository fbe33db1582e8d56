"""Which answers are no longer in the database, and which archive holds them."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest


class ThinnedUnit(Base):
    """That answers of a unit in a period were removed; ``archive``: the SHA-256 of its manifest.

    ``rows``: how many. Their responses stay, without an answer.
    """

    __tablename__ = "thinned_units"
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
    archive: Mapped[Digest]
    rows: Mapped[int]
    created_at: Mapped[datetime]
