"""Tables of the Ombudsman's judgements, reconciliations and interviews."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Digest, Key, Word, one_of

AREAS = ("standards", "competence", "facilities", "complaints", "governance")
INTERVIEW_AREAS = ("experience", "trust", "seen_standards")
LONGEST_NOTE = 2000
LONGEST_LINK = 500
REASON = (10, 2000)  # characters
WHOLE_UNIT = ""
WEB = ("http://", "https://")


class Judged:
    """What an assessment says: one judgement, 0-4, of one item of a unit in one year's round.

    A correction is a new row. ``subject``: whom it is about, a service's code or the number of
    somebody interviewed; empty: the unit as a whole.
    """

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    area: Mapped[Word]
    item: Mapped[Code]
    assessor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    judgement: Mapped[int] = mapped_column(SmallInteger)
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    subject: Mapped[Code] = mapped_column(default=WHOLE_UNIT, server_default=WHOLE_UNIT)
    link: Mapped[str] = mapped_column(String(LONGEST_LINK), default="", server_default="")
    evidence_hash: Mapped[Digest | None] = mapped_column(ForeignKey("evidence.hash"))


def _limits() -> tuple[CheckConstraint, ...]:
    web = " OR ".join(f"substr(link, 1, {len(start)}) = '{start}'" for start in WEB)
    return (
        one_of("area", AREAS),
        CheckConstraint("judgement IN (0, 1, 2, 3, 4)", name="judgement"),
        CheckConstraint(f"length(note) <= {LONGEST_NOTE}", name="note"),
        CheckConstraint(f"link = '' OR {web}", name="link"),
    )


class Assessment(Judged, Base):
    """An assessor's own judgement; the assessor's latest is current.

    ``desk.assessment.counted`` is the one place that says what of them counts.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        *_limits(),
        Index(None, "year", "unit_id", "item", "subject", "assessor_id"),
    )


class SelfAssessment(Judged, Base):
    """An institution's judgement of its own unit; the latest of anybody there is current.

    In a table of its own, so that nothing that scores, ranks or publishes can ever read it.
    """

    __tablename__ = "self_assessments"
    __table_args__ = (*_limits(), Index(None, "year", "unit_id", "item", "subject"))


class Reconciliation(Base):
    """A third person's judgement where two assessors differ, with the reason; the latest counts."""

    __tablename__ = "reconciliations"
    __table_args__ = (
        CheckConstraint("judgement IN (0, 1, 2, 3, 4)", name="judgement"),
        CheckConstraint(f"length(trim(reason)) BETWEEN {REASON[0]} AND {REASON[1]}", name="reason"),
        Index(None, "year", "unit_id", "item", "subject"),
    )

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    item: Mapped[Code]
    subject: Mapped[Code]
    judgement: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class Interview(Base):
    """What one user told the Ombudsman's interviewer: no name, only the interviewer's number.

    ``points`` of ``most``: what it adds to the score; none of none where nothing was answered.
    A correction is a new row of the same number.
    """

    __tablename__ = "interviews"
    __table_args__ = (
        one_of("area", INTERVIEW_AREAS),
        CheckConstraint(
            "respondent > 0 AND respondent = CAST(respondent AS INTEGER)", name="respondent"
        ),
        CheckConstraint("0 <= points AND points <= most", name="points"),
        Index(None, "year", "unit_id", "area", "interviewer_id", "respondent"),
    )

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    area: Mapped[Word]
    instrument_hash: Mapped[Digest] = mapped_column(ForeignKey("instruments.hash"))
    respondent: Mapped[int] = mapped_column(SmallInteger)
    interviewer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    points: Mapped[int] = mapped_column(SmallInteger)
    most: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]
