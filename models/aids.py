"""What a unit adds to its form beyond reading: questions read aloud, a film in sign language."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Key, Word

LONGEST_ADDRESS = 300


class Recording(Base):
    """A question of an instrument, read aloud in a language for the forms of a unit.

    The latest of a question and language counts; one without a file takes the earlier away.
    """

    __tablename__ = "recordings"

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    instrument: Mapped[Code]
    item: Mapped[Code]
    language: Mapped[Word]
    evidence_hash: Mapped[Digest | None] = mapped_column(ForeignKey("evidence.hash"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class SignFilm(Base):
    """Where a unit's form is shown in sign language; the latest counts, "" takes it away."""

    __tablename__ = "sign_films"

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
