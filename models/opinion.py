"""What an opinion rests on beside fieldwork: secondary data, and the Ombudsman's products."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Key, Name, Word, one_of

PRODUCT_KINDS = ("corrective_action", "improvement", "refinement", "recommendation")
PRODUCT_STATUSES = ("open", "in_progress", "followed_up", "not_carried_out")
LONGEST_VALUE = 30
LONGEST_NUMBER = 60


class _OfPlace:
    """An institution, or one of its units."""

    id: Mapped[Key]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    unit_id: Mapped[int | None]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class SecondaryFigure(_OfPlace, Base):
    """What another body published of an institution or unit, on its own scale, for a round.

    ``year``: of the round; ``source_year``: of the figure. A correction is a new row; the latest
    of a place and indicator is current.
    """

    __tablename__ = "secondary_figures"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        CheckConstraint(f"length(value) BETWEEN 1 AND {LONGEST_VALUE}", name="value"),
        CheckConstraint("length(trim(source)) BETWEEN 3 AND 200", name="source"),
        Index(None, "year", "institution_id"),
    )

    year: Mapped[int] = mapped_column(SmallInteger)
    indicator: Mapped[Code]
    value: Mapped[str] = mapped_column(String(LONGEST_VALUE))
    source: Mapped[Name]
    source_year: Mapped[int] = mapped_column(SmallInteger)


class SecondaryWithdrawal(Base):
    """That a figure was entered by mistake: it stands no more, nor does what it had replaced."""

    __tablename__ = "secondary_withdrawals"
    __table_args__ = (
        UniqueConstraint("figure_id"),
        CheckConstraint("length(trim(reason)) BETWEEN 10 AND 2000", name="reason"),
    )

    id: Mapped[Key]
    figure_id: Mapped[int] = mapped_column(ForeignKey("secondary_figures.id"))
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class ProductStatus(Base):
    """A change of a product's status; before the first it is open."""

    __tablename__ = "product_statuses"
    __table_args__ = (
        UniqueConstraint("product_id", "turn"),
        one_of("status", PRODUCT_STATUSES),
        CheckConstraint("turn > 0", name="turn"),
        CheckConstraint("length(trim(note)) BETWEEN 10 AND 2000", name="note"),
    )

    id: Mapped[Key]
    product_id: Mapped[int] = mapped_column(ForeignKey("ombudsman_products.id"))
    turn: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[Word]
    on: Mapped[date] = mapped_column("changed_on")
    note: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class OmbudsmanProduct(_OfPlace, Base):
    """What the Ombudsman told an institution to mend, suggested or recommended."""

    __tablename__ = "ombudsman_products"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "unit_id"], ["units.institution_id", "units.id"]),
        UniqueConstraint("kind", "number"),
        one_of("kind", PRODUCT_KINDS),
        CheckConstraint(f"length(trim(number)) BETWEEN 1 AND {LONGEST_NUMBER}", name="number"),
        CheckConstraint("issued <= due", name="due"),
        Index(None, "institution_id"),
    )

    kind: Mapped[Word]
    number: Mapped[Code]
    issued: Mapped[date]
    due: Mapped[date | None]

    statuses: Mapped[list["ProductStatus"]] = relationship(order_by="ProductStatus.turn")
