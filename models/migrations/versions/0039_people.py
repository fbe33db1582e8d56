"""Who set how somebody gets in, second factors, and failed log-ins outside of the trace."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column("demonstration", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("log_ins", sa.Column("code_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "credential_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "what IN ('made', 'role', 'password', 'second_factor', 'confirmed')",
            name=op.f("ck_credential_changes_what"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_credential_changes_by_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_credential_changes_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_changes")),
    )
    op.create_index(op.f("ix_credential_changes_user_id"), "credential_changes", ["user_id"])
    append_only("credential_changes")
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("encrypted", sa.String(length=200), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"])
    op.create_table(
        "log_in_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("whose", sa.String(length=64), nullable=False),
        sa.Column("whence", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("what IN ('password', 'code')", name=op.f("ck_log_in_failures_what")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_in_failures")),
    )
    for columns in (["whose", "whence"], ["whence"], ["created_at"]):
        name = "_".join(["ix", "log_in_failures", *columns])
        op.create_index(op.f(name), "log_in_failures", columns)
