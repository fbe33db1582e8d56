"""Kiosks: devices that a unit has set up for its visitors."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Key, Name


class Kiosk(Base):
    """A device at a unit; its key is stored as a keyed hash. It changes once: when withdrawn."""

    __tablename__ = "kiosks"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
    )

    id: Mapped[Key]
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    name: Mapped[Name]
    key_hash: Mapped[Digest] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
