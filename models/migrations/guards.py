"""What migrations share: triggers that keep tables append-only, and answers tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

# A search path of their own: a temporary table would be found before the table of that name.
POSTGRESQL_REFUSALS = """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE FUNCTION refuse_late() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        PERFORM FROM periods WHERE id = NEW.period_id AND closed_at IS NULL FOR SHARE;
        IF FOUND THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '%: the period is not open', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE FUNCTION refuse_late_part() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        PERFORM FROM responses JOIN periods ON periods.id = responses.period_id
            WHERE responses.id = NEW.response_id AND closed_at IS NULL FOR SHARE OF periods;
        IF FOUND THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '%: the period is not open', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$
"""
# What was late and is counted stands under the same id; the others as before.
POSTGRESQL_COUNTED = """
    CREATE FUNCTION refuse_late_response() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        PERFORM FROM periods WHERE id = NEW.period_id AND closed_at IS NULL FOR SHARE;
        IF FOUND OR EXISTS (SELECT FROM late_counted WHERE late_id = NEW.id) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '%: the period is not open', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE OR REPLACE FUNCTION refuse_late_part() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        PERFORM FROM responses JOIN periods ON periods.id = responses.period_id
            WHERE responses.id = NEW.response_id AND closed_at IS NULL FOR SHARE OF periods;
        IF FOUND OR EXISTS (SELECT FROM late_counted WHERE late_id = NEW.response_id) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '%: the period is not open', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$;
    DROP TRIGGER responses_no_late ON responses;
    CREATE TRIGGER responses_no_late BEFORE INSERT ON responses
    FOR EACH ROW EXECUTE FUNCTION refuse_late_response()
"""
# What may be removed of a batch that is still being stored, so that it can be undone whole.
UNFINISHED = {
    "batches": "SELECT 1 FROM unfinished_batches WHERE batch_id = OLD.id",
    "responses": "SELECT 1 FROM unfinished_batches WHERE batch_id = OLD.batch_id",
}
UNFINISHED_PART = (
    "SELECT 1 FROM responses JOIN unfinished_batches"
    " ON unfinished_batches.batch_id = responses.batch_id"
    " WHERE responses.id = OLD.response_id"
)
POSTGRESQL_UNFINISHED = """
    CREATE OR REPLACE FUNCTION refuse_removal_of_{of}() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        IF EXISTS ({unfinished}) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
