"""Visits of a closed period are corrected by adding; what places keep for good, once more."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only, own_schema, refuse_update

revision = "0038"
down_revision = "0037"

TABLES = ("visits", "service_visits")
NEWEST = "SELECT max(id) FROM visit_corrections GROUP BY unit_id, period_id"
CORRECTED = (
    "SELECT 1 FROM visit_corrections"
    " WHERE visit_corrections.unit_id = {0}.unit_id AND visit_corrections.period_id = {0}.period_id"
)
VIEWS = f"""
    CREATE VIEW current_visits AS
    SELECT unit_id, period_id, institution_id, number FROM visits
    WHERE NOT EXISTS ({CORRECTED.format("visits")})
    UNION ALL
    SELECT unit_id, period_id, institution_id, number FROM visit_corrections
    WHERE id IN ({NEWEST});
    CREATE VIEW current_service_visits AS
    SELECT service_id, period_id, unit_id, number FROM service_visits
    WHERE NOT EXISTS ({CORRECTED.format("service_visits")})
    UNION ALL
    SELECT service_id, period_id, visit_corrections.unit_id, service_visit_corrections.number
    FROM service_visit_corrections
    JOIN visit_corrections ON visit_corrections.id = correction_id
    WHERE correction_id IN ({NEWEST})
"""
NOT_STAFF = """
    NOT EXISTS (
        SELECT 1 FROM roles WHERE user_id = NEW.user_id
        AND (unit_id = NEW.unit_id OR institution_id = NEW.institution_id)
    )
"""
CLOSED = "EXISTS (SELECT 1 FROM periods WHERE id = {row}.period_id AND closed_at IS NOT NULL)"
WHY = {
    "closed": "{table}: the period is closed",
    "open": "visit_corrections: the period is open",
    "staff": "visit_corrections: not by the staff of the unit",
    "time": "visit_corrections: not the time that it is",
    "parts": "service_visit_corrections is append-only: the correction is made",
}
FAR = "abs(julianday(NEW.created_at) - julianday('now')) > 5.0 / 1440"
REAL = "NOT EXISTS (SELECT 1 FROM institutions WHERE id = NEW.institution_id AND demonstration)"
# A part belongs to the newest correction there is, so none is added to an older one.
OLDER = "NEW.correction_id <> (SELECT max(id) FROM visit_corrections)"
POSTGRESQL = """
    CREATE FUNCTION refuse_closed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    DECLARE
        kept record;
    BEGIN
        IF TG_OP = 'DELETE' THEN kept := OLD; ELSE kept := NEW; END IF;
        PERFORM FROM periods WHERE id = kept.period_id AND closed_at IS NULL FOR SHARE;
        IF FOUND THEN
            RETURN kept;
        END IF;
        RAISE EXCEPTION '%: the period is closed', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE FUNCTION check_visit_correction() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        IF NOT {closed} THEN
            RAISE EXCEPTION '{open}' USING ERRCODE = 'restrict_violation';
        END IF;
        IF ({not_staff}) THEN
            RAISE EXCEPTION '{staff}' USING ERRCODE = 'restrict_violation';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtextextended('visit_corrections', 0));
        NEW.id := coalesce((SELECT max(id) FROM visit_corrections), 0) + 1;
        IF {real} THEN
            NEW.created_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER visit_corrections_checked BEFORE INSERT ON visit_corrections
    FOR EACH ROW EXECUTE FUNCTION check_visit_correction();
    CREATE FUNCTION check_visit_correction_part() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        IF {older} THEN
            RAISE EXCEPTION '{parts}' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER service_visit_corrections_checked BEFORE INSERT ON service_visit_corrections
    FOR EACH ROW EXECUTE FUNCTION check_visit_correction_part()
"""


def upgrade() -> None:
    create_tables()
    for view in VIEWS.split(";"):
        op.execute(view)
    for table in ("visit_corrections", "service_visit_corrections"):
        append_only(table)
    for table in TABLES:
        columns = [one["name"] for one in sa.inspect(op.get_bind()).get_columns(table)]
        refuse_update(table, [name for name in columns if name != "number"])
    refuse_update("units", ["opened_on"], name="units_no_other_beginning")
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


def create_tables() -> None:
    op.create_table(
        "visit_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "number > 0 AND number = CAST(number AS INTEGER)",
            name=op.f("ck_visit_corrections_number"),
        ),
        sa.CheckConstraint("length(trim(reason)) >= 10", name=op.f("ck_visit_corrections_reason")),
        sa.ForeignKeyConstraint(
            ["institution_id", "period_id"],
            ["periods.institution_id", "periods.id"],
            name=op.f("fk_visit_corrections_institution_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "unit_id"],
            ["units.institution_id", "units.id"],
            name=op.f("fk_visit_corrections_institution_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_visit_corrections_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_corrections")),
        sa.UniqueConstraint("unit_id", "id", name=op.f("uq_visit_corrections_unit_id_id")),
    )
    op.create_index(
        op.f("ix_visit_corrections_unit_id_period_id"),
        "visit_corrections",
        ["unit_id", "period_id"],
    )
    op.create_table(
        "service_visit_corrections",
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "number > 0 AND number = CAST(number AS INTEGER)",
            name=op.f("ck_service_visit_corrections_number"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "correction_id"],
            ["visit_corrections.unit_id", "visit_corrections.id"],
            name=op.f("fk_service_visit_corrections_unit_id_correction_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "service_id"],
            ["services.unit_id", "services.id"],
            name=op.f("fk_service_visit_corrections_unit_id_service_id"),
        ),
        sa.PrimaryKeyConstraint(
            "correction_id", "service_id", name=op.f("pk_service_visit_corrections")
        ),
        sqlite_with_rowid=False,
    )


def guard_sqlite() -> None:
    for table in TABLES:
        why = WHY["closed"].format(table=table)
        for act, row in (("insert", "NEW"), ("update", "NEW"), ("delete", "OLD")):
            _refuse(
                f"{table}_no_late_{act}", f"{act.upper()} ON {table}", why, CLOSED.format(row=row)
            )
    added = "INSERT ON visit_corrections"
    _refuse("visit_corrections_late", added, WHY["open"], f"NOT {CLOSED.format(row='NEW')}")
    _refuse("visit_corrections_by_staff", added, WHY["staff"], NOT_STAFF)
    _refuse("visit_corrections_timed", added, WHY["time"], f"{FAR} AND {REAL}")
    _refuse(
        "service_visit_corrections_at_once",
        "INSERT ON service_visit_corrections",
        WHY["parts"],
        OLDER,
    )


def _refuse(name: str, event: str, why: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW WHEN {when}"
        f" BEGIN SELECT RAISE(ABORT, '{why}'); END"
    )


def guard_postgresql() -> None:
    op.execute(
        POSTGRESQL.format(
            schema=own_schema(),
            closed=CLOSED.format(row="NEW"),
            not_staff=NOT_STAFF,
            real=REAL,
            older=OLDER,
            open=WHY["open"],
            staff=WHY["staff"],
            parts=WHY["parts"],
        )
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_no_late BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_closed()"
        )
