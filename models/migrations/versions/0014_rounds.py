"""Rounds of assessment: proposed and chosen units, what is looked at, by whom; findings."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    create_rounds()
    create_samples()
    create_findings()
    for table in (
        "rounds",
        "proposals",
        "sampled_units",
        "sampled_subjects",
        "sampled_assessors",
        "findings",
        "finding_steps",
    ):
        append_only(table)


def create_rounds() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("scheme_hash", sa.String(length=64), nullable=False),
        sa.Column("sampling", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("year BETWEEN 2000 AND 2999", name=op.f("ck_rounds_year")),
        sa.ForeignKeyConstraint(
            ["scheme_hash"], ["schemes.hash"], name=op.f("fk_rounds_scheme_hash")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rounds_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("year", name=op.f("uq_rounds_year")),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(trim(reason)) BETWEEN 10 AND 2000", name=op.f("ck_proposals_reason")
        ),
        sa.CheckConstraint("turn > 0", name=op.f("ck_proposals_turn")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_proposals_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_proposals_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_proposals_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint(
            "round_id", "unit_id", "id", name=op.f("uq_proposals_round_id_unit_id_id")
        ),
        sa.UniqueConstraint(
            "round_id", "unit_id", "turn", name=op.f("uq_proposals_round_id_unit_id_turn")
        ),
    )


def create_samples() -> None:
    op.create_table(
        "sampled_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(turn % 2 = 1 AND proposal_id IS NOT NULL) OR (length(trim(reason)) BETWEEN 10 AND 2000)",
            name=op.f("ck_sampled_units_reason"),
        ),
        sa.CheckConstraint("turn > 0", name=op.f("ck_sampled_units_turn")),
        sa.ForeignKeyConstraint(
            ["round_id", "unit_id", "proposal_id"],
            ["proposals.round_id", "proposals.unit_id", "proposals.id"],
            name=op.f("fk_sampled_units_round_id_unit_id_proposal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_sampled_units_round_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_sampled_units_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sampled_units_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampled_units")),
        sa.UniqueConstraint(
            "round_id", "unit_id", "turn", name=op.f("uq_sampled_units_round_id_unit_id_turn")
        ),
    )
    op.create_table(
        "sampled_subjects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind = 'product' OR (subject LIKE kind || '-%' AND length(subject) <= length(kind) + 3)",
            name=op.f("ck_sampled_subjects_subject"),
        ),
        sa.CheckConstraint(
            "turn % 2 = 1 OR (length(trim(reason)) BETWEEN 10 AND 2000)",
            name=op.f("ck_sampled_subjects_reason"),
        ),
        sa.CheckConstraint("turn > 0", name=op.f("ck_sampled_subjects_turn")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_sampled_subjects_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_sampled_subjects_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sampled_subjects_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampled_subjects")),
        sa.UniqueConstraint(
            "round_id",
            "unit_id",
            "kind",
            "subject",
            "turn",
            name=op.f("uq_sampled_subjects_round_id_unit_id_kind_subject_turn"),
        ),
    )
    op.create_table(
        "sampled_assessors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "turn % 2 = 1 OR (length(trim(reason)) BETWEEN 10 AND 2000)",
            name=op.f("ck_sampled_assessors_reason"),
        ),
        sa.CheckConstraint("turn > 0", name=op.f("ck_sampled_assessors_turn")),
        sa.ForeignKeyConstraint(
            ["assessor_id"], ["users.id"], name=op.f("fk_sampled_assessors_assessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_sampled_assessors_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_sampled_assessors_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sampled_assessors_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampled_assessors")),
        sa.UniqueConstraint(
            "round_id",
            "unit_id",
            "assessor_id",
            "turn",
            name=op.f("uq_sampled_assessors_round_id_unit_id_assessor_id_turn"),
        ),
    )


def create_findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('finding', 'procedure', 'innovation')", name=op.f("ck_findings_kind")
        ),
        sa.CheckConstraint("length(trim(text)) BETWEEN 10 AND 2000", name=op.f("ck_findings_text")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_findings_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_findings_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_findings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_unit_id"), "findings", ["unit_id"], unique=False)
    op.create_table(
        "finding_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence_hash", sa.String(length=64), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('answered', 'accepted', 'sent_back')", name=op.f("ck_finding_steps_status")
        ),
        sa.CheckConstraint(
            "turn > 0 AND (turn % 2 = 1) = (status = 'answered')",
            name=op.f("ck_finding_steps_turn"),
        ),
        sa.CheckConstraint(
            "length(trim(text)) BETWEEN 10 AND 2000", name=op.f("ck_finding_steps_text")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_hash"], ["evidence.hash"], name=op.f("fk_finding_steps_evidence_hash")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_finding_steps_finding_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_finding_steps_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_steps")),
        sa.UniqueConstraint("finding_id", "turn", name=op.f("uq_finding_steps_finding_id_turn")),
    )