"""
# The change of a count is noted with it, by whoever makes it: so only the owner can leave it out.
POSTGRESQL_CHANGES = """
    CREATE FUNCTION note_count_change(its_unit int, its_period int) RETURNS void LANGUAGE sql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
        INSERT INTO count_changes (unit_id, period_id, changes) VALUES (its_unit, its_period, 1)
        ON CONFLICT (unit_id, period_id) DO UPDATE SET changes = count_changes.changes + 1;
    $$;
    CREATE FUNCTION check_count_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.changes > OLD.changes THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'count_changes is append-only' USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER count_changes_grow BEFORE UPDATE ON count_changes
    FOR EACH ROW EXECUTE FUNCTION check_count_change();
    CREATE FUNCTION note_exclusion() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        PERFORM note_count_change(unit_id, period_id) FROM responses WHERE id = NEW.response_id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER exclusions_noted AFTER INSERT ON exclusions
    FOR EACH ROW EXECUTE FUNCTION note_exclusion();
    CREATE FUNCTION note_withdrawal() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        PERFORM note_count_change(unit_id, period_id) FROM batches WHERE id = NEW.batch_id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER withdrawals_noted AFTER INSERT OR UPDATE ON withdrawals
    FOR EACH ROW WHEN (NEW.confirmed) EXECUTE FUNCTION note_withdrawal();
    CREATE OR REPLACE FUNCTION refuse_late_response() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        PERFORM FROM periods WHERE id = NEW.period_id AND closed_at IS NULL FOR SHARE;
        IF FOUND THEN
            RETURN NEW;
        END IF;
        IF EXISTS (SELECT FROM late_counted WHERE late_id = NEW.id) THEN
            PERFORM note_count_change(NEW.unit_id, NEW.period_id);
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '%: the period is not open', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE OR REPLACE FUNCTION refuse_late_part() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        PERFORM FROM responses JOIN periods ON periods.id = responses.period_id
            WHERE responses.id = NEW.response_id AND closed_at IS NULL FOR SHARE OF periods;
        IF FOUND THEN
            RETURN NEW;
        END IF;
        IF EXISTS (SELECT FROM late_counted WHERE late_id = NEW.response_id) THEN
            PERFORM note_count_change(unit_id, period_id)
                FROM responses WHERE id = NEW.response_id;
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '%: the period is not open', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$
"""
# What stands beside a response and is counted.
COUNTED_PARTS = ("experiences",)
OF_RESPONSE = "FROM responses WHERE id = NEW.response_id"
SQLITE_PERIOD = {
    "refuse_late": "NEW.period_id",
    "refuse_late_part": "(SELECT period_id FROM responses WHERE id = NEW.response_id)",
}


def create_refusals() -> None:
    """Creates what the triggers below call on PostgreSQL; once, before all of them."""
    if not _sqlite():
        op.execute(POSTGRESQL_REFUSALS.format(schema=own_schema()))


def own_schema() -> str:
    """The schema on PostgreSQL in which the tables are created, quoted where it must be."""
    return str(op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())")))


def append_only(table: str) -> None:
    """Lets the database refuse every UPDATE, DELETE, REPLACE and TRUNCATE of ``table``."""
    refuse_update(table)
    refuse_removal(table)


def refuse_update(
    table: str, columns: Sequence[str] = (), when: str = "", name: str | None = None
) -> None:
    """Refuses to update ``table``: any of it, or some columns, or while ``when`` holds."""
    of = f"OF {', '.join(columns)}" if columns else ""
    name = name or f"{table}_no_{'change' if when else 'update'}"
    op.execute(
        f"CREATE TRIGGER {name} BEFORE UPDATE {of} ON {table}"
        f" FOR EACH ROW {when and f'WHEN ({when})'} {_refusal(table)}"
    )


def refuse_removal(table: str) -> None:
    """Refuses every DELETE and TRUNCATE, and SQLite's REPLACE, which deletes unseen.

    REPLACE removes whatever equals the new row in any key, so every key is watched; tables
    without a whole-number key must be WITHOUT ROWID, or the row number would be one more.
    """
    refusal = _refusal(table)
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refusal}")
    if _sqlite():
        same = " OR ".join(
            " AND ".join(f"{column} = NEW.{column}" for column in key) for key in _keys(table)
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refusal}"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT {refusal}"
        )


def removable_while_unfinished(*tables: str) -> None:
    """Lets rows of a batch go while it is in ``unfinished_batches``, and refuses all others."""
    for table in tables:
        unfinished = UNFINISHED.get(table, UNFINISHED_PART)
        of = table if table in UNFINISHED else "parts"
        op.execute(f"DROP TRIGGER {table}_no_delete{'' if _sqlite() else f' ON {table}'}")
        if not _sqlite():
            told = {"of": of, "unfinished": unfinished, "schema": own_schema()}
            op.execute(POSTGRESQL_UNFINISHED.format(**told))
        refusal = (
            f"WHEN NOT EXISTS ({unfinished}) {_refusal(table)}"
            if _sqlite()
            else f"EXECUTE FUNCTION refuse_removal_of_{of}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refusal}"
        )


def part_tables() -> list[str]:
    """The tables with the parts of responses, as they are now."""
    found = sa.inspect(op.get_bind()).get_table_names()
    return ["experiences", "comments", *(name for name in found if name.startswith("answers_"))]


def refuse_late(table: str, part: bool = False) -> None:
    """Refuses to add to ``table`` once the period is closed: its own, or its response's.

    On PostgreSQL the period can't be closed while somebody is adding to it.
    """
    function = "refuse_late_part" if part else "refuse_late"
    if _sqlite():
        may_be_late = part and sa.inspect(op.get_bind()).has_table("late_counted")
        _refuse_late_sqlite(
            table, SQLITE_PERIOD[function], "NEW.response_id" if may_be_late else ""
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_late BEFORE INSERT ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def refuse_late_but_counted() -> None:
    """Lets responses in to a closed period, with their parts, that were late and are counted."""
    if not _sqlite():
        op.execute(POSTGRESQL_COUNTED.format(schema=own_schema()))
        return
    op.execute("DROP TRIGGER responses_no_late")
    _refuse_late_sqlite("responses", "NEW.period_id", "NEW.id")
    for table in part_tables():
        op.execute(f"DROP TRIGGER {table}_no_late")
        _refuse_late_sqlite(table, SQLITE_PERIOD["refuse_late_part"], "NEW.response_id")


def note_count_changes() -> None:
    """Lets the database count the changes of what counts, where it may have been counted."""
    refuse_removal("count_changes")
    refuse_update("count_changes", ["unit_id", "period_id"])
    if not _sqlite():
        op.execute(POSTGRESQL_CHANGES.format(schema=own_schema()))
        return
    refuse_update("count_changes", when="NEW.changes <= OLD.changes")
    _note_change("exclusions", "INSERT", OF_RESPONSE)
    of_batch = "FROM batches WHERE id = NEW.batch_id"
    for act in ("INSERT", "UPDATE"):
        _note_change("withdrawals", act, of_batch, "NEW.confirmed")
    closed = "EXISTS (SELECT 1 FROM periods WHERE id = NEW.period_id AND closed_at IS NOT NULL)"
    _note_change("responses", "INSERT", "FROM responses WHERE id = NEW.id", closed)
    found = sa.inspect(op.get_bind()).get_table_names()
    for table in (*COUNTED_PARTS, *(name for name in found if name.startswith("answers_"))):
        _note_part(table)


def _note_part(table: str) -> None:
    """On SQLite; on PostgreSQL what lets the part in notes it."""
    period = f"(SELECT period_id {OF_RESPONSE})"
    closed = f"EXISTS (SELECT 1 FROM periods WHERE id = {period} AND closed_at IS NOT NULL)"
    _note_change(table, "INSERT", OF_RESPONSE, closed)


def _note_change(table: str, act: str, place: str, when: str = "") -> None:
    """``place``: from where the unit and the period of the row are read."""
    here = f"SELECT unit_id, period_id {place}"
    op.execute(
        f"CREATE TRIGGER {table}_noted_{act.lower()} AFTER {act} ON {table} FOR EACH ROW"
        f" {when and f'WHEN {when}'} BEGIN"
        " INSERT INTO count_changes (unit_id, period_id, changes)"
        f" SELECT unit_id, period_id, 0 FROM ({here}) AS it WHERE NOT EXISTS (SELECT 1"
        " FROM count_changes known WHERE known.unit_id = it.unit_id"
        " AND known.period_id = it.period_id);"
        " UPDATE count_changes SET changes = changes + 1"
        f" WHERE (unit_id, period_id) = ({here}); END"
    )


def _refuse_late_sqlite(table: str, period: str, response: str = "") -> None:
    """``response``: which may have been late and counted; empty before there was a late list."""
    closed = f"EXISTS (SELECT 1 FROM periods WHERE id = {period} AND closed_at IS NOT NULL)"
    counted = f"SELECT 1 FROM late_counted WHERE late_id = {response}"
    when = f"{closed} AND NOT EXISTS ({counted})" if response else closed
    op.execute(
        f"CREATE TRIGGER {table}_no_late BEFORE INSERT ON {table} FOR EACH ROW WHEN {when}"
        f" BEGIN SELECT RAISE(ABORT, '{table}: the period is not open'); END"
    )


def replace_check(table: str, name: str, old: str, new: str) -> None:
    """Puts another condition into a table's check ``name``; the stored rows must meet it."""
    if not _sqlite():
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, new)
        return
    _rewrite_sqlite(table, old, new)


