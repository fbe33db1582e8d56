"""What is measured on: an empty database, and institutions with units and periods in it.

PostgreSQL is given by ``--database URL``. A throw-away one that keeps its commits, on Debian:
``pg_virtualenv -t -o fsync=on COMMAND --database postgresql+psycopg:///postgres``.
"""

import os
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from tempfile import TemporaryDirectory

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from desk.office.periods import keep_instrument, keep_scheme
from models import Institution, Period, Service, Unit, now
from models.settings import database_url

SKM = load_instrument("skm-2017")
THIS_YEAR = now().year


@contextmanager
def asked_database(program: str, about: str | None) -> Iterator[tuple[str, str]]:
    """Name and URL of the database that the command line asks for, else of an SQLite file."""
    parser = ArgumentParser(prog=f"python -m {program}", description=about)
    parser.add_argument("--database", metavar="URL", help="an empty database, which is filled")
    with a_database(parser.parse_args().database) as found:
        yield found


@contextmanager
def a_database(asked: str | None) -> Iterator[tuple[str, str]]:
    """Name and URL of the database that is asked for, else of an SQLite file."""
    with TemporaryDirectory() as folder:
        url = asked or f"sqlite:///{folder}/bench.sqlite3"
        os.environ["DATABASE_URL"] = url  # read as the services read it
        yield make_url(url).get_backend_name(), database_url()


def an_institution(
    session: Session, at: int, units: int, years: Sequence[int]
) -> tuple[list[Unit], list[Period]]:
    """A province with units of three services each, and an open period a year; flushes."""
    place = Institution(
        code=f"provinsi-{at}",
        name=f"Provinsi {at}",
        kind="province",
        timezone="Asia/Jakarta",
        demonstration=True,
    )
    offices = [
        Unit(
            institution=place,
            code=f"unit-{at}-{number}",
            name=f"Unit {number}",
            services=[Service(code=f"s{one}", name=f"Layanan {one}") for one in range(3)],
        )
        for number in range(units)
    ]
    periods = [
        Period(
            institution=place,
            code=str(year),
            name=str(year),
            starts=date(year, 1, 1),
            ends=date(year, 12, 31),
            instrument_hash=keep_instrument(session, SKM),
            scheme_hash=keep_scheme(session, load_scheme(SKM.scheme)),
            opened_at=now(),
        )
        for year in years
    ]
    session.add_all([*offices, *periods])
    session.flush()
    return offices, periods
