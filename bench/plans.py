"""How each read of a unit's dashboard finds its rows: .venv/bin/python -m bench.plans

Prints the plans of both engines, as docs/query-plans.md has them:
``python -m bench.plans --postgresql URL > docs/query-plans.md``. 400,000 responses of 222 units
in a temporary SQLite file and in the empty PostgreSQL database of ``--postgresql URL``, which are
filled; one in a hundred is excluded. Every view of the dashboard is looked at, of an open period
and of a closed one, with what was counted of it and without. Statements that differ in numbers
only are told once.
"""

import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from accounts.actors import Actor
from bench.dashboard import VIEWS
from bench.filling import LookedAt, excluded_by_itself, filled_by_itself
from bench.places import a_database
from desk.unit.results import unit_results
from desk.unit.steps import keep_steps
from models import Period, migrate, now, open_engine, reading, writing
from survey.final_counts import count_anew
from survey.finishing import finish, finish_unless_busy

ROWS = 400_000
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN (COSTS OFF) "}
READS = ("SELECT", "WITH")
ACTOR = Actor(1, "Analis", analyst=True)
ABOUT = """# How a dashboard's reads find their rows

Written by `python -m bench.plans --postgresql URL > docs/query-plans.md`, which fills responses of
many units on each engine and asks it how it would do each read of a unit's dashboard. Where a table
grows with responses, units or years, an index finds its rows; `tests/desk/unit/test_plans.py` holds
that on both engines. PostgreSQL reads as a whole what is smaller than the way through an index:
the periods and units of this filling, the exclusions where fifty units are counted at once, and the
tables that are empty in it (withdrawals,
corrections of visits, former names).
Decision on what is kept of closed periods: [49](decisions/0049-final-counts.md).
"""


@dataclass(frozen=True)
class Read:
    """A statement as the driver got it, and its values."""

    statement: str
    values: Any


@dataclass(frozen=True)
class PlannedState:
    """The state of a period that is looked at, and whether its responses are counted anew."""

    name: str
    period: int
    anew: bool = False


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.plans", description=__doc__)
    parser.add_argument("--postgresql", metavar="URL", help="an empty database, which is filled")
    asked = parser.parse_args().postgresql
    print(ABOUT)
    for wanted in (None, asked) if asked else (None,):
        with a_database(wanted) as (name, url):
            migrate(url)
            engine = open_engine(url)
            looked = filled_by_itself(engine, ROWS)
            excluded_by_itself(engine)
            print(f"## {'PostgreSQL' if name == 'postgresql' else 'SQLite'}\n")
            for heading, read, plan in plans(engine, looked):
                print(f"### {heading}\n\n```sql\n{read}\n```\n\n```\n{plan}\n```\n")
            engine.dispose()
    return 0


def plans(engine: Engine, looked: LookedAt) -> Iterator[tuple[str, str, str]]:
    """Where each read is first done, what it says, and its plan."""
    known: set[str] = set()
    for state in states(engine, looked):
        for view in VIEWS:
            for read in reads_of(engine, looked.unit, state, view):
                told = shortened(read.statement)
                if told not in known:
                    known.add(told)
                    yield f"{state.name}: {view}", told, planned(engine, read)


def states(engine: Engine, looked: LookedAt) -> Iterator[PlannedState]:
    """Of an open period; then of it when it is closed, which is done in between."""
    yield PlannedState("Open period", looked.period)
    with writing(engine) as session:
        session.get_one(Period, looked.period).closed_at = now()
    finish(engine, [looked.period])
    yield PlannedState("Closed period", looked.period)
    yield PlannedState("Closed period, counted anew", looked.period, anew=True)


def reads_of(engine: Engine, unit: int, state: PlannedState, view: str) -> list[Read]:
    """What a look at a view asks of the database, once all that is kept of looks is there."""

    def look() -> None:
        keep_steps(engine, ACTOR, unit)
        finish_unless_busy(engine, units=[unit])
        with reading(engine) as session:
            if state.anew:
                count_anew(session)
            results = unit_results(session, ACTOR, unit, state.period)
            VIEWS[view](session, ACTOR, results)

    look()
    with listening(engine) as reads:
        look()
    return reads


@contextmanager
def listening(engine: Engine) -> Iterator[list[Read]]:
    """What is read meanwhile."""
    reads: list[Read] = []

    def note(*given: Any) -> None:
        if given[2].lstrip().startswith(READS):
            reads.append(Read(given[2], given[3]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield reads
    finally:
        event.remove(engine, "before_cursor_execute", note)


def planned(engine: Engine, read: Read) -> str:
    """The plan, a line a step."""
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(EXPLAIN[engine.dialect.name] + read.statement, read.values)
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    if engine.dialect.name == "postgresql":
        return "\n".join(without_long_expressions(row[0]) for row in rows)
    depth = {0: -1}
    lines = []
    for key, parent, _, step in rows:
        depth[key] = depth[parent] + 1
        lines.append("  " * depth[key] + step)
    return "\n".join(lines)


def without_long_expressions(line: str) -> str:
    """A line of a plan; what is computed is told by the statement."""
    return line if len(line) <= 160 else f"{line[:150]} ..."


def shortened(statement: str) -> str:
    """Numbers and repeated measures aside: what is asked of which tables."""
    one_line = re.sub(r"\s+", " ", re.sub(r"\b\d+\b", "1", statement))
    head, found, rest = one_line.partition(" FROM ")
    if found and len(head) > 200:
        head = f"{head[:200]} ..."
    told = f"{head}{found}{rest}"
    return told if len(told) <= 1_500 else f"{told[:700]} ... {told[-700:]}"


if __name__ == "__main__":
    sys.exit(main())
