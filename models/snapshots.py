"""What a dashboard last showed, so that it advances in steps."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Snapshot(Base):
    """The tally of a unit's responses in a period when it was last shown anew."""

    __tablename__ = "snapshots"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    received: Mapped[int]
    counted: Mapped[int]
    withdrawn: Mapped[int]
    tally: Mapped[str] = mapped_column(Text)
