"""The register: former names, counters, what became of units; what places keep for good."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import append_only, own_schema, refuse_update

revision = "0019"
down_revision = "0018"

# By table: when a row of it has answers, or for an institution: what may have them.
ANSWERED = {
    "institutions": "EXISTS (SELECT 1 FROM periods WHERE institution_id = {row}.id)",
    "units": "EXISTS (SELECT 1 FROM responses WHERE unit_id = {row}.id)",
    "services": (
        "EXISTS (SELECT 1 FROM responses WHERE unit_id = {row}.unit_id AND service_id = {row}.id)"
    ),
}
FOR_GOOD = {
    "institutions": ["id", "code", "demonstration"],
    "units": ["id", "code", "institution_id"],
    "services": ["id", "code", "unit_id"],
    "counters": ["id", "code", "unit_id"],
}
KEYS = {
    "institutions": "id = NEW.id OR code = NEW.code",
    "units": "id = NEW.id OR code = NEW.code",
    "services": "id = NEW.id OR unit_id = NEW.unit_id AND code = NEW.code",
}
REFUSAL = "{table}: what has answers stays"
UNRECORDED = "{table}: the former name is not kept"


def upgrade() -> None:
    op.add_column("units", sa.Column("opened_on", sa.Date(), nullable=True))
    for table in ("units", "services"):
        op.add_column(table, sa.Column("closed_on", sa.Date(), nullable=True))
    create_counters()
    create_former_names()
    create_unit_changes()
    for table in ("former_names", "unit_changes", "successions"):
        append_only(table)
    for table, columns in FOR_GOOD.items():
        refuse_update(table, columns)
        # SQLite lets a row number be changed under other names than id.
        refuse_update(table, when="NEW.id <> OLD.id")
    sqlite = op.get_bind().dialect.name == "sqlite"
    (guard_sqlite if sqlite else guard_postgresql)()


def create_counters() -> None:
    op.create_table(
        "counters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_counters_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counters")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_counters_unit_id_code")),
    )


def create_former_names() -> None:
    places = ("institution", "unit", "service")
    op.create_table(
        "former_names",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{place}_id", sa.Integer(), nullable=True) for place in places),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(institution_id IS NOT NULL AND unit_id IS NULL AND service_id IS NULL)"
            " OR (institution_id IS NULL AND unit_id IS NOT NULL AND service_id IS NULL)"
            " OR (institution_id IS NULL AND unit_id IS NULL AND service_id IS NOT NULL)",
            name=op.f("ck_former_names_one_place"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{place}_id"], [f"{place}s.id"], name=op.f(f"fk_former_names_{place}_id")
            )
            for place in places
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_names")),
    )
    for place in places:
        op.create_index(op.f(f"ix_former_names_{place}_id"), "former_names", [f"{place}_id"])


def create_unit_changes() -> None:
    op.create_table(
        "unit_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "how IN ('close', 'reopen', 'merge', 'split', 'move')", name=op.f("ck_unit_changes_how")
        ),
        sa.CheckConstraint("length(trim(reason)) >= 10", name=op.f("ck_unit_changes_reason")),
        sa.CheckConstraint("(how = 'reopen') = (day IS NULL)", name=op.f("ck_unit_changes_day")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_changes_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_unit_changes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_changes")),
    )
    op.create_index(op.f("ix_unit_changes_unit_id"), "unit_changes", ["unit_id"])
    op.create_table(
        "successions",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["unit_changes.id"], name=op.f("fk_successions_change_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["units.id"], name=op.f("fk_successions_successor_id")
        ),
        sa.PrimaryKeyConstraint("change_id", "successor_id", name=op.f("pk_successions")),
        sqlite_with_rowid=False,
    )


def guard_sqlite() -> None:
    for table, answered in ANSWERED.items():
        refusal = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL.format(table=table)}'); END"
        op.execute(
            f"CREATE TRIGGER {table}_keep_answered BEFORE DELETE ON {table} FOR EACH ROW"
            f" WHEN {answered.format(row='OLD')} {refusal}"
        )
        # REPLACE deletes unseen by the trigger above.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} FOR EACH ROW"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE ({KEYS[table]})"
            f" AND ({answered.format(row=table)})) {refusal}"
        )
        column = f"{table.removesuffix('s')}_id"
        op.execute(
            f"CREATE TRIGGER {table}_keep_name BEFORE UPDATE OF name ON {table} FOR EACH ROW"
            f" WHEN NEW.name <> OLD.name AND ({answered.format(row='OLD')}) AND OLD.name IS NOT ("
            f"SELECT name FROM former_names WHERE {column} = OLD.id ORDER BY id DESC LIMIT 1)"
            f" BEGIN SELECT RAISE(ABORT, '{UNRECORDED.format(table=table)}'); END"
        )


def guard_postgresql() -> None:
    for table, answered in ANSWERED.items():
        column = f"{table.removesuffix('s')}_id"
        op.execute(f"""
            CREATE FUNCTION {table}_keep_answered() RETURNS trigger LANGUAGE plpgsql
            SET search_path = pg_catalog, {own_schema()}, pg_temp AS $$
            BEGIN
                IF {answered.format(row="OLD")} THEN
                    RAISE EXCEPTION '{REFUSAL.format(table=table)}'
                        USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN OLD;
            END $$;
            CREATE TRIGGER {table}_keep_answered BEFORE DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_keep_answered();
            CREATE FUNCTION {table}_keep_name() RETURNS trigger LANGUAGE plpgsql
            SET search_path = pg_catalog, {own_schema()}, pg_temp AS $$
            BEGIN
                IF NEW.name <> OLD.name AND ({answered.format(row="OLD")})
                AND OLD.name IS DISTINCT FROM (
                    SELECT name FROM former_names WHERE {column} = OLD.id
                    ORDER BY id DESC LIMIT 1
                ) THEN
                    RAISE EXCEPTION '{UNRECORDED.format(table=table)}'
                        USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER {table}_keep_name BEFORE UPDATE OF name ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_keep_name();
        """)
