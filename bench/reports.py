"""How long the reports of fifty units take: .venv/bin/python -m bench.reports [--units N]

An invented ministry in a temporary SQLite file, each unit rated a hundred times, its period closed.
Word and PDF of each unit are made by one process and by as many as a service begins. Prints the
seconds, and ends with 1 where they take too long.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from sqlalchemy import Engine

from accounts.actors import Actor, actor_of
from bench.compared import Compared
from demonstration.load import InventedRatings, rate
from desk.office.periods import NewPeriod, close_period, open_period
from desk.papers import making
from desk.papers.making import PapersAsked, papers_of
from models import Institution, Role, Service, Unit, User, migrate, open_engine, writing

UNITS, ANSWERS = 50, 100
MOST_SECONDS = 40.0
DAYS = date(2025, 1, 1), date(2025, 6, 30)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.reports")
    parser.add_argument("--units", type=int, default=UNITS)
    number = parser.parse_args().units
    print(f"Load average: {os.getloadavg()[0]:.1f}\n")
    beside, _ = measured(number)
    print(f"\nWanted: at most {MOST_SECONDS:.0f} s for {UNITS} units in two processes.")
    return 0 if beside <= MOST_SECONDS else 1


def compared() -> Compared:
    """The seconds of two processes and of one."""
    beside, alone = measured(UNITS)
    seconds = {"one process": [alone], "two processes": [beside]}
    return Compared(f"reports of {UNITS} units", seconds, most={"two processes": MOST_SECONDS})


def measured(number: int) -> tuple[float, float]:
    """The seconds of as many processes as a service begins, and of one; prints more of each."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/reports.sqlite"
        migrate(url)
        engine = open_engine(url)
        actor, period, units = _ministry(engine, number)
        asked = PapersAsked(("report_docx", "report_pdf"), period, "id")
        print("\n| processes that draw | s |\n|---|---|")
        beside = _measure(engine, actor, asked, units)
        making.FROM_UNITS = number + 1
        alone = _measure(engine, actor, asked, units)
        engine.dispose()
    return beside, alone


def _measure(engine: Engine, actor: Actor, asked: PapersAsked, units: Sequence[int]) -> float:
    start = perf_counter()
    with closing(papers_of(engine, actor, asked, units)) as every:
        made = [one for one in every if not one.refused]
    taken = perf_counter() - start
    drawing = 1 if len(units) < making.FROM_UNITS else making.PROCESSES
    print(f"| {drawing} | {taken:.1f} |")
    return taken if len(made) == len(units) else float("inf")


def _ministry(engine: Engine, number: int) -> tuple[Actor, int, list[int]]:
    """Its coordinator, its closed period and its units."""
    random = np.random.default_rng(2026)
    with writing(engine) as session:
        place = Institution(
            code="kementerian-simulasi",
            name="Kementerian Simulasi (data contoh)",
            kind="ministry",
            timezone="Asia/Jakarta",
            demonstration=True,
            units=[
                Unit(
                    code=f"unit-{at}",
                    name=f"Unit {at}",
                    services=[
                        Service(code=f"layanan-{one}", name=f"Layanan {one}") for one in "12"
                    ],
                )
                for at in range(number)
            ],
        )
        session.add(place)
        session.flush()
        role = Role(role="coordinator", institution_id=place.id)
        user = User(username="k.simulasi", name="K", password_hash="-", active=True, roles=[role])
        session.add(user)
        session.flush()
        actor = actor_of(session, user)
        new = NewPeriod(place.id, "2025-1", "Semester 1 2025", *DAYS, "skm-2017")
        period = open_period(session, actor, new)
        for unit in place.units:
            rate(session, unit, period, InventedRatings(3.2, ANSWERS), random)
        close_period(session, actor, period.id)
        return actor, period.id, [unit.id for unit in place.units]


if __name__ == "__main__":
    sys.exit(main())
