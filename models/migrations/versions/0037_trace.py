"""The trace is chained; the database itself says when and in whose name it may be written.

Also the head of the chain in each seal, and times of exclusions and of closings.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import own_schema, refuse_update

revision = "0037"
down_revision = "0036"

FIRST = "0" * 64
AT_ONCE = 1000
UNCHAINED = (
    "SELECT id, created_at, user_id, actor, act, CAST(details AS TEXT) AS details"
    " FROM audit_events WHERE id > :after ORDER BY id LIMIT :most"
)
LINKED = "UPDATE audit_events SET previous = :previous, hash = :hash WHERE id = :id"
FAR = "abs(julianday({time}) - julianday('now')) > 5.0 / 1440"
# Whose name an event may bear: the account's; without one, nobody's that is none.
ANOTHER = """
    CASE WHEN NEW.user_id IS NOT NULL
    THEN NOT EXISTS (
        SELECT 1 FROM users WHERE id = NEW.user_id AND NEW.actor IN (name, username)
    )
    ELSE NEW.actor NOT IN ('command line', 'unknown')
        AND NOT EXISTS (SELECT 1 FROM users WHERE username = NEW.actor)
        AND NOT {hashed}
    END
"""
HASHED = {
    "sqlite": "(length(NEW.actor) = 20 AND NEW.actor GLOB 'unknown:*'"
    " AND substr(NEW.actor, 9) NOT GLOB '*[^0-9a-f]*')",
    "postgresql": "NEW.actor ~ '^unknown:[0-9a-f]{12}$'",
}
REAL = (
    "NOT EXISTS (SELECT 1 FROM responses JOIN institutions"
    " ON institutions.id = responses.institution_id"
    " WHERE responses.id = NEW.response_id AND institutions.demonstration)"
)
REAL_PERIOD = (
    "NOT EXISTS (SELECT 1 FROM institutions WHERE id = NEW.institution_id AND demonstration)"
)
NO_ANALYST = "NOT EXISTS (SELECT 1 FROM roles WHERE user_id = NEW.user_id AND role = 'analyst')"
REFUSALS = {
    "next": "audit_events is append-only: not the next of the chain",
    "time": "{table}: not the time that it is",
    "actor": "audit_events: not the name of the account",
    "analyst": "exclusions: not by an analyst",
}
POSTGRESQL = """
    CREATE FUNCTION chain_audit_event() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    DECLARE
        last record;
        fields text[];
    BEGIN
        IF ({another}) THEN
            RAISE EXCEPTION '{actor}' USING ERRCODE = 'restrict_violation';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtextextended('audit_events', 0));
        SELECT id, hash INTO last FROM audit_events ORDER BY id DESC LIMIT 1;
        NEW.id := coalesce(last.id, 0) + 1;
        NEW.recorded_at := clock_timestamp();
        NEW.previous := coalesce(last.hash, '{first}');
        fields := ARRAY[
            NEW.previous,
            NEW.id::text,
            to_char(NEW.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            to_char(NEW.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            coalesce(NEW.user_id::text, ''),
            NEW.actor,
            NEW.act,
            NEW.details::text
        ];
        NEW.hash := encode(sha256(convert_to((
            SELECT string_agg(octet_length(field) || ':' || field || ',', '' ORDER BY place)
            FROM unnest(fields) WITH ORDINALITY AS one(field, place)
        ), 'UTF8')), 'hex');
        RETURN NEW;
    END $$;
    CREATE TRIGGER audit_events_chained BEFORE INSERT ON audit_events
    FOR EACH ROW EXECUTE FUNCTION chain_audit_event();
    CREATE FUNCTION time_exclusion() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        IF {no_analyst} THEN
            RAISE EXCEPTION '{analyst}' USING ERRCODE = 'restrict_violation';
        END IF;
        IF {real} THEN
            -- Of the whole act: what was excluded together is told together.
            NEW.created_at := transaction_timestamp();
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER exclusions_timed BEFORE INSERT ON exclusions
    FOR EACH ROW EXECUTE FUNCTION time_exclusion();
    CREATE FUNCTION time_closing() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
    BEGIN
        IF {real_period} THEN
            NEW.closed_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER periods_timed BEFORE UPDATE OF closed_at ON periods FOR EACH ROW
    WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL)
    EXECUTE FUNCTION time_closing()
"""


def upgrade() -> None:
    add_columns()
    link_what_is_there()
    op.create_index(op.f("ix_audit_events_previous"), "audit_events", ["previous"], unique=True)
    if _sqlite():
        guard_sqlite()
        return
    op.execute(
        POSTGRESQL.format(
            schema=own_schema(),
            another=ANOTHER.format(hashed=HASHED["postgresql"]),
            first=FIRST,
            no_analyst=NO_ANALYST,
            real=REAL,
            real_period=REAL_PERIOD,
            actor=REFUSALS["actor"],
            analyst=REFUSALS["analyst"],
        )
    )


def add_columns() -> None:
    for column in (
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
    ):
        op.add_column("audit_events", column)
    op.add_column("seals", sa.Column("trace_event", sa.Integer(), nullable=True))
    op.add_column("seals", sa.Column("trace_hash", sa.String(length=64), nullable=True))


def link_what_is_there() -> None:
    """Chains the events of before; when the database recorded them, nobody knows."""
    if _sqlite():
        op.execute("DROP TRIGGER audit_events_no_update")
    else:
        op.execute("ALTER TABLE audit_events DISABLE TRIGGER audit_events_no_update")
    connection, previous = op.get_bind(), FIRST
    for event in _events(connection):
        fields = (
            previous,
            str(event.id),
            "",
            _instant(event.created_at),
            "" if event.user_id is None else str(event.user_id),
            event.actor,
            event.act,
            event.details,
        )
        encoded = [field.encode() for field in fields]
        digest = sha256(b"".join(b"%d:%b," % (len(one), one) for one in encoded)).hexdigest()
        link = {"id": event.id, "previous": previous, "hash": digest}
        connection.execute(sa.text(LINKED), link)
        previous = digest
    if _sqlite():
        refuse_update("audit_events")
    else:
        op.execute("ALTER TABLE audit_events ENABLE TRIGGER audit_events_no_update")


def _events(connection: sa.Connection) -> Iterator[sa.Row[tuple[object, ...]]]:
    after = -1
    while True:
        asked = {"after": after, "most": AT_ONCE}
        rows = connection.execute(sa.text(UNCHAINED), asked).all()
        yield from rows
        if not rows:
            return
        after = rows[-1].id


def _instant(stored: datetime | str) -> str:
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    zoned = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return zoned.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def guard_sqlite() -> None:
    last = "(SELECT hash FROM audit_events ORDER BY id DESC LIMIT 1)"
    number = "(SELECT coalesce(max(id), 0) + 1 FROM audit_events)"
    follows = f"NEW.previous IS coalesce({last}, '{FIRST}') AND NEW.id IS {number}"
    _refuse(
        "audit_events_chained",
        "INSERT ON audit_events",
        REFUSALS["next"],
        f"NOT ({follows} AND coalesce(length(NEW.hash), 0) = 64)",
    )
    _refuse(
        "audit_events_timed",
        "INSERT ON audit_events",
        REFUSALS["time"].format(table="audit_events"),
        f"NEW.recorded_at IS NULL OR {FAR.format(time='NEW.recorded_at')}",
    )
    _refuse(
        "audit_events_named",
        "INSERT ON audit_events",
        REFUSALS["actor"],
        ANOTHER.format(hashed=HASHED["sqlite"]),
    )
    _refuse(
        "exclusions_timed",
        "INSERT ON exclusions",
        REFUSALS["time"].format(table="exclusions"),
        f"{FAR.format(time='NEW.created_at')} AND {REAL}",
    )
    _refuse("exclusions_by_analysts", "INSERT ON exclusions", REFUSALS["analyst"], NO_ANALYST)
    _refuse(
        "periods_timed",
        "UPDATE OF closed_at ON periods",
        REFUSALS["time"].format(table="periods"),
        "OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND"
        f" {FAR.format(time='NEW.closed_at')} AND {REAL_PERIOD}",
    )


def _refuse(name: str, event: str, why: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW WHEN {when}"
        f" BEGIN SELECT RAISE(ABORT, '{why}'); END"
    )


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
