"""The assessors' part: whom a judgement is about, its evidence, what was settled."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import add_reference, append_only

revision = "0013"
down_revision = "0012"

CURRENT_ASSESSMENTS = """
    CREATE VIEW current_assessments AS
    SELECT assessments.* FROM assessments
    WHERE assessments.id IN (
        SELECT max(id) FROM assessments GROUP BY year, unit_id, item, subject, assessor_id
    )
"""
CURRENT_SELF_ASSESSMENTS = """
    CREATE VIEW current_self_assessments AS
    SELECT self_assessments.* FROM self_assessments
    WHERE self_assessments.id IN (
        SELECT max(id) FROM self_assessments GROUP BY year, unit_id, item, subject
    )
"""
CURRENT_RECONCILIATIONS = """
    CREATE VIEW current_reconciliations AS
    SELECT reconciliations.* FROM reconciliations
    WHERE reconciliations.id IN (
        SELECT max(id) FROM reconciliations GROUP BY year, unit_id, item, subject
    )
"""
COUNTED_JUDGEMENTS = """
    CREATE VIEW counted_judgements AS
    SELECT year, unit_id, item, subject, sum(judgement) AS total, count(*) AS assessors
    FROM current_assessments
    WHERE NOT EXISTS (
        SELECT 1 FROM reconciliations
        WHERE reconciliations.year = current_assessments.year
        AND reconciliations.unit_id = current_assessments.unit_id
        AND reconciliations.item = current_assessments.item
        AND reconciliations.subject = current_assessments.subject
    )
    GROUP BY year, unit_id, item, subject
    UNION ALL
    SELECT year, unit_id, item, subject, judgement, 1 FROM current_reconciliations
"""
CURRENT_INTERVIEWS = """
    CREATE VIEW current_interviews AS
    SELECT interviews.* FROM interviews
    WHERE interviews.id IN (
        SELECT max(id) FROM interviews
        GROUP BY year, unit_id, area, interviewer_id, respondent
    )
"""
VIEWS = (
    CURRENT_ASSESSMENTS,
    CURRENT_SELF_ASSESSMENTS,
    CURRENT_RECONCILIATIONS,
    COUNTED_JUDGEMENTS,
    CURRENT_INTERVIEWS,
)


def upgrade() -> None:
    op.execute("DROP VIEW current_assessments")
    for column in (subject(), link("assessments")):
        op.add_column("assessments", column)
    evidence: sa.Column[str] = sa.Column("evidence_hash", sa.String(length=64), nullable=True)
    add_reference("assessments", evidence, "evidence.hash")
    op.drop_index(op.f("ix_assessments_year_unit_id"), "assessments")
    create_index("assessments", "year", "unit_id", "item", "subject", "assessor_id")
    create_self_assessments()
    create_reconciliations()
    create_interviews()
    for view in VIEWS:
        op.execute(view)
    for table in ("self_assessments", "reconciliations", "interviews"):
        append_only(table)


def subject() -> sa.Column[str]:
    """Older judgements are about the unit as a whole."""
    return sa.Column("subject", sa.String(length=60), nullable=False, server_default="")


def link(table: str) -> sa.Column[str]:
    return sa.Column(
        "link",
        sa.String(length=500),
        sa.CheckConstraint(
            "link = '' OR substr(link, 1, 7) = 'http://' OR substr(link, 1, 8) = 'https://'",
            name=op.f(f"ck_{table}_link"),
        ),
        nullable=False,
        server_default="",
    )


def create_index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def create_self_assessments() -> None:
    op.create_table(
        "self_assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("area", sa.String(length=30), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=False),
        sa.Column("judgement", sa.SmallInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        subject(),
        link("self_assessments"),
        sa.Column("evidence_hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "area IN ('standards', 'competence', 'facilities', 'complaints')",
            name=op.f("ck_self_assessments_area"),
        ),
        sa.CheckConstraint(
            "judgement IN (0, 1, 2, 3, 4)", name=op.f("ck_self_assessments_judgement")
        ),
        sa.CheckConstraint("length(note) <= 2000", name=op.f("ck_self_assessments_note")),
        sa.ForeignKeyConstraint(
            ["assessor_id"], ["users.id"], name=op.f("fk_self_assessments_assessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_hash"], ["evidence.hash"], name=op.f("fk_self_assessments_evidence_hash")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_self_assessments_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_assessments")),
    )
    create_index("self_assessments", "year", "unit_id", "item", "subject")


def create_reconciliations() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("judgement", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "judgement IN (0, 1, 2, 3, 4)", name=op.f("ck_reconciliations_judgement")
        ),
        sa.CheckConstraint(
            "length(trim(reason)) BETWEEN 10 AND 2000", name=op.f("ck_reconciliations_reason")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_reconciliations_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reconciliations_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    create_index("reconciliations", "year", "unit_id", "item", "subject")


def create_interviews() -> None:
    op.create_table(
        "interviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("area", sa.String(length=30), nullable=False),
        sa.Column("instrument_hash", sa.String(length=64), nullable=False),
        sa.Column("respondent", sa.SmallInteger(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("most", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("area IN ('experience', 'trust')", name=op.f("ck_interviews_area")),
        sa.CheckConstraint(
            "respondent > 0 AND respondent = CAST(respondent AS INTEGER)",
            name=op.f("ck_interviews_respondent"),
        ),
        sa.CheckConstraint("0 <= points AND points <= most", name=op.f("ck_interviews_points")),
        sa.ForeignKeyConstraint(
            ["instrument_hash"], ["instruments.hash"], name=op.f("fk_interviews_instrument_hash")
        ),
        sa.ForeignKeyConstraint(
            ["interviewer_id"], ["users.id"], name=op.f("fk_interviews_interviewer_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_interviews_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviews")),
    )
    create_index("interviews", "year", "unit_id", "area", "interviewer_id", "respondent")
