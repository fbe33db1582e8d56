"""The table of long work that runs beside the pages: its input, progress and result."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Key, Name, Word, one_of

STATES = ("waiting", "running", "done", "failed", "cancelled")


class Job(Base):
    """One piece of long work of one user. Its file lies in the data folder under its number."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("state", STATES),
        CheckConstraint("0 <= done AND done <= total", name="done"),
    )

    id: Mapped[Key]
    kind: Mapped[Code]
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    state: Mapped[Word]
    done: Mapped[int]
    total: Mapped[int]
    stop: Mapped[bool]
    problem: Mapped[str] = mapped_column(Text)
    file_name: Mapped[Name | None]
    heard_at: Mapped[datetime]
