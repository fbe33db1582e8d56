"""Who collected a survey's answers, where, how and when, with photographs of it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    lengths = [
        sa.CheckConstraint(f"length({told}) <= 2000", name=op.f(f"ck_collection_notes_{told}"))
        for told in ("team", "place", "way")
    ]
    of_days = sa.CheckConstraint("first_day <= last_day", name=op.f("ck_collection_notes_days"))
    create(
        "collection_notes",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        *lengths,
        of_days,
    )
    create(
        "collection_photos",
        sa.Column("evidence_hash", sa.String(length=64), nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.CheckConstraint("shown IN (TRUE, FALSE)", name=op.f("ck_collection_photos_shown")),
        sa.ForeignKeyConstraint(
            ["evidence_hash"], ["evidence.hash"], name=op.f("fk_collection_photos_evidence_hash")
        ),
    )


def create(table: str, *own: sa.Column[Any] | sa.Constraint) -> None:
    """A table of what is told of a survey, by whom and when; never changed."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *own,
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f(f"fk_{table}_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f(f"fk_{table}_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_period_id_unit_id"), table, ["period_id", "unit_id"])
    append_only(table)
