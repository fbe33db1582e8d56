"""Foundation: places, people, periods, responses, assessments, publications."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import (
    append_only,
    create_refusals,
    own_schema,
    refuse_late,
    refuse_removal,
    refuse_update,
)

revision = "0001"
down_revision = None


COUNTED_RESPONSES = """
    CREATE VIEW counted_responses AS
    SELECT responses.* FROM responses
    WHERE NOT EXISTS (SELECT 1 FROM exclusions WHERE exclusions.response_id = responses.id)
"""

CURRENT_ASSESSMENTS = """
    CREATE VIEW current_assessments AS
    SELECT assessments.* FROM assessments
    WHERE assessments.id IN (
        SELECT max(id) FROM assessments GROUP BY unit_id, year, area, item, assessor_id
    )
"""

APPEND_ONLY = (
    "instruments",
    "schemes",
    "experiences",
    "comments",
    "exclusions",
    "receipts",
    "batches",
    "assessments",
    "publications",
    "published_counts",
    "audit_events",
)

# When a period closes, its responses forget day, quarter-hour and client group. That is the
# only change that a response can ever undergo.
WHEN_IT_CLOSES = ["local_date", "quarter_hour", "client_group"]
FORGETS_SQLITE = """
    NEW.local_date IS date(OLD.local_date, 'start of month')
    AND NEW.quarter_hour IS NULL AND NEW.client_group IS NULL
    AND EXISTS (SELECT 1 FROM periods WHERE id = OLD.period_id AND closed_at IS NOT NULL)
