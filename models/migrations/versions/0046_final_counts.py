"""What was counted of closed periods is kept, and when it no longer holds; visits read at once."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import note_count_changes, refuse_update

revision = "0046"
down_revision = "0045"

OTHERS = (
    "SELECT max(others.id) FROM visit_corrections others"
    " WHERE others.unit_id = visit_corrections.unit_id"
    " AND others.period_id = visit_corrections.period_id"
)
CORRECTED = (
    "SELECT 1 FROM visit_corrections"
    " WHERE visit_corrections.unit_id = {0}.unit_id AND visit_corrections.period_id = {0}.period_id"
)
# As before; only that the newest of one place is found without sorting those of all.
VIEWS = {
    "current_visits": f"""
        SELECT unit_id, period_id, institution_id, number FROM visits
        WHERE NOT EXISTS ({CORRECTED.format("visits")})
        UNION ALL
        SELECT unit_id, period_id, institution_id, number FROM visit_corrections
        WHERE id = ({OTHERS})
    """,
    "current_service_visits": f"""
        SELECT service_id, period_id, unit_id, number FROM service_visits
        WHERE NOT EXISTS ({CORRECTED.format("service_visits")})
        UNION ALL
        SELECT service_id, period_id, visit_corrections.unit_id, service_visit_corrections.number
        FROM service_visit_corrections
        JOIN visit_corrections ON visit_corrections.id = correction_id
        WHERE visit_corrections.id = ({OTHERS})
    """,
}
MARGINS = "margin IN ('whole', 'service_id', 'month')"


def upgrade() -> None:
    create_tables()
    for table in ("final_counts", "final_tallies"):
        refuse_update(table)
    note_count_changes()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, query in VIEWS.items():
        if sqlite:
            op.execute(f"DROP VIEW {name}")
        # Replaced, it keeps who may read it.
        op.execute(f"CREATE {'' if sqlite else 'OR REPLACE'} VIEW {name} AS {query}")


def create_tables() -> None:
    op.create_table(
        "count_changes",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.CheckConstraint("changes >= 0", name=op.f("ck_count_changes_changes")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_count_changes_unit_id")),
        sa.ForeignKeyConstraint(
            ["period_id"], ["periods.id"], name=op.f("fk_count_changes_period_id")
        ),
        sa.PrimaryKeyConstraint("unit_id", "period_id", name=op.f("pk_count_changes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "final_counts",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(length=64), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("parts_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_final_counts_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_final_counts_institution_id_period_id"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "period_id", name=op.f("pk_final_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "final_tallies",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("margin", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("experienced", sa.Text(), nullable=True),
        sa.CheckConstraint(MARGINS, name=op.f("ck_final_tallies_margin")),
        sa.CheckConstraint(
            "(margin = 'whole') = (experienced IS NOT NULL)",
            name=op.f("ck_final_tallies_experienced"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "period_id"],
            ["final_counts.unit_id", "final_counts.period_id"],
            name=op.f("fk_final_tallies_unit_id_period_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "unit_id", "period_id", "margin", "source", "part", name=op.f("pk_final_tallies")
        ),
        sqlite_with_rowid=False,
    )
