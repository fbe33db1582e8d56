"""What is done about a survey: programmes, how far they are, public consultations."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Digest, Key, Name, Word, one_of

STATUSES = ("planned", "under_way", "done", "dropped")
LONGEST_ACCOUNT = 2000


class Evidence(Base):
    """A file that shows something: its hash, by which it lies in the data folder.

    ``copy_hash``: of the copy that people see of a photo; None of a PDF, and of older photos.
    """

    __tablename__ = "evidence"
    __table_args__ = (CheckConstraint("size > 0", name="size"), {"sqlite_with_rowid": False})

    hash: Mapped[Digest] = mapped_column(primary_key=True)
    file_name: Mapped[Name]
    media_type: Mapped[Code]
    size: Mapped[int]
    copy_hash: Mapped[Digest | None]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class FollowUp(Base):
    """A programme that shall mend an element which a unit's survey of a period found weak."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        ForeignKeyConstraint(["unit_id", "service_id"], ["services.unit_id", "services.id"]),
        CheckConstraint(f"length(programme) BETWEEN 1 AND {LONGEST_ACCOUNT}", name="programme"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    period_id: Mapped[int]
    service_id: Mapped[int | None]
    element: Mapped[Code]
    programme: Mapped[str] = mapped_column(Text)
    due: Mapped[date]
    person: Mapped[Name]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    steps: Mapped[list["FollowUpStep"]] = relationship(order_by="FollowUpStep.id")


class FollowUpStep(Base):
    """How far a programme is; the latest is current, none is ever changed."""

    __tablename__ = "follow_up_steps"
    __table_args__ = (
        one_of("status", STATUSES),
        CheckConstraint(f"length(account) <= {LONGEST_ACCOUNT}", name="account"),
    )

    id: Mapped[Key]
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_ups.id"))
    status: Mapped[Word]
    account: Mapped[str] = mapped_column(Text)
    evidence_hash: Mapped[Digest | None] = mapped_column(ForeignKey("evidence.hash"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class Consultation(Base):
    """The minutes of a public consultation (Forum Konsultasi Publik) on a unit's survey."""

    __tablename__ = "consultations"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        ForeignKeyConstraint(
            ["institution_id", "period_id"], ["periods.institution_id", "periods.id"]
        ),
        CheckConstraint("participants > 0", name="participants"),
        CheckConstraint("length(minutes) BETWEEN 1 AND 20000", name="minutes"),
    )

    id: Mapped[Key]
    institution_id: Mapped[int]
    unit_id: Mapped[int]
    period_id: Mapped[int]
    held: Mapped[date]
    participants: Mapped[int]
    minutes: Mapped[str] = mapped_column(Text)
    evidence_hash: Mapped[Digest | None] = mapped_column(ForeignKey("evidence.hash"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
