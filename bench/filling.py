"""A table of any size, filled by the database itself: millions of rows in a minute or two.

Units of 1,800 responses each in two periods, institutions of 50 units: as ``bench.dashboard`` has
them, only that no row passes through the program. Rows of one unit lie apart, as they do where
thousands of units collect at once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from bench.places import SKM, THIS_YEAR, an_institution
from models import Role, ServiceVisits, User, Visits, answers_name, writing

UNITS, USUAL, SERVICES = 50, 1_800, 3
YEARS = (THIS_YEAR - 1, THIS_YEAR)
ANSWERS = answers_name(SKM.id)
FILLED = ("responses", ANSWERS, "experiences")
FORMS = (
    "undue_delay, service_not_given, incompetence, abuse_of_authority, procedural_deviation,"
    " request_for_payment, improper_conduct, partiality, discrimination, conflict_of_interest"
)
# Ids ascend, so that each row comes to the end of its tree; whose they are is left to chance.
NUMBERED = {
    "sqlite": (
        "WITH RECURSIVE numbered(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbered"
        " WHERE n + 1 < :rows), drawn AS MATERIALIZED (SELECT n, abs(random()) AS chance,"
        " printf('%08x', n * 4294967296 / :rows) || lower(hex(randomblob(12))) AS id FROM numbered)"
    ),
    "postgresql": (
        "WITH drawn AS MATERIALIZED (SELECT n, floor(random() * 1e15)::bigint AS chance,"
        " (lpad(to_hex(n * 4294967296 / :rows), 8, '0')"
        " || substr(md5(n::text || random()::text), 9))::uuid AS id"
        " FROM generate_series(0, CAST(:rows AS bigint) - 1) AS n)"
    ),
}
DAY = {
    "sqlite": "date(periods.starts, '+' || (chance / 7 % 360) || ' days')",
    "postgresql": "periods.starts + CAST(chance / 7 % 360 AS integer)",
}
RESPONSES = (
    "INSERT INTO responses (id, institution_id, unit_id, period_id, service_id, channel,"
    " provenance, language, local_date, quarter_hour, sex, age)"
    " SELECT drawn.id, units.institution_id, units.id, periods.id, services.id,"
    " CASE chance % 2 WHEN 0 THEN 'open_link' ELSE 'kiosk' END, 'self', 'id',"
    " {day}, chance / 11 % 96, CASE chance / 13 % 2 WHEN 0 THEN 'female' ELSE 'male' END, '30_39'"
    " FROM drawn"
    " JOIN units ON units.id = :first_unit + n * 7919 % :units"
    " JOIN periods ON periods.institution_id = units.institution_id"
    " AND periods.code = CAST(:year + chance % 2 AS varchar(60))"
    " JOIN services ON services.unit_id = units.id"
    " AND services.code = 's' || CAST(chance / 3 % 3 AS varchar(60))"
    " ORDER BY drawn.id"
)
RANDOM = {"sqlite": "abs(random())", "postgresql": "floor(random() * 1e9)::bigint"}


@dataclass(frozen=True)
class LookedAt:
    """The unit and period of the dashboard that is looked at; ``first``: of its institution."""

    unit: int
    period: int
    first: int


def filled_by_itself(engine: Engine, rows: int) -> LookedAt:
    """Fills an empty, migrated database, as its owner; gives a unit and its latest period."""
    units = max(rows // USUAL, 1)
    with writing(engine) as session:
        first = 0
        for at in range(-(-units // UNITS)):
            offices, periods = an_institution(session, at, min(UNITS, units - at * UNITS), YEARS)
            first = first or offices[0].id
            for unit in offices:
                place = {"institution_id": unit.institution_id, "unit_id": unit.id}
                for period in periods:
                    session.add(Visits(**place, period_id=period.id, number=9_000))
                    session.add_all(
                        ServiceVisits(**place, period_id=period.id, service_id=one.id, number=3_000)
                        for one in unit.services
                    )
            looked = LookedAt(offices[-1].id, periods[-1].id, offices[0].id)
    with engine.execution_options(writes=True).begin() as connection, _unguarded(connection):
        _fill(connection, {"first_unit": first, "year": YEARS[0], "units": units, "rows": rows})
    _analyze(engine)
    return looked


def excluded_by_itself(engine: Engine, one_in: int = 100) -> None:
    """Excludes some of the responses, in the name of an analyst who does nothing else."""
    with writing(engine) as session:
        user = User(username="fill", name="Fill", password_hash="x", active=True)
        user.roles.append(Role(role="analyst"))
        session.add(user)
        session.flush()
        session.execute(
            text(
                "INSERT INTO exclusions (response_id, reason, user_id, created_at)"
                " SELECT id, 'terkirim dua kali', :user, CURRENT_TIMESTAMP FROM ("
                " SELECT id, row_number() OVER (ORDER BY id) AS n FROM responses) AS numbered"
                " WHERE n % :one_in = 0"
            ),
            {"user": user.id, "one_in": one_in},
        )
    _analyze(engine)


def _analyze(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        analyze = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
        connection.execute(text(analyze))


def _fill(connection: Connection, numbers: dict[str, int]) -> None:
    engine = connection.dialect.name
    drawn, random = NUMBERED[engine], RANDOM[engine]
    responses = RESPONSES.format(day=DAY[engine])
    columns, select = responses.split(" SELECT ", 1)
    connection.execute(text(f"{columns} {drawn} SELECT {select}"), numbers)
    rated = ", ".join(f"1 + {random} % 4" for _ in SKM.allowed)
    connection.execute(
        text(
            f"INSERT INTO {ANSWERS} (response_id, {', '.join(SKM.allowed)})"
            f" SELECT id, {rated} FROM responses ORDER BY id"
        )
    )
    connection.execute(
        text(
            f"INSERT INTO experiences (response_id, answer, {FORMS})"
            f" SELECT id, 'none', {', '.join(['FALSE'] * 10)} FROM responses ORDER BY id"
        )
    )


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Without the triggers of what is filled, and without what indices cost row by row."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        yield
        return
    connection.exec_driver_sql("PRAGMA cache_size = -500000")
    kept = _taken_away(connection)
    yield
    for sql in kept:
        connection.exec_driver_sql(sql)


def _taken_away(connection: Connection) -> Sequence[str]:
    """What guards and orders the tables that are filled, to be made again."""
    named = ", ".join(f"'{table}'" for table in FILLED)
    found = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index')"
        f" AND tbl_name IN ({named}) AND sql IS NOT NULL"
    ).all()
    for kind, name, _ in found:
        connection.exec_driver_sql(f'DROP {kind} "{name}"')
    return [sql for *_, sql in found]
