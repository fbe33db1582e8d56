"""What was read from comments: versions of the triage, its labels, and people's own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Key, Word, one_of
from models.responses import FORMS

LABELS = (*FORMS, "praise", "neutral")
ASPECTS = ("unspecific", "elsewhere")
REVIEWERS = ("official", "analyst")


class TriageVersion(Base):
    """One fit of the triage: from which corpus and reviews, with which parameters and scores.

    ``last_review``: the reviews by analysts up to this one were used; 0: none.
    """

    __tablename__ = "triage_versions"
    __table_args__ = (CheckConstraint("last_review >= 0 AND reviews >= 0", name="reviews"),)

    id: Mapped[Key]
    corpus_hash: Mapped[Digest]
    reviews: Mapped[int]
    last_review: Mapped[int]
    parameters: Mapped[str] = mapped_column(Text)
    scores: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class TriageChoice(Base):
    """Which version holds from then on: the last choice counts, an earlier one may come back."""

    __tablename__ = "triage_choices"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(ForeignKey("triage_versions.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class CommentLabel(Base):
    """What a version of the triage read in a comment; ``elements``: their keys, by spaces.

    ``aspect``: what a neutral one is that tells of no service; ``withheld``: the unit must not
    read it singly, so it is with all that earlier versions of the program read.
    """

    __tablename__ = "comment_labels"
    __table_args__ = (
        one_of("label", LABELS),
        one_of("secondary", FORMS),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
        one_of("aspect", ASPECTS),
        {"sqlite_with_rowid": False},
    )

    response_id: Mapped[UUID] = mapped_column(ForeignKey("comments.response_id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("triage_versions.id"), primary_key=True)
    label: Mapped[Word]
    secondary: Mapped[Word | None]
    confidence: Mapped[float]
    abstained: Mapped[bool]
    urgent: Mapped[bool]
    withheld: Mapped[bool] = mapped_column(server_default=true())
    sentiment: Mapped[Word]
    aspect: Mapped[Word | None]
    elements: Mapped[str] = mapped_column(Text)


class CommentReview(Base):
    """The label that a person gave; an official's counts only where an analyst gave one too."""

    __tablename__ = "comment_reviews"
    __table_args__ = (
        one_of("label", LABELS),
        one_of("secondary", FORMS),
        one_of("role", REVIEWERS),
        CheckConstraint("secondary <> label", name="two_forms"),
    )

    id: Mapped[Key]
    response_id: Mapped[UUID] = mapped_column(ForeignKey("comments.response_id"), index=True)
    label: Mapped[Word]
    secondary: Mapped[Word | None]
    role: Mapped[Word]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
