"""Visit tokens."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import refuse_late, refuse_removal, refuse_update

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "visit_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_visit_tokens_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_visit_tokens_institution_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_visit_tokens")),
        sqlite_with_rowid=False,
    )
    refuse_removal("visit_tokens")
    refuse_late("visit_tokens")
    refuse_update("visit_tokens", ["token_hash", "institution_id", "unit_id", "period_id"])
    refuse_update("visit_tokens", when="OLD.redeemed")
