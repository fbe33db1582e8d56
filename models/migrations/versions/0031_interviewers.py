"""Interviewers are known by a registered key, as kiosks are."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import refuse_removal, refuse_update

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "interviewers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_interviewers_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviewers")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_interviewers_key_hash")),
    )
    refuse_removal("interviewers")
    refuse_update("interviewers", ["id", "unit_id", "name", "key_hash", "created_at"])
    # SQLite lets a row number be changed under other names than id.
    refuse_update("interviewers", when="OLD.closed_at IS NOT NULL OR NEW.id <> OLD.id")
