"""Of a photo handed in as evidence people see a copy of its pixels, which has a hash of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("evidence", sa.Column("copy_hash", sa.String(length=64), nullable=True))
