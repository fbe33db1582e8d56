"""How fast a unit's dashboard comes: .venv/bin/python -m bench.dashboard

A database of 1,000,000 responses in two periods: ten institutions of 50 units of 1,800 responses
each, and a unit of 100,000. All that each view of the dashboard asks of the database and
computes, from the step that it keeps to the last figure, for the last usual unit and for the
large one, on an SQLite file or on the empty database of ``--database URL``. Ends with 1 where a
view of the usual unit takes more than a second.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from os import getloadavg
from statistics import median

import numpy as np
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from bench.places import SKM, THIS_YEAR, an_institution, asked_database
from desk.unit.changes import compare, moments_of
from desk.unit.drivers import drivers_of
from desk.unit.respondents import respondents
from desk.unit.results import UnitResults, unit_results
from desk.unit.steps import keep_steps
from desk.unit.weighted import beside_headline, units_beside
from models import (
    Period,
    Response,
    ServiceVisits,
    Unit,
    Visits,
    migrate,
    now,
    open_engine,
    reading,
    writing,
)
from survey.finishing import finish_unless_busy
from survey.storage import CheckedResponse, store

INSTITUTIONS, UNITS, USUAL, LARGE = 10, 50, 1_800, 100_000
ALL = INSTITUTIONS * UNITS * USUAL + LARGE
YEARS = (THIS_YEAR - 1, THIS_YEAR)
ROUNDS = 5
MOST_SECONDS = 1.0
View = Callable[[Session, Actor, UnitResults], object]
VIEWS: dict[str, View] = {
    "summary": lambda session, actor, results: None,
    "change": lambda session, actor, results: moments_of(
        session, actor, results, compare(session, actor, results)
    ),
    "mending, soundness": drivers_of,
    "respondents": lambda session, actor, results: respondents(session, results),
    "weighted": lambda session, actor, results: (
        beside_headline(session, actor, results),
        units_beside(session, actor, results),
    ),
}


@dataclass(frozen=True)
class Looked:
    """The unit and period of the dashboard that is looked at."""

    unit: int
    period: int


def main() -> int:
    enough = True
    print(f"| | unit, period | {' | '.join(VIEWS)} |\n|---|---|{'---|' * len(VIEWS)}")
    with asked_database("bench.dashboard", __doc__) as (engine, url):
        for name, seconds in measured(url):
            taken = " | ".join(f"{one:.2f}" for one in seconds)
            load = getloadavg()[0]
            print(f"| {engine} | {name} (load {load:.1f}) | {taken} |", flush=True)
            enough = enough and ("large" in name or max(seconds) <= MOST_SECONDS)
    print(f"\nSeconds; wanted of a usual unit: at most {MOST_SECONDS:.0f}.")
    return 0 if enough else 1


def measured(url: str) -> Iterator[tuple[str, list[float]]]:
    """The seconds of each view, by unit and state of the latest period."""
    migrate(url)
    engine = open_engine(url)
    looked = filled(engine)
    actor = Actor(1, "Analis", analyst=True)
    for state in ("open", "closed"):
        for name, place in looked.items():
            yield f"{name}, {state}", [seconds_of(engine, actor, place, one) for one in VIEWS]
        if state == "open":
            with writing(engine) as session:
                for place in looked.values():
                    session.get_one(Period, place.period).closed_at = now()
    engine.dispose()


def seconds_of(engine: Engine, actor: Actor, place: Looked, view: str) -> float:
    """The median over the rounds, after one to warm up."""
    taken = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        keep_steps(engine, actor, place.unit)
        finish_unless_busy(engine, units=[place.unit])
        with reading(engine) as session:
            results = unit_results(session, actor, place.unit, place.period)
            VIEWS[view](session, actor, results)
        taken.append(time.perf_counter() - start)
    return median(taken[1:])


def filled(engine: Engine) -> dict[str, Looked]:
    """Stores the responses; raises where there are not as many as promised."""
    chance = np.random.default_rng(2026)
    looked = {}
    with writing(engine) as session:
        for at in range(INSTITUTIONS + 1):
            sizes = [USUAL] * UNITS if at else [LARGE]
            units, periods = an_institution(session, at, len(sizes), YEARS)
            for unit, size in zip(units, sizes, strict=True):
                for period in periods:
                    number = size // len(periods)
                    store(session, unit, period, SKM, answered(chance, unit, period, number))
                    note_visits(session, unit, period, number)
                looked["large" if size == LARGE else "usual"] = Looked(unit.id, periods[-1].id)
            for period in periods[:-1]:
                period.closed_at = now()
        if session.scalar(select(func.count()).select_from(Response)) != ALL:
            raise RuntimeError(f"not {ALL} responses")
    return looked


def note_visits(session: Session, unit: Unit, period: Period, respondents: int) -> None:
    """So many visits for each service as it could have respondents."""
    place = {
        "institution_id": unit.institution_id,
        "unit_id": unit.id,
        "period_id": period.id,
        "number": respondents,
    }
    session.add_all(ServiceVisits(service_id=one.id, **place) for one in unit.services)
    whole = respondents * len(unit.services)
    session.add(Visits(**{**place, "number": whole}))


def answered(
    chance: np.random.Generator, unit: Unit, period: Period, number: int
) -> list[CheckedResponse]:
    """So many responses of the unit on days of the period."""
    services = [service.id for service in unit.services]
    fields = {field.key: list(field.options) for field in SKM.respondent.fields}
    ratings = chance.integers(1, 5, (number, len(SKM.allowed))).tolist()
    picks = chance.integers(0, 2**31, number).tolist()
    return [
        CheckedResponse(
            answers=dict(zip(SKM.allowed, given, strict=True)),
            channel=("open_link", "kiosk")[pick % 2],
            provenance="self",
            service_id=services[pick % len(services)],
            local_date=period.starts + timedelta(days=pick % 365),
            respondent={key: options[pick % len(options)] for key, options in fields.items()},
            experience=("none",),
        )
        for given, pick in zip(ratings, picks, strict=True)
    ]


if __name__ == "__main__":
    sys.exit(main())
