"""Visits are found by what they are asked by, while others go on writing."""

from models.migrations.online import create_index_online

revision = "0047"
down_revision = "0046"

INDICES = {
    "ix_visits_period_id": ("visits", ["period_id"]),
    "ix_visit_corrections_period_id": ("visit_corrections", ["period_id"]),
    "ix_service_visits_unit_id_period_id": ("service_visits", ["unit_id", "period_id"]),
}


def upgrade() -> None:
    for name, (table, columns) in INDICES.items():
        create_index_online(name, table, columns)
