"""Identities of an OpenID provider that are linked to accounts."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import replace_check

revision = "0041"
down_revision = "0040"

CHANGES = "what IN ('made', 'role', 'password', 'second_factor', 'confirmed')"
CHANGES_NOW = "what IN ('made', 'role', 'password', 'second_factor', 'identity', 'confirmed')"
TRIED = "what IN ('password', 'code')"
TRIED_NOW = "what IN ('password', 'code', 'identity')"


def upgrade() -> None:
    op.create_table(
        "linked_identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_linked_identities_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linked_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_linked_identities_issuer_subject")),
        sa.UniqueConstraint("user_id", "issuer", name=op.f("uq_linked_identities_user_id_issuer")),
    )
    replace_check("credential_changes", "what", CHANGES, CHANGES_NOW)
    replace_check("log_in_failures", "what", TRIED, TRIED_NOW)
