"""A year's round of assessment: what institutions propose, what the Ombudsman chooses.

What was chosen is withdrawn by a further row: of the same choice odd turns take up, even turns
withdraw, and the latest turn is current.
"""

from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    and_,
    exists,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import Base, Code, Key, Word

YEARS = (2000, 2999)
WORDED = "length(trim(reason)) BETWEEN 10 AND 2000"


class AssessmentRound(Base):
    """The round of a year: the scheme whose items are judged, the sampling rules' own text."""

    __tablename__ = "rounds"
    __table_args__ = (CheckConstraint(f"year BETWEEN {YEARS[0]} AND {YEARS[1]}", name="year"),)

    id: Mapped[Key]
    year: Mapped[int] = mapped_column(SmallInteger, unique=True)
    scheme_hash: Mapped[str] = mapped_column(ForeignKey("schemes.hash"))
    sampling: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class Turned(Base):
    """A turn of a choice about a unit in a round; ``ABOUT`` names the choice within the round."""

    __abstract__ = True
    ABOUT: ClassVar[tuple[str, ...]] = ("unit_id",)

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    turn: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class Proposal(Turned):
    """A unit that its institution proposes, with its kind, its marks and why."""

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("round_id", "unit_id", "turn"),
        UniqueConstraint("round_id", "unit_id", "id"),
        CheckConstraint("turn > 0", name="turn"),
        CheckConstraint(WORDED, name="reason"),
    )

    kind: Mapped[Word]
    marks: Mapped[list[str]] = mapped_column(JSON)


class SampledUnit(Turned):
    """A unit that is assessed: one that was proposed, or another for a reason."""

    __tablename__ = "sampled_units"
    __table_args__ = (
        UniqueConstraint("round_id", "unit_id", "turn"),
        ForeignKeyConstraint(
            ["round_id", "unit_id", "proposal_id"],
            ["proposals.round_id", "proposals.unit_id", "proposals.id"],
        ),
        CheckConstraint("turn > 0", name="turn"),
        CheckConstraint(f"(turn % 2 = 1 AND proposal_id IS NOT NULL) OR ({WORDED})", name="reason"),
    )

    kind: Mapped[Word]
    proposal_id: Mapped[int | None]


class SampledSubject(Turned):
    """What is looked at in a unit: a product by its code, a person by role and number."""

    __tablename__ = "sampled_subjects"
    __table_args__ = (
        UniqueConstraint("round_id", "unit_id", "kind", "subject", "turn"),
        CheckConstraint("turn > 0", name="turn"),
        CheckConstraint(f"turn % 2 = 1 OR ({WORDED})", name="reason"),
        CheckConstraint(
            "kind = 'product' OR"
            " (subject LIKE kind || '-%' AND length(subject) <= length(kind) + 3)",
            name="subject",
        ),
    )
    ABOUT = ("unit_id", "kind", "subject")

    kind: Mapped[Word]
    subject: Mapped[Code]


class SampledAssessor(Turned):
    """Who assesses a unit."""

    __tablename__ = "sampled_assessors"
    __table_args__ = (
        UniqueConstraint("round_id", "unit_id", "assessor_id", "turn"),
        CheckConstraint("turn > 0", name="turn"),
        CheckConstraint(f"turn % 2 = 1 OR ({WORDED})", name="reason"),
    )
    ABOUT = ("unit_id", "assessor_id")

    assessor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


@cache
def in_force(model: type[Turned]) -> ColumnElement[bool]:
    """The condition on rows of ``model`` that they stand: taken up, not withdrawn since."""
    later: Any = aliased(model)
    same = [getattr(later, name) == getattr(model, name) for name in ("round_id", *model.ABOUT)]
    return and_(model.turn % 2 == 1, ~exists().where(*same, later.turn > model.turn))
