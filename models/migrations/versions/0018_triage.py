"""What was read from comments: versions of the triage, its labels, and people's own."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only

revision = "0018"
down_revision = "0017"

FORMS = (
    "undue_delay",
    "service_not_given",
    "incompetence",
    "abuse_of_authority",
    "procedural_deviation",
    "request_for_payment",
    "improper_conduct",
    "partiality",
    "discrimination",
    "conflict_of_interest",
)
LABELS = (*FORMS, "praise", "neutral")


def upgrade() -> None:
    create_versions()
    create_choices()
    create_labels()
    create_reviews()
    for table in ("triage_versions", "triage_choices", "comment_labels", "comment_reviews"):
        append_only(table)


def create_versions() -> None:
    op.create_table(
        "triage_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("corpus_hash", sa.String(length=64), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("last_review", sa.Integer(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("scores", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "last_review >= 0 AND reviews >= 0", name=op.f("ck_triage_versions_reviews")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_triage_versions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_versions")),
    )


def create_choices() -> None:
    op.create_table(
        "triage_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["triage_versions.id"], name=op.f("fk_triage_choices_version_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_triage_choices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_choices")),
    )


def create_labels() -> None:
    op.create_table(
        "comment_labels",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        *_given("comment_labels"),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("sentiment", sa.String(length=30), nullable=False),
        sa.Column("elements", sa.Text(), nullable=False),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_comment_labels_confidence")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["comments.response_id"], name=op.f("fk_comment_labels_response_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["triage_versions.id"], name=op.f("fk_comment_labels_version_id")
        ),
        sa.PrimaryKeyConstraint("response_id", "version_id", name=op.f("pk_comment_labels")),
        sqlite_with_rowid=False,
    )


def create_reviews() -> None:
    op.create_table(
        "comment_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        *_given("comment_reviews"),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('official', 'analyst')", name=op.f("ck_comment_reviews_role")),
        sa.CheckConstraint("secondary <> label", name=op.f("ck_comment_reviews_two_forms")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["comments.response_id"], name=op.f("fk_comment_reviews_response_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_comment_reviews_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_reviews")),
    )
    op.create_index(op.f("ix_comment_reviews_response_id"), "comment_reviews", ["response_id"])


def _given(table: str) -> tuple[sa.Column[str] | sa.CheckConstraint, ...]:
    return (
        sa.Column("label", sa.String(length=30), nullable=False),
        sa.Column("secondary", sa.String(length=30), nullable=True),
        sa.CheckConstraint(_one_of("label", LABELS), name=op.f(f"ck_{table}_label")),
        sa.CheckConstraint(_one_of("secondary", FORMS), name=op.f(f"ck_{table}_secondary")),
    )


def _one_of(column: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"
