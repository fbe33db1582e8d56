"""What screening found, which nobody changes once its period has closed."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import refuse_removal, refuse_update

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "screenings",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_screenings_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_screenings_institution_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "period_id", name=op.f("pk_screenings")),
        sqlite_with_rowid=False,
    )
    refuse_update("screenings", ("unit_id", "period_id", "institution_id"))
    refuse_update("screenings", when="OLD.final")
    refuse_removal("screenings")
