"""The official's desk: evidence, follow-up, keyed paper, withdrawals, announcements, jobs."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only, refuse_removal, refuse_update, replace_check

revision = "0007"
down_revision = "0006"

COUNTED_RESPONSES = """
    CREATE VIEW counted_responses AS
    SELECT responses.* FROM responses
    WHERE NOT EXISTS (SELECT 1 FROM exclusions WHERE exclusions.response_id = responses.id)
    AND NOT EXISTS (
        SELECT 1 FROM withdrawals
        WHERE withdrawals.batch_id = responses.batch_id AND withdrawals.confirmed
    )
"""
APPEND_ONLY = ("evidence", "follow_ups", "follow_up_steps", "consultations", "media")
# What is decided once, by somebody else.
DECIDED = {
    "withdrawals": ("confirmed", "decided_by", "decided_at"),
    "announcements": ("approved_by", "approved_at"),
}


def upgrade() -> None:
    create_tables()
    op.execute("DROP VIEW counted_responses")
    op.execute(COUNTED_RESPONSES)
    for table in APPEND_ONLY:
        append_only(table)
    for table, decision in DECIDED.items():
        decide_once(table, decision)
    add_headline()
    # Empty since 0006.
    op.add_column(
        "snapshots", sa.Column("withdrawn", sa.Integer(), nullable=False, server_default="0")
    )
    replace_check(
        "responses",
        "batch",
        "(channel = 'import') = (batch_id IS NOT NULL)",
        "(channel IN ('import', 'paper')) = (batch_id IS NOT NULL)",
    )


def decide_once(table: str, decision: tuple[str, ...]) -> None:
    """The rest of a row never changes, and the decision only from none to one."""
    refuse_removal(table)
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    refuse_update(table, [name for name in columns if name not in decision])
    refuse_update(table, when=f"OLD.{decision[0]} IS NOT NULL OR NEW.id <> OLD.id")


def add_headline() -> None:
    """Which figure is a unit's headline, fixed when the period opens."""
    op.add_column(
        "periods",
        sa.Column(
            "headline",
            sa.String(length=30),
            sa.CheckConstraint(
                "headline IN ('pooled', 'averaged')", name=op.f("ck_periods_headline")
            ),
            nullable=False,
            server_default="pooled",
        ),
    )
    refuse_update("periods", ["headline"], name="periods_no_other_headline")


def create_tables() -> None:
    op.create_table(
        "evidence",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_size")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_evidence_user_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_evidence")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_jobs_state"),
        ),
        sa.CheckConstraint("0 <= done AND done <= total", name=op.f("ck_jobs_done")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_jobs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_table(
        "announcements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_hash", sa.String(length=64), nullable=False),
        sa.Column("prepared_by", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_announcements_approved")
        ),
        sa.CheckConstraint("approved_by <> prepared_by", name=op.f("ck_announcements_two_people")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["users.id"], name=op.f("fk_announcements_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_announcements_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_announcements_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["users.id"], name=op.f("fk_announcements_prepared_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consultations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("held", sa.Date(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("evidence_hash", sa.String(length=64), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(minutes) BETWEEN 1 AND 20000", name=op.f("ck_consultations_minutes")
        ),
        sa.CheckConstraint("participants > 0", name=op.f("ck_consultations_participants")),
        sa.ForeignKeyConstraint(
            ["evidence_hash"], ["evidence.hash"], name=op.f("fk_consultations_evidence_hash")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_consultations_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_consultations_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_consultations_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("element", sa.String(length=60), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(programme) BETWEEN 1 AND 2000", name=op.f("ck_follow_ups_programme")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "service_id"],
            ["services.unit_id", "services.id"],
            name=op.f("fk_follow_ups_unit_id_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_follow_ups_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_follow_ups_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_follow_ups_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    op.create_table(
        "follow_up_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("evidence_hash", sa.String(length=64), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('planned', 'under_way', 'done', 'dropped')",
            name=op.f("ck_follow_up_steps_status"),
        ),
        sa.CheckConstraint("length(account) <= 2000", name=op.f("ck_follow_up_steps_account")),
        sa.ForeignKeyConstraint(
            ["evidence_hash"], ["evidence.hash"], name=op.f("fk_follow_up_steps_evidence_hash")
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_follow_up_steps_follow_up_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_follow_up_steps_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_steps")),
    )
    op.create_table(
        "keyings",
        sa.Column("compared", sa.Integer(), nullable=True),
        sa.Column("differing", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("sheets BETWEEN 1 AND 1000", name=op.f("ck_keyings_sheets")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_keyings_batch_id")),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_keyings_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_keyings_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_keyings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyings")),
    )
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("medium", sa.String(length=30), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("evidence_hash", sa.String(length=64), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "medium IN ('website', 'notice_board', 'social_media', 'press', 'other')",
            name=op.f("ck_media_medium"),
        ),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_media_announcement_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_hash"], ["evidence.hash"], name=op.f("fk_media_evidence_hash")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_media_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(confirmed IS NULL) = (decided_by IS NULL) AND (confirmed IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_withdrawals_decided"),
        ),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("ck_withdrawals_two_people")),
        sa.CheckConstraint("length(trim(reason)) >= 10", name=op.f("ck_withdrawals_reason")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_withdrawals_batch_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_withdrawals_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_withdrawals_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
    )
    op.create_index(op.f("ix_withdrawals_batch_id"), "withdrawals", ["batch_id"], unique=False)
    op.create_table(
        "keyed_sheets",
        sa.Column("keying_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("filled", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("round IN (1, 2)", name=op.f("ck_keyed_sheets_round")),
        sa.ForeignKeyConstraint(
            ["keying_id"], ["keyings.id"], name=op.f("fk_keyed_sheets_keying_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_keyed_sheets_user_id")),
        sa.PrimaryKeyConstraint("keying_id", "serial", "round", name=op.f("pk_keyed_sheets")),
    )
