"""What an accepted objection names to be stated anew before anything is published."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "mendings",
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objections.id"], name=op.f("fk_mendings_objection_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_mendings_person_id")),
        sa.PrimaryKeyConstraint(
            "objection_id", "item", "subject", "person_id", name=op.f("pk_mendings")
        ),
        sqlite_with_rowid=False,
    )
    append_only("mendings")
