"""The public half of the instance's key, and a row to try whether anything is stored."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_table(
        "instance_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(trim(reason)) BETWEEN 10 AND 2000", name=op.f("ck_instance_keys_reason")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance_keys")),
        sa.UniqueConstraint("public_key", name=op.f("uq_instance_keys_public_key")),
    )
    append_only("instance_keys")
    op.create_table(
        "probes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_probes")),
    )
    op.execute("INSERT INTO probes (id, at) VALUES (1, CURRENT_TIMESTAMP)")
