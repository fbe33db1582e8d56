"""What partitions would give and cost: .venv/bin/python -m bench.partitions --database URL

Fills an empty PostgreSQL database, beside its tables lays the same responses and answers in plain
partitions: by period (one each, and as many as a nation has a year), and by a hash of the
institution, which is how a cluster such as Citus would spread them. Then by turns: how long the
server plans and does the count of one unit's answers, and how long it takes to add a response with
its answers.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from sqlalchemy import Connection, text

from bench.filling import ANSWERS, filled_by_itself
from models import migrate, open_engine
from models.settings import readable_url

ROWS, ROUNDS = 1_000_000, 15
NATION = 586  # periods of one year: more in one statement need more locks than a server has
BUCKETS = 32


@dataclass(frozen=True)
class Layout:
    """One way to lay the rows. ``key``: what the partitions go by; "" for none."""

    name: str
    key: str
    kind: str = ""
    empty: int = 0

    @property
    def rows(self) -> str:
        """The table of the responses."""
        return f"{self.name}_responses"

    @property
    def answers(self) -> str:
        """That of their answers."""
        return f"{self.name}_answers"


LAYOUTS = (
    Layout("plain", ""),
    Layout("periods", "period_id", "LIST"),
    Layout("nation", "period_id", "LIST", NATION),
    Layout("hashed", "institution_id", "HASH"),
)


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.partitions", description=__doc__)
    parser.add_argument("--database", metavar="URL", required=True, help="an empty PostgreSQL")
    parser.add_argument("--rows", type=int, default=ROWS)
    asked = parser.parse_args()
    url = readable_url(asked.database)
    migrate(url)
    engine = open_engine(url)
    looked = filled_by_itself(engine, asked.rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for layout in LAYOUTS:
            lay(connection, layout)
        connection.execute(text("VACUUM ANALYZE"))
    taken: dict[str, list[tuple[float, float, float]]] = {one.name: [] for one in LAYOUTS}
    with engine.connect() as connection:
        for _ in range(ROUNDS):
            for layout in LAYOUTS:
                counted = explained(connection, counting(layout, looked.unit, looked.period))
                added = sum(sum(explained(connection, one)) for one in adding(layout))
                taken[layout.name].append((*counted, added))
                connection.rollback()
    print("| | partitions | planning, ms | counting, ms | adding one, ms |\n|---|---|---|---|---|")
    with engine.connect() as connection:
        for layout in LAYOUTS:
            number = connection.scalar(
                text("SELECT count(*) FROM pg_inherits WHERE inhparent = CAST(:its AS regclass)"),
                {"its": layout.rows},
            )
            each = (f"{median(one):.2f}" for one in zip(*taken[layout.name], strict=True))
            print(f"| {layout.name} | {number} | {' | '.join(each)} |")
    engine.dispose()
    return 0


def lay(connection: Connection, layout: Layout) -> None:
    """The tables with their keys, and all rows in them.

    The key of partitions is part of every key: so answers must bear it too, or nothing would
    refer to their response.
    """
    key = f", {layout.key}" if layout.key else ""
    by = f" PARTITION BY {layout.kind} ({layout.key})" if layout.key else ""
    its = f", {layout.key} integer NOT NULL" if layout.key else ""
    for statement in (
        f"CREATE TABLE {layout.rows} (LIKE responses INCLUDING DEFAULTS){by}",
        f"CREATE TABLE {layout.answers} (LIKE {ANSWERS}{its}){by}",
        *(
            f"CREATE TABLE {table}_{number} PARTITION OF {table} FOR VALUES {values}"
            for table in (layout.rows, layout.answers)
            for number, values in parts(connection, layout)
        ),
        f"INSERT INTO {layout.rows} SELECT * FROM responses",
        f"INSERT INTO {layout.answers} SELECT {ANSWERS}.*{key} FROM {ANSWERS}"
        + (" JOIN responses ON id = response_id" if key else ""),
        f"ALTER TABLE {layout.rows} ADD PRIMARY KEY (id{key})",
        f"ALTER TABLE {layout.answers} ADD PRIMARY KEY (response_id{key})",
        f"CREATE INDEX ON {layout.rows} (unit_id, period_id)",
        f"ALTER TABLE {layout.answers} ADD FOREIGN KEY (response_id{key})"
        f" REFERENCES {layout.rows} (id{key})",
    ):
        connection.execute(text(statement))


def parts(connection: Connection, layout: Layout) -> Iterator[tuple[int, str]]:
    """The partitions and what goes into each."""
    if layout.kind == "HASH":
        for at in range(BUCKETS):
            yield at, f"WITH (MODULUS {BUCKETS}, REMAINDER {at})"
    elif layout.kind:
        periods = connection.scalars(text("SELECT id FROM periods ORDER BY id")).all()
        more = range(max(periods) + 1, max(periods) + 1 + max(0, layout.empty - len(periods)))
        for period in (*periods, *more):
            yield period, f"IN ({period})"


def counting(layout: Layout, unit: int, period: int) -> str:
    """A unit's answers counted, asked for as the program asks: by a table of pairs."""
    same = f" AND answers.{layout.key} = rows.{layout.key}" if layout.key else ""
    place = ", units.institution_id" if layout.key == "institution_id" else ""
    here = " AND rows.institution_id = asked.institution_id" if place else ""
    return (
        f"WITH asked AS MATERIALIZED (SELECT units.id AS unit_id, periods.id AS period_id{place}"
        " FROM units JOIN periods ON periods.institution_id = units.institution_id"
        f" WHERE units.id = {unit} AND periods.id + 0 = {period})"
        " SELECT rows.service_id, count(*), sum(answers.time), sum(answers.cost)"
        f" FROM asked JOIN {layout.rows} rows ON rows.unit_id = asked.unit_id"
        f" AND rows.period_id = asked.period_id{here}"
        f" JOIN {layout.answers} answers ON answers.response_id = rows.id{same}"
        " GROUP BY rows.service_id"
    )


def adding(layout: Layout) -> Iterator[str]:
    """A response of the first unit, and its answers."""
    key = f", {layout.key}" if layout.key else ""
    one = "'11111111-1111-1111-1111-111111111111'::uuid"
    yield (
        f"INSERT INTO {layout.rows} (id, institution_id, unit_id, period_id, channel, provenance,"
        " device_clock)"
        " SELECT " + one + ", units.institution_id, units.id, periods.id, 'kiosk', 'self', FALSE"
        " FROM units JOIN periods USING (institution_id) ORDER BY units.id, periods.id LIMIT 1"
    )
    yield (
        f"INSERT INTO {layout.answers} (response_id, time{key}) SELECT id, 3{key}"
        f" FROM {layout.rows} WHERE id = {one}"
    )


def explained(connection: Connection, statement: str) -> tuple[float, float]:
    """The milliseconds that the server planned it and did it."""
    asked = text(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}")
    told = connection.execute(asked).scalar_one()[0]
    return float(told["Planning Time"]), float(told["Execution Time"])


if __name__ == "__main__":
    sys.exit(main())