def add_reference(table: str, column: sa.Column[Any], target: str) -> None:
    """Adds an empty column that refers to ``target``, a "table.column"."""
    name, (other, key) = op.f(f"fk_{table}_{column.name}"), target.split(".")
    op.add_column(table, column)
    if not _sqlite():
        op.create_foreign_key(name, table, other, [column.name], [key])
        return
    clause = f"CONSTRAINT {name} FOREIGN KEY({column.name}) REFERENCES {other} ({key})"
    first = f"CONSTRAINT pk_{table}"
    _rewrite_sqlite(table, first, f"{clause}, {first}")


def _rewrite_sqlite(table: str, old: str, new: str) -> None:
    """SQLite's own way to change a constraint (lang_altertable.html, 7).

    A copy of the table would lose its triggers, and those of others that look into it would
    stop the renaming.
    """
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE name = :table"),
        {"old": old, "new": new, "table": table},
    )
    op.execute("PRAGMA writable_schema = RESET")


def create_answers_table(name: str, items: Mapping[str, Sequence[int]]) -> None:
    """Creates the append-only answers table ``name`` with the values each item allows."""
    op.create_table(
        name,
        sa.Column("response_id", sa.Uuid, nullable=False),
        *(sa.Column(item, sa.SmallInteger, nullable=True) for item in items),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f(f"fk_{name}_response_id")
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f(f"pk_{name}")),
        *(
            sa.CheckConstraint(sa.column(item).in_(values), name=op.f(f"ck_{name}_{item}"))
            for item, values in items.items()
        ),
        sqlite_with_rowid=False,
    )
    append_only(name)
    if sa.inspect(op.get_bind()).has_table("unfinished_batches"):
        removable_while_unfinished(name)
    refuse_late(name, part=True)
    if _sqlite() and sa.inspect(op.get_bind()).has_table("count_changes"):
        _note_part(name)


def _refusal(table: str) -> str:
    if _sqlite():
        return f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return "EXECUTE FUNCTION refuse_change()"


def _keys(table: str) -> list[list[str]]:
    inspector = sa.inspect(op.get_bind())
    unique = [key["column_names"] for key in inspector.get_unique_constraints(table)]
    return [inspector.get_pk_constraint(table)["constrained_columns"], *unique]


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
