"""Which comments the triage withholds from units, and which are about no service."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.add_column(
        "comment_labels",
        sa.Column("withheld", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.add_column(
        "comment_labels",
        sa.Column(
            "aspect",
            sa.String(length=30),
            sa.CheckConstraint(
                "aspect IN ('unspecific', 'elsewhere')", name=op.f("ck_comment_labels_aspect")
            ),
            nullable=True,
        ),
    )
