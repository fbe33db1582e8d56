"""What an imported file had columns for, also where nobody answered."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("batches", sa.Column("asked", sa.Text(), nullable=True))
