"""Secondary figures that were entered by mistake are withdrawn, with a reason."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "secondary_withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(trim(reason)) BETWEEN 10 AND 2000",
            name=op.f("ck_secondary_withdrawals_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["figure_id"],
            ["secondary_figures.id"],
            name=op.f("fk_secondary_withdrawals_figure_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_secondary_withdrawals_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secondary_withdrawals")),
        sa.UniqueConstraint("figure_id", name=op.f("uq_secondary_withdrawals_figure_id")),
    )
    append_only("secondary_withdrawals")