"""
FORGETS_POSTGRESQL = """
    CREATE FUNCTION refuse_unless_forgetting() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        IF NEW.local_date IS NOT DISTINCT FROM date_trunc('month', OLD.local_date)::date
            AND NEW.quarter_hour IS NULL AND NEW.client_group IS NULL
            AND EXISTS (SELECT 1 FROM periods WHERE id = OLD.period_id AND closed_at IS NOT NULL)
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'responses is append-only' USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER responses_no_change BEFORE UPDATE ON responses
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_forgetting()
"""


def upgrade() -> None:
    create_tables()
    op.execute(COUNTED_RESPONSES)
    op.execute(CURRENT_ASSESSMENTS)
    create_refusals()
    for table in APPEND_ONLY:
        append_only(table)
    for table in ("responses", "receipts", "batches"):
        refuse_late(table)
    for table in ("experiences", "comments"):
        refuse_late(table, part=True)
    guard_responses()
    guard_periods()


def guard_responses() -> None:
    refuse_removal("responses")
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("responses")]
    refuse_update("responses", [name for name in columns if name not in WHEN_IT_CLOSES])
    if op.get_bind().dialect.name == "sqlite":
        refuse_update("responses", when=f"NOT ({FORGETS_SQLITE})")
    else:
        op.execute(FORGETS_POSTGRESQL.format(schema=own_schema()))


def guard_periods() -> None:
    """A period changes once: when it closes."""
    refuse_removal("periods")
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("periods")]
    refuse_update("periods", [name for name in columns if name != "closed_at"])
    # SQLite lets a row number be changed under other names than id.
    refuse_update("periods", when="OLD.closed_at IS NOT NULL OR NEW.id <> OLD.id")


def create_tables() -> None:
    op.create_table(
        "institutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("timezone", sa.String(length=30), nullable=False),
        sa.Column("province_id", sa.Integer(), nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('district', 'city')) = (province_id IS NOT NULL)",
            name=op.f("ck_institutions_province"),
        ),
        sa.CheckConstraint(
            "kind IN ('province', 'district', 'city', 'ministry', 'agency')",
            name=op.f("ck_institutions_kind"),
        ),
        sa.CheckConstraint(
            "timezone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')",
            name=op.f("ck_institutions_timezone"),
        ),
        sa.ForeignKeyConstraint(
            ["province_id"], ["institutions.id"], name=op.f("fk_institutions_province_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institutions")),
        sa.UniqueConstraint("code", name=op.f("uq_institutions_code")),
    )
    op.create_table(
        "instruments",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_instruments")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "schemes",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_schemes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("username = lower(username)", name=op.f("ck_users_username")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_events_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index(
        op.f("ix_audit_events_act_actor_created_at"), "audit_events", ["act", "actor", "created_at"]
    )
    op.create_table(
        "log_ins",
        sa.Column("cookie_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_log_ins_user_id")),
        sa.PrimaryKeyConstraint("cookie_hash", name=op.f("pk_log_ins")),
    )
    op.create_table(
        "periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("instrument_hash", sa.String(length=64), nullable=False),
        sa.Column("scheme_hash", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_periods_days")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_periods_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_hash"], ["instruments.hash"], name=op.f("fk_periods_instrument_hash")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_hash"], ["schemes.hash"], name=op.f("fk_periods_scheme_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_periods")),
        sa.UniqueConstraint("institution_id", "code", name=op.f("uq_periods_institution_id_code")),
        sa.UniqueConstraint("institution_id", "id", name=op.f("uq_periods_institution_id_id")),
    )
    op.create_table(
        "publications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_hash", sa.String(length=64), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_hash"], ["schemes.hash"], name=op.f("fk_publications_scheme_hash")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_publications_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_units_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
        sa.UniqueConstraint("institution_id", "id", name=op.f("uq_units_institution_id_id")),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("area", sa.String(length=30), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=False),
        sa.Column("judgement", sa.SmallInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "area IN ('standards', 'competence', 'facilities', 'complaints')",
            name=op.f("ck_assessments_area"),
        ),
        sa.CheckConstraint("judgement IN (0, 1, 2, 3, 4)", name=op.f("ck_assessments_judgement")),
        sa.CheckConstraint("length(note) <= 2000", name=op.f("ck_assessments_note")),
        sa.ForeignKeyConstraint(
            ["assessor_id"], ["users.id"], name=op.f("fk_assessments_assessor_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_assessments_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_year_unit_id"), "assessments", ["year", "unit_id"])

    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_batches_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_batches_institution_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint(
            "unit_id", "period_id", "file_hash", name=op.f("uq_batches_unit_id_period_id_file_hash")
        ),
        sa.UniqueConstraint(
            "unit_id", "period_id", "id", name=op.f("uq_batches_unit_id_period_id_id")
        ),
    )
    op.create_table(
        "published_counts",
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= counted AND counted <= received", name=op.f("ck_published_counts_counted")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["periods.id"], name=op.f("fk_published_counts_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_published_counts_publication_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_published_counts_unit_id")
        ),
        sa.PrimaryKeyConstraint(
            "publication_id", "unit_id", "period_id", name=op.f("pk_published_counts")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipts",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_receipts_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_receipts_institution_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_receipts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role = 'official') = (unit_id IS NOT NULL) AND (role = 'coordinator') = (institution_id IS NOT NULL)",
            name=op.f("ck_roles_scope"),
        ),
        sa.CheckConstraint(
            "role IN ('official', 'coordinator', 'analyst', 'administrator')",
            name=op.f("ck_roles_role"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_roles_institution_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_roles_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_roles_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint(
            "user_id", "institution_id", name=op.f("uq_roles_user_id_institution_id")
        ),
        sa.UniqueConstraint("user_id", "unit_id", name=op.f("uq_roles_user_id_unit_id")),
    )
    op.create_index(
        op.f("ix_roles_user_id_role"),
        "roles",
        ["user_id", "role"],
        unique=True,
        sqlite_where=sa.text("institution_id IS NULL AND unit_id IS NULL"),
        postgresql_where=sa.text("institution_id IS NULL AND unit_id IS NULL"),
    )
    op.create_table(
        "services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_services_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_services_unit_id_code")),
        sa.UniqueConstraint("unit_id", "id", name=op.f("uq_services_unit_id_id")),
    )
    op.create_table(
        "snapshots",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_snapshots_period_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_snapshots_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "period_id", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "visits",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "number > 0 AND number = CAST(number AS INTEGER)", name=op.f("ck_visits_number")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_visits_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_visits_institution_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "period_id", name=op.f("pk_visits")),
    )
    op.create_table(
        "responses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("provenance", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=30), nullable=True),
        sa.Column("local_date", sa.Date(), nullable=True),
        sa.Column("quarter_hour", sa.SmallInteger(), nullable=True),
        sa.Column("completion_time", sa.String(length=30), nullable=True),
        sa.Column("client_group", sa.String(length=64), nullable=True),
        sa.Column("sex", sa.String(length=30), nullable=True),
        sa.Column("age", sa.String(length=30), nullable=True),
        sa.Column("education", sa.String(length=30), nullable=True),
        sa.Column("occupation", sa.String(length=30), nullable=True),
        sa.Column("disability", sa.String(length=30), nullable=True),
        sa.CheckConstraint(
            "(channel = 'import') = (batch_id IS NOT NULL)", name=op.f("ck_responses_batch")
        ),
        sa.CheckConstraint(
            "channel IN ('open_link', 'token', 'kiosk', 'paper', 'import')",
            name=op.f("ck_responses_channel"),
        ),
        sa.CheckConstraint(
            "completion_time IN ('under_15_s', '15_to_30_s', '30_to_60_s', '1_to_3_min', 'over_3_min')",
            name=op.f("ck_responses_completion_time"),
        ),
        sa.CheckConstraint("language IN ('id', 'en')", name=op.f("ck_responses_language")),
        sa.CheckConstraint(
            "provenance IN ('self', 'companion', 'on_behalf', 'unit_staff', 'unit_interviewer', 'ombudsman_interviewer', 'paper', 'import')",
            name=op.f("ck_responses_provenance"),
        ),
        sa.CheckConstraint(
            "quarter_hour BETWEEN 0 AND 95 AND quarter_hour = CAST(quarter_hour AS INTEGER)",
            name=op.f("ck_responses_quarter_hour"),
        ),
        sa.CheckConstraint(
            "coalesce(local_date = date(local_date), local_date IS NULL)",
            name=op.f("ck_responses_local_date"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_responses_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_responses_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "period_id", "batch_id"],
            ["batches.unit_id", "batches.period_id", "batches.id"],
            name=op.f("fk_responses_unit_id_period_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "service_id"],
            ["services.unit_id", "services.id"],
            name=op.f("fk_responses_unit_id_service_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_responses_unit_id_period_id"), "responses", ["unit_id", "period_id"])

    op.create_table(
        "comments",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 2000", name=op.f("ck_comments_length")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_comments_response_id")
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_comments")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "exclusions",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) >= 10", name=op.f("ck_exclusions_reason")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_exclusions_response_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_exclusions_user_id")),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_exclusions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "experiences",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=30), nullable=False),
        sa.Column("undue_delay", sa.Boolean(), nullable=False),
        sa.Column("service_not_given", sa.Boolean(), nullable=False),
        sa.Column("incompetence", sa.Boolean(), nullable=False),
        sa.Column("abuse_of_authority", sa.Boolean(), nullable=False),
        sa.Column("procedural_deviation", sa.Boolean(), nullable=False),
        sa.Column("request_for_payment", sa.Boolean(), nullable=False),
        sa.Column("improper_conduct", sa.Boolean(), nullable=False),
        sa.Column("partiality", sa.Boolean(), nullable=False),
        sa.Column("discrimination", sa.Boolean(), nullable=False),
        sa.Column("conflict_of_interest", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(answer = 'some') = (undue_delay OR service_not_given OR incompetence OR abuse_of_authority OR procedural_deviation OR request_for_payment OR improper_conduct OR partiality OR discrimination OR conflict_of_interest)",
            name=op.f("ck_experiences_some_form"),
        ),
        sa.CheckConstraint(
            "answer IN ('some', 'none', 'declined')", name=op.f("ck_experiences_answer")
        ),
        sa.CheckConstraint(
            "undue_delay IN (TRUE, FALSE) AND service_not_given IN (TRUE, FALSE) AND incompetence IN (TRUE, FALSE) AND abuse_of_authority IN (TRUE, FALSE) AND procedural_deviation IN (TRUE, FALSE) AND request_for_payment IN (TRUE, FALSE) AND improper_conduct IN (TRUE, FALSE) AND partiality IN (TRUE, FALSE) AND discrimination IN (TRUE, FALSE) AND conflict_of_interest IN (TRUE, FALSE)",
            name=op.f("ck_experiences_forms"),
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_experiences_response_id")
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_experiences")),
        sqlite_with_rowid=False,
    )
