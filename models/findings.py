"""Tables of findings and advice for assessed units, with the answers and decisions."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Digest, Key, Word, one_of

FINDING_KINDS = ("finding", "procedure", "innovation")
FINDING_STEPS = ("answered", "accepted", "sent_back")


class FindingStep(Base):
    """The institution answers at odd turns; the Ombudsman accepts or sends back at even ones."""

    __tablename__ = "finding_steps"
    __table_args__ = (
        UniqueConstraint("finding_id", "turn"),
        one_of("status", FINDING_STEPS),
        CheckConstraint("turn > 0 AND (turn % 2 = 1) = (status = 'answered')", name="turn"),
        CheckConstraint("length(trim(text)) BETWEEN 10 AND 2000", name="text"),
    )

    id: Mapped[Key]
    finding_id: Mapped[int] = mapped_column(ForeignKey("findings.id"))
    turn: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[Word]
    text: Mapped[str] = mapped_column(Text)
    evidence_hash: Mapped[Digest | None] = mapped_column(ForeignKey("evidence.hash"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class Finding(Base):
    """A finding, a procedure to review or an innovation asked for; the unit sees it at once."""

    __tablename__ = "findings"
    __table_args__ = (
        one_of("kind", FINDING_KINDS),
        CheckConstraint("length(trim(text)) BETWEEN 10 AND 2000", name="text"),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[Word]
    item: Mapped[Code | None]
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    steps: Mapped[list["FindingStep"]] = relationship(order_by="FindingStep.turn")
