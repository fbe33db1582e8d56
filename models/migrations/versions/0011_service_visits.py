"""How many of a unit's visits were for each of its services."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "service_visits",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "number > 0 AND number = CAST(number AS INTEGER)", name=op.f("ck_service_visits_number")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_service_visits_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_service_visits_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "service_id"],
            ["services.unit_id", "services.id"],
            name=op.f("fk_service_visits_unit_id_service_id"),
        ),
        sa.PrimaryKeyConstraint("service_id", "period_id", name=op.f("pk_service_visits")),
    )
