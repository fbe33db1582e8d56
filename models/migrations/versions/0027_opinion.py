"""The opinion of 2025: new areas of fieldwork, secondary data, the Ombudsman's products."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only, replace_check

revision = "0027"
down_revision = "0026"

JUDGED = ("standards", "competence", "facilities", "complaints")
INTERVIEWED = ("experience", "trust")
KINDS = ("corrective_action", "improvement", "refinement", "recommendation")
STATUSES = ("open", "in_progress", "followed_up", "not_carried_out")


def upgrade() -> None:
    for table in ("assessments", "self_assessments"):
        _allow(table, JUDGED, "governance")
    _allow("interviews", INTERVIEWED, "seen_standards")
    _create(
        "secondary_figures",
        *_place("secondary_figures"),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("indicator", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_year", sa.SmallInteger(), nullable=False),
        _check("secondary_figures", "value", "length(value) BETWEEN 1 AND 30"),
        _check("secondary_figures", "source", "length(trim(source)) BETWEEN 3 AND 200"),
    )
    op.create_index(
        op.f("ix_secondary_figures_year_institution_id"),
        "secondary_figures",
        ["year", "institution_id"],
    )
    _create(
        "ombudsman_products",
        *_place("ombudsman_products"),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issued", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        _check("ombudsman_products", "kind", _one_of("kind", KINDS)),
        _check("ombudsman_products", "number", "length(trim(number)) BETWEEN 1 AND 60"),
        _check("ombudsman_products", "due", "issued <= due"),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_ombudsman_products_kind_number")),
    )
    op.create_index(
        op.f("ix_ombudsman_products_institution_id"), "ombudsman_products", ["institution_id"]
    )
    _create(
        "product_statuses",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _check("product_statuses", "status", _one_of("status", STATUSES)),
        _check("product_statuses", "turn", "turn > 0"),
        _check("product_statuses", "note", "length(trim(note)) BETWEEN 10 AND 2000"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["ombudsman_products.id"], name=op.f("fk_product_statuses_product_id")
        ),
        sa.UniqueConstraint("product_id", "turn", name=op.f("uq_product_statuses_product_id_turn")),
    )
    for table in ("secondary_figures", "ombudsman_products", "product_statuses"):
        append_only(table)


def _allow(table: str, words: tuple[str, ...], new: str) -> None:
    """Lets the table hold rows of one more area."""
    replace_check(table, "area", _one_of("area", words), _one_of("area", (*words, new)))


def _one_of(column: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _place(table: str) -> tuple[sa.Column[Any] | sa.Constraint, ...]:
    """An institution, or one of its units."""
    return (
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f(f"fk_{table}_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f(f"fk_{table}_institution_id_unit_id"),
        ),
    )


def _create(table: str, *own: sa.Column[Any] | sa.Constraint) -> None:
    """A table of what somebody entered, and when."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *own,
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
