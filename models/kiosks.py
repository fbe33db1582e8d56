"""Who is known by a key in an address: devices that a unit has set up, and interviewers."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint
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


class Interviewer(Base):
    """Who asks citizens with a form: of a unit, or (without one) of the Ombudsman.

    The key is stored as a keyed hash. A row changes once: when it is withdrawn.
    """

    __tablename__ = "interviewers"

    id: Mapped[Key]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    name: Mapped[Name]
    key_hash: Mapped[Digest] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
