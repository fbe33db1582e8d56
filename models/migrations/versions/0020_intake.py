"""Imported answers are known again by their content; what columns mean is remembered."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("batches", sa.Column("content_hash", sa.String(length=64), nullable=True))
    # With its check in one, as SQLite too can add a column.
    op.execute(
        "ALTER TABLE batches ADD COLUMN again TEXT"
        " CONSTRAINT ck_batches_again CHECK (length(trim(again)) >= 10)"
    )
    op.create_index(
        op.f("ix_batches_institution_id_content_hash"),
        "batches",
        ["institution_id", "content_hash"],
    )
    op.create_table(
        "column_meanings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=300), nullable=False),
        sa.Column("meaning", sa.String(length=30), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_column_meanings_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_column_meanings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_meanings")),
    )
    op.create_index(op.f("ix_column_meanings_unit_id"), "column_meanings", ["unit_id"])
    append_only("column_meanings")
