"""A survey's result as its own institution makes it public, and where it was published."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Digest, Key, Name, Word, one_of

MEDIA = ("website", "notice_board", "social_media", "press", "other")


class Announcement(Base):
    """A unit's or (without ``unit_id``) an institution's index of a period, word for word.

    One person prepares, another approves; only what is approved is public. A correction is a
    new one.
    """

    __tablename__ = "announcements"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        CheckConstraint("approved_by <> prepared_by", name="two_people"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    institution_id: Mapped[int]
    unit_id: Mapped[int | None]
    period_id: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    document_hash: Mapped[Digest]
    prepared_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    prepared_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None]

    media: Mapped[list["Medium"]] = relationship(order_by="Medium.id")


class Medium(Base):
    """Where and when an announcement was published, with a picture of it."""

    __tablename__ = "media"
    __table_args__ = (one_of("medium", MEDIA),)

    id: Mapped[Key]
    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcements.id"))
    medium: Mapped[Word]
    place: Mapped[Name]
    published: Mapped[date]
    evidence_hash: Mapped[Digest | None] = mapped_column(ForeignKey("evidence.hash"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
