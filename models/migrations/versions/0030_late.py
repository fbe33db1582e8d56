"""Late ratings: kept apart, and let in to a closed period once they were counted."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only, refuse_late_but_counted

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "late_receipts",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        *of_a_place("late_receipts"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_late_receipts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "late_responses",
        sa.Column("id", sa.Uuid(), nullable=False),
        *of_a_place("late_responses"),
        sa.Column("came_on", sa.Date(), nullable=False),
        sa.Column("filled_on", sa.Date(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_responses")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "late_countings",
        sa.Column("id", sa.Integer(), nullable=False),
        *of_a_place("late_countings"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(trim(reason)) BETWEEN 10 AND 2000", name=op.f("ck_late_countings_reason")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_late_countings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_countings")),
    )
    op.create_table(
        "late_counted",
        sa.Column("late_id", sa.Uuid(), nullable=False),
        sa.Column("counting_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["late_id"], ["late_responses.id"], name=op.f("fk_late_counted_late_id")
        ),
        sa.ForeignKeyConstraint(
            ["counting_id"], ["late_countings.id"], name=op.f("fk_late_counted_counting_id")
        ),
        sa.PrimaryKeyConstraint("late_id", name=op.f("pk_late_counted")),
        sqlite_with_rowid=False,
    )
    for table in ("late_responses", "late_countings"):
        op.create_index(op.f(f"ix_{table}_unit_id_period_id"), table, ["unit_id", "period_id"])
    for table in ("late_receipts", "late_responses", "late_countings", "late_counted"):
        append_only(table)
    refuse_late_but_counted()


def of_a_place(table: str) -> list[sa.Column[Any] | sa.Constraint]:
    return [
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f(f"fk_{table}_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f(f"fk_{table}_institution_id_period_id"),
        ),
    ]
