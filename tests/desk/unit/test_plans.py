"""No read of a dashboard goes through a whole table that grows, on either engine."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, text

from desk.office.periods import close_period
from desk.unit.changes import compare, moments_of
from desk.unit.drivers import drivers_of
from desk.unit.respondents import respondents
from desk.unit.results import unit_results
from desk.unit.steps import keep_steps
from desk.unit.weighted import beside_headline, units_beside
from models import reading, writing
from survey.final_counts import count_anew
from survey.finishing import finish_unless_busy
from tests.desk.conftest import House

# What grows with responses, with units or with years.
GROWING = {
    "responses",
    "answers_skm_2017",
    "experiences",
    "exclusions",
    "withdrawals",
    "batches",
    "snapshots",
    "count_changes",
    "final_counts",
    "final_tallies",
    "periods",
    "units",
    "services",
    "visits",
    "service_visits",
    "visit_corrections",
    "service_visit_corrections",
}
Asked = list[tuple[str, Any]]


@contextmanager
def asked(engine: Engine) -> Iterator[Asked]:
    """What is read of the database meanwhile."""
    found: Asked = []

    def note(*given: Any) -> None:
        if given[2].lstrip().startswith(("SELECT", "WITH")):
            found.append((given[2], given[3]))

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def look(house: House, anew: bool = False) -> Asked:
    """What all views of the dashboard read: months and services are in the first."""
    with asked(house.engine) as found, reading(house.engine) as session:
        if anew:
            count_anew(session)
        results = unit_results(session, house.analyst, house.clinic, house.period)
        assert results.index is not None
        assert results.months
        assert results.services
        compared = compare(session, house.analyst, results)
        moments_of(session, house.analyst, results, compared)
        drivers_of(session, house.analyst, results)
        respondents(session, results)
        beside_headline(session, house.analyst, results)
        units_beside(session, house.analyst, results)
    return found


def test_no_read_goes_through_a_whole_table(house: House) -> None:
    for _ in range(8):
        house.rate(house.clinic)
    with asked(house.engine) as stepping:
        keep_steps(house.engine, house.analyst, house.clinic)
    opened = look(house)
    with writing(house.engine) as session:
        close_period(session, house.coordinator, house.period)
    counted = look(house, anew=True)
    with asked(house.engine) as finishing:
        finish_unless_busy(house.engine, units=[house.clinic])
    kept = look(house)
    assert any("answers_skm_2017" in statement for statement, _ in counted)
    assert any("final_tallies" in statement for statement, _ in kept)
    through = {
        (table, statement)
        for statement, values in [*stepping, *opened, *counted, *finishing, *kept]
        for table in whole_tables(house.engine, statement, values)
    }
    assert through == set()


def test_a_read_without_an_index_is_noticed(house: House) -> None:
    for statement in (
        "SELECT * FROM responses WHERE sex = 'female'",
        "SELECT count(*) FROM responses JOIN exclusions ON response_id = responses.id",
        "SELECT * FROM service_visits WHERE number = 1",
    ):
        assert whole_tables(house.engine, statement, None)
    found = whole_tables(house.engine, "SELECT * FROM responses WHERE unit_id = 1", None)
    assert found == set()


def whole_tables(engine: Engine, statement: str, values: Any) -> set[str]:
    """The tables that grow through all of which the engine would go."""
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        given = [] if values is None else [values]
        if engine.dialect.name == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", *given)
            found = through_sqlite(statement, [row[3] for row in cursor.fetchall()])
        else:
            # The tables of a test are so small that an index would be a detour.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", *given)
            ((plan,),) = cursor.fetchall()
            whole = json.loads(plan) if isinstance(plan, str) else plan
            found = set(through_postgresql(whole[0]["Plan"]))
    return found & GROWING


def through_sqlite(statement: str, steps: list[str]) -> set[str]:
    called = re.findall(r'(?:FROM|JOIN|,)\s+"?(\w+)"?\s+(?:AS\s+)?"?(\w+)"?', statement)
    names = {alias: table for table, alias in called}
    scanned = {str(match[1]) for step in steps if (match := re.match(r"SCAN (\w+)", step))}
    return scanned | {names[name] for name in scanned if name in names}


def through_postgresql(node: dict[str, Any]) -> Iterator[str]:
    """An index without a condition is gone through from end to end too."""
    kind, conditions = node["Node Type"], ("Index Cond", "Recheck Cond")
    if "Scan" in kind and not any(one in node for one in conditions):
        yield str(node.get("Relation Name"))
    for inner in node.get("Plans", ()):
        yield from through_postgresql(inner)
