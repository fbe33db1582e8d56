"""What the database knows of the instance it belongs to: its key's public half; that it stores."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key


class InstanceKey(Base):
    """A key of the instance, of which the last one holds.

    ``public_key``: PEM, by which its publications are checked; ``reason``: why it took the place
    of the one before.
    """

    __tablename__ = "instance_keys"
    __table_args__ = (
        UniqueConstraint("public_key"),
        CheckConstraint("length(trim(reason)) BETWEEN 10 AND 2000", name="reason"),
    )

    id: Mapped[Key]
    public_key: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Probe(Base):
    """The one row that is written only to see whether the database stores what it is given."""

    __tablename__ = "probes"

    id: Mapped[Key]
    at: Mapped[datetime]
