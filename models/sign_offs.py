"""What the fieldwork of a unit lacks and may lack, and that a supervisor looked at it all."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Key


class Waiver(Base):
    """That what a unit of a round lacks shall not keep it from a score, as somebody proposes.

    ``lacking``: what it lacked then, by name; nothing else is waived.
    """

    __tablename__ = "waivers"
    __table_args__ = (
        UniqueConstraint("id", "user_id"),
        CheckConstraint("length(trim(reason)) BETWEEN 10 AND 2000", name="reason"),
        Index(None, "round_id", "unit_id"),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    lacking: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class WaiverConfirmation(Base):
    """That a second person confirms a waiver; from then on it holds."""

    __tablename__ = "waiver_confirmations"
    __table_args__ = (
        ForeignKeyConstraint(["waiver_id", "proposed_by"], ["waivers.id", "waivers.user_id"]),
        UniqueConstraint("waiver_id"),
        CheckConstraint("user_id <> proposed_by", name="two_people"),
    )

    id: Mapped[Key]
    waiver_id: Mapped[int]
    proposed_by: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class SignOff(Base):
    """That a supervisor signs the fieldwork of a unit off, in the state that ``state`` names.

    ``state``: the hash of the last entry of each kind; once there is a later one, the unit is
    open again.
    """

    __tablename__ = "sign_offs"
    __table_args__ = (Index(None, "round_id", "unit_id"),)

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    state: Mapped[Digest]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
