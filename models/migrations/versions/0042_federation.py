"""Bundles of counts that districts sign and the nation loads, and the keys that are believed."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0042"
down_revision = "0041"

REASON = "length(trim(reason)) BETWEEN 10 AND 2000"
TABLES = (
    "sent_bundles",
    "trusted_keys",
    "trusted_key_decisions",
    "trusted_key_ends",
    "received_bundles",
    "received_periods",
)


def upgrade() -> None:
    op.create_table(
        "sent_bundles",
        *bundle_columns(),
        sa.Column("reason", sa.Text(), nullable=False),
        by(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_sent_bundles_institution_id")
        ),
        *keys("sent_bundles"),
    )
    op.create_table(
        "trusted_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        by(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(REASON, name=op.f("ck_trusted_keys_reason")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_trusted_keys_institution_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_trusted_keys_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_keys")),
        sa.UniqueConstraint("id", "user_id", name=op.f("uq_trusted_keys_id_user_id")),
        sa.UniqueConstraint("id", "institution_id", name=op.f("uq_trusted_keys_id_institution_id")),
    )
    op.create_index(op.f("ix_trusted_keys_institution_id"), "trusted_keys", ["institution_id"])
    op.create_table(
        "trusted_key_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        by(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "user_id <> proposed_by", name=op.f("ck_trusted_key_decisions_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["key_id", "proposed_by"],
            ["trusted_keys.id", "trusted_keys.user_id"],
            name=op.f("fk_trusted_key_decisions_key_id_proposed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_trusted_key_decisions_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_key_decisions")),
        sa.UniqueConstraint("key_id", name=op.f("uq_trusted_key_decisions_key_id")),
    )
    op.create_table(
        "trusted_key_ends",
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        by(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(REASON, name=op.f("ck_trusted_key_ends_reason")),
        sa.ForeignKeyConstraint(
            ["key_id"], ["trusted_keys.id"], name=op.f("fk_trusted_key_ends_key_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_trusted_key_ends_user_id")
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_trusted_key_ends")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "received_bundles",
        *bundle_columns(),
        sa.Column("key_id", sa.Integer(), nullable=False),
        by(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id", "institution_id"],
            ["trusted_keys.id", "trusted_keys.institution_id"],
            name=op.f("fk_received_bundles_key_id_institution_id"),
        ),
        *keys("received_bundles"),
    )
    op.create_table(
        "received_periods",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("bundle_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["received_bundles.id"], name=op.f("fk_received_periods_bundle_id")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["periods.id"], name=op.f("fk_received_periods_period_id")
        ),
        sa.PrimaryKeyConstraint("period_id", name=op.f("pk_received_periods")),
        sqlite_with_rowid=False,
    )
    for table in TABLES:
        append_only(table)


def by() -> sa.Column[int]:
    return sa.Column("user_id", sa.Integer(), nullable=False)


def bundle_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    ]


def keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "institution_id", "year", "number", name=op.f(f"uq_{table}_institution_id_year_number")
        ),
        sa.UniqueConstraint("hash", name=op.f(f"uq_{table}_hash")),
    ]
