"""Questions read aloud and films in sign language, which a unit may add to its form."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.String(length=60), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=30), nullable=False),
        sa.Column("evidence_hash", sa.String(length=64), nullable=True),
        *_by_whom("recordings"),
        sa.ForeignKeyConstraint(
            ["evidence_hash"], ["evidence.hash"], name=op.f("fk_recordings_evidence_hash")
        ),
    )
    op.create_table(
        "sign_films",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        *_by_whom("sign_films"),
    )
    for table in ("recordings", "sign_films"):
        op.create_index(op.f(f"ix_{table}_unit_id"), table, ["unit_id"])
        append_only(table)


def _by_whom(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f(f"fk_{table}_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
