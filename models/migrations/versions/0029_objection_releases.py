"""An accepted objection that nobody can act on any more is released, with a reason."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "objection_releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(trim(reason)) BETWEEN 10 AND 2000", name=op.f("ck_objection_releases_reason")
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objections.id"], name=op.f("fk_objection_releases_objection_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_objection_releases_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_releases")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_objection_releases_objection_id")),
    )
    append_only("objection_releases")
