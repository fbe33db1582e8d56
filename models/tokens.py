"""Visit tokens: one rating for one visit, without knowing whose."""

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest


class VisitToken(Base):
    """A token that was handed out, as a keyed hash: redeemed or not, never when or by what.

    Random keys and no row number, so that its place tells nothing of its response.
    """

    __tablename__ = "visit_tokens"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        {"sqlite_with_rowid": False},
    )

    token_hash: Mapped[Digest] = mapped_column(primary_key=True)
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    period_id: Mapped[int]
    redeemed: Mapped[bool]
