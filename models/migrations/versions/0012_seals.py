"""Seals of publications, which a second person gives, and objections before them."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only, refuse_removal, refuse_update

revision = "0012"
down_revision = "0011"

STATED = ("id", "publication_id", "unit_id", "item", "reason", "raised_by", "raised_at")


def upgrade() -> None:
    op.create_index(
        op.f("ix_publications_id_user_id"), "publications", ["id", "user_id"], unique=True
    )
    create_seals()
    append_only("seals")
    create_objections()
    refuse_removal("objections")
    # Decided once: the rest of a row never changes, and the decision only from none to one.
    refuse_update("objections", STATED)
    refuse_update("objections", when="OLD.accepted IS NOT NULL OR NEW.id <> OLD.id")


def create_seals() -> None:
    op.create_table(
        "seals",
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("prepared_by", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.CheckConstraint("approved_by <> prepared_by", name=op.f("ck_seals_two_people")),
        sa.ForeignKeyConstraint(
            ["publication_id", "prepared_by"],
            ["publications.id", "publications.user_id"],
            name=op.f("fk_seals_publication_id_prepared_by"),
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_seals_approved_by")),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_seals")),
        sa.UniqueConstraint("hash", name=op.f("uq_seals_hash")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_seals_previous_hash")),
        sqlite_with_rowid=False,
    )


def create_objections() -> None:
    op.create_table(
        "objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(trim(reason)) BETWEEN 10 AND 2000", name=op.f("ck_objections_reason")
        ),
        sa.CheckConstraint(
            "length(trim(answer)) BETWEEN 10 AND 2000", name=op.f("ck_objections_answer")
        ),
        sa.CheckConstraint(
            "(accepted IS NULL) = (answer IS NULL) AND (accepted IS NULL) = (decided_by IS NULL)"
            " AND (accepted IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_objections_decided"),
        ),
        sa.CheckConstraint("decided_by <> raised_by", name=op.f("ck_objections_two_people")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_objections_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_objections_publication_id")
        ),
        sa.ForeignKeyConstraint(["raised_by"], ["users.id"], name=op.f("fk_objections_raised_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_objections_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
        sa.UniqueConstraint(
            "publication_id",
            "unit_id",
            "item",
            name=op.f("uq_objections_publication_id_unit_id_item"),
        ),
    )
