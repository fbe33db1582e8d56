"""Whose clock a response's day is of: ours, or that of the device that kept it."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import refuse_update

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column(
        "responses",
        sa.Column("device_clock", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    refuse_update("responses", ("device_clock",), name="responses_clock_no_update")
