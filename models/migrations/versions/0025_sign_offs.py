"""Waivers of what a unit's fieldwork lacks, and its sign-off; what counts is asked of the round."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.execute("DROP VIEW counted_judgements")
    create(
        "waivers",
        *of_a_unit("waivers"),
        sa.Column("lacking", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "length(trim(reason)) BETWEEN 10 AND 2000", name=op.f("ck_waivers_reason")
        ),
        sa.UniqueConstraint("id", "user_id", name=op.f("uq_waivers_id_user_id")),
    )
    create(
        "waiver_confirmations",
        sa.Column("waiver_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "user_id <> proposed_by", name=op.f("ck_waiver_confirmations_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["waiver_id", "proposed_by"],
            ["waivers.id", "waivers.user_id"],
            name=op.f("fk_waiver_confirmations_waiver_id_proposed_by"),
        ),
        sa.UniqueConstraint("waiver_id", name=op.f("uq_waiver_confirmations_waiver_id")),
    )
    create(
        "sign_offs",
        *of_a_unit("sign_offs"),
        sa.Column("state", sa.String(length=64), nullable=False),
    )
    for table in ("waivers", "sign_offs"):
        op.create_index(op.f(f"ix_{table}_round_id_unit_id"), table, ["round_id", "unit_id"])


def of_a_unit(table: str) -> list[sa.Column[Any] | sa.Constraint]:
    return [
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f(f"fk_{table}_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f(f"fk_{table}_unit_id")),
    ]


def create(table: str, *own: sa.Column[Any] | sa.Constraint) -> None:
    """A table of acts, by whom and when; never changed."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *own,
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    append_only(table)
