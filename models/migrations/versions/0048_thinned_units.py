"""Which answers are in an archive and no longer here."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.create_table(
        "thinned_units",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("archive", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_thinned_units_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_thinned_units_institution_id_period_id"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "period_id", name=op.f("pk_thinned_units")),
        sqlite_with_rowid=False,
    )
    append_only("thinned_units")
