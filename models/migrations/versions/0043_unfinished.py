"""Batches that are still being stored, and closings that still forget: written in slices."""

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import (
    own_schema,
    part_tables,
    refuse_update,
    removable_while_unfinished,
)

revision = "0043"
down_revision = "0042"

RECEIVED_RESPONSES = """
    CREATE VIEW received_responses AS
    SELECT responses.* FROM responses
    WHERE NOT EXISTS (
        SELECT 1 FROM unfinished_batches WHERE unfinished_batches.batch_id = responses.batch_id
    )
"""
COUNTED_RESPONSES = """
    CREATE VIEW counted_responses AS
    SELECT responses.* FROM responses
    WHERE NOT EXISTS (SELECT 1 FROM exclusions WHERE exclusions.response_id = responses.id)
    AND NOT EXISTS (
        SELECT 1 FROM withdrawals
        WHERE withdrawals.batch_id = responses.batch_id AND withdrawals.confirmed
    )
    AND NOT EXISTS (
        SELECT 1 FROM unfinished_batches WHERE unfinished_batches.batch_id = responses.batch_id
    )
"""
# Otherwise it would be a door to remove what was stored.
HAS_RESPONSES = "EXISTS (SELECT 1 FROM responses WHERE batch_id = NEW.batch_id)"
HALF_IN = (
    "OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM unfinished_batches WHERE period_id = NEW.id)"
)
REFUSALS = {
    "holds": "unfinished_batches: the batch holds responses",
    "half_in": "periods: a batch is being stored",
}
# The application has no right to remove responses; by this alone it may, and those alone.
POSTGRESQL_UNDOING = """
    CREATE FUNCTION remove_unfinished(batch integer, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp AS $$
    DECLARE
        part text;
        going uuid[];
    BEGIN
        PERFORM FROM unfinished_batches WHERE batch_id = batch;
        IF NOT FOUND THEN
            RETURN 0;
        END IF;
        going := ARRAY(SELECT id FROM responses WHERE batch_id = batch LIMIT most);
        IF cardinality(going) = 0 THEN
            DELETE FROM batches WHERE id = batch;
            RETURN 0;
        END IF;
        FOR part IN
            SELECT relname FROM pg_class WHERE relnamespace = '{schema}'::regnamespace
            AND relkind IN ('r', 'p')
            AND (relname IN ('experiences', 'comments') OR relname LIKE 'answers\\_%')
        LOOP
            EXECUTE format('DELETE FROM %I WHERE response_id = ANY ($1)', part) USING going;
        END LOOP;
        DELETE FROM responses WHERE id = ANY (going);
        RETURN cardinality(going);
    END $$;
    REVOKE ALL ON FUNCTION remove_unfinished(integer, integer) FROM PUBLIC
"""
POSTGRESQL = """
    CREATE FUNCTION refuse_unfinished_again() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        IF {has_responses} THEN
            RAISE EXCEPTION '{holds}' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER unfinished_batches_empty BEFORE INSERT ON unfinished_batches
    FOR EACH ROW EXECUTE FUNCTION refuse_unfinished_again();
    CREATE FUNCTION refuse_closing_half_in() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        IF {half_in} THEN
            RAISE EXCEPTION '{half_in_told}' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER periods_not_half_in BEFORE UPDATE OF closed_at ON periods
    FOR EACH ROW EXECUTE FUNCTION refuse_closing_half_in()
"""


def upgrade() -> None:
    create_tables()
    op.create_index(
        op.f("ix_responses_batch_id"),
        "responses",
        ["batch_id"],
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.execute(RECEIVED_RESPONSES)
    op.execute("DROP VIEW counted_responses")
    op.execute(COUNTED_RESPONSES)
    removable_while_unfinished("batches", "responses", *part_tables())
    refuse_update("unfinished_batches")
    if op.get_bind().dialect.name == "sqlite":
        _refuse("unfinished_batches_empty", "INSERT ON unfinished_batches", "holds", HAS_RESPONSES)
        _refuse("periods_not_half_in", "UPDATE OF closed_at ON periods", "half_in", HALF_IN)
        return
    op.execute(POSTGRESQL_UNDOING.format(schema=own_schema()))
    op.execute(
        POSTGRESQL.format(
            schema=own_schema(),
            has_responses=HAS_RESPONSES,
            holds=REFUSALS["holds"],
            half_in=HALF_IN,
            half_in_told=REFUSALS["half_in"],
        )
    )


def create_tables() -> None:
    op.create_table(
        "unfinished_batches",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("work", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id", "period_id", "batch_id"],
            ["batches.unit_id", "batches.period_id", "batches.id"],
            name=op.f("fk_unfinished_batches_unit_id_period_id_batch_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_unfinished_batches")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_unfinished_batches_unit_id")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unfinished_closings",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("work", sa.String(length=64), nullable=False),
        sa.Column("screened", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"], ["periods.id"], name=op.f("fk_unfinished_closings_period_id")
        ),
        sa.PrimaryKeyConstraint("period_id", name=op.f("pk_unfinished_closings")),
        sqlite_with_rowid=False,
    )


def _refuse(name: str, event: str, why: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW WHEN {when}"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSALS[why]}'); END"
    )
